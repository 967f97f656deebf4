using Difusor.Agent.Gate;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Night;

/// <summary>
/// A judged delivery on its way through the agent loop. It remembers how far it has come: after a disk fault the same
/// steps go on where they stopped, and nothing is recorded twice.
/// </summary>
/// <param name="firstSeen">When its first byte came; the time of the start if it was already there.</param>
/// <param name="lastByte">When its last byte came.</param>
public class Arrival(
    string delivery, Verdict verdict, IStagedPackage staged, ClockReading firstSeen, ClockReading lastByte)
{
    /// <summary>Gets its name in the drop, printable.</summary>
    public string Delivery => delivery;

    public Verdict Verdict { get; set; } = verdict;
    public IStagedPackage Staged => staged;
    public ClockReading FirstSeen => firstSeen;
    public ClockReading LastByte => lastByte;

    /// <summary>Gets how many verdicts were postponed since the last one that was told.</summary>
    public long PutOff { get; init; }

    /// <summary>Gets the codes that an operator has waived.</summary>
    public IReadOnlyList<string> Waived { get; init; } = [];

    /// <summary>Gets or sets the corte that an operator gives to it, if it states none itself.</summary>
    public Corte? Given { get; set; }

    /// <summary>Gets those of the waived codes that would have stopped it.</summary>
    public HashSet<string> Needed { get; } = [];

    /// <summary>
    /// Gets or sets the operator's command that it came by, until the journal has it; null for a delivery of the drop.
    /// </summary>
    public Events.OperatorAction? ByHand { get; set; }

    /// <summary>Gets or sets the stored release that has the same bytes; null if there is none.</summary>
    public Release? Twin { get; set; }

    /// <summary>Gets or sets whether its files were removed because the same bytes are stored.</summary>
    public bool IsDiscarded { get; set; }

    /// <summary>Gets or sets whether PACKAGE_VERIFIED is in the journal.</summary>
    public bool IsVerified { get; set; }

    /// <summary>Gets or sets whether it has been put away in quarantine, or as much of it as there was.</summary>
    public bool IsPutAway { get; set; }

    /// <summary>Gets or sets its place in quarantine; null if nothing of it is there.</summary>
    public string? Quarantine { get; set; }

    /// <summary>
    /// Gets or sets the corte at whose time it is judged again; null if only a change of the delivery causes that.
    /// </summary>
    public Corte? Later { get; set; }

    /// <summary>Gets or sets the only root that it may go to; null while trusted time has not decided.</summary>
    public Root? Destination { get; set; }

    /// <summary>Gets or sets the release that it was sealed as.</summary>
    public Release? Release { get; set; }

    /// <summary>Gets or sets its outcome; null while that is unknown.</summary>
    public PackageState? Outcome { get; set; }

    /// <summary>Gets the name of the algorithm that covers every file; null if none does.</summary>
    public string? Algorithm => Verdict.Algorithm is { } algorithm ? DigestAlgorithms.Name(algorithm) : null;
}
