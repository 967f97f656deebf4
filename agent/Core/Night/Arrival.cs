using Difusor.Agent.Gate;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Night;

/// <summary>
/// A judged delivery on its way through the agent loop. It remembers how far it has come, so that after a fault of the
/// disk the same steps go on where they stopped, and nothing is recorded twice.
/// </summary>
/// <param name="firstSeen">When its first byte came, or the start's reading where it lay there already.</param>
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

    /// <summary>Gets how many verdicts were put off since the last one that was told.</summary>
    public long PutOff { get; init; }

    /// <summary>Gets the codes that an operator has waived.</summary>
    public IReadOnlyList<string> Waived { get; init; } = [];

    /// <summary>Tells whether PACKAGE_VERIFIED is in the journal.</summary>
    public bool IsVerified { get; set; }

    /// <summary>Gets where it lies in quarantine; null while it does not.</summary>
    public string? Quarantine { get; set; }

    /// <summary>
    /// Gets the corte at whose time it is judged again; null where only a change of the delivery has that done.
    /// </summary>
    public Corte? Later { get; set; }

    /// <summary>Gets the release that it was sealed as.</summary>
    public Release? Release { get; set; }

    /// <summary>Gets what has become of it; null while that is not known.</summary>
    public PackageState? Outcome { get; set; }

    /// <summary>Gets the name of the algorithm that covers every file; null: none does.</summary>
    public string? Algorithm => Verdict.Algorithm is { } algorithm ? DigestAlgorithms.Name(algorithm) : null;
}
