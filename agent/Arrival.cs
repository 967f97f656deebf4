using System.Text.Json.Nodes;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent;

/// <summary>
/// A judged delivery on its way through the agent loop. It remembers how far it has come, so that after a fault of the disk the
/// same steps go on where they stopped, and nothing is recorded twice.
/// </summary>
sealed class Arrival(DeliveryJudged judged)
{
    public string Delivery => judged.Delivery;
    public Verdict Verdict { get; set; } = judged.Verdict;
    public StagingTree Tree => judged.Tree;
    public ClockReading FirstSeen => judged.FirstSeen;
    public ClockReading LastByte => judged.LastByte;
    public DeliveryJudged Judged => judged;

    /// <summary>PACKAGE_VERIFIED is in the journal.</summary>
    public bool IsVerified { get; set; }

    /// <summary>Where it lies in quarantine; null while it does not.</summary>
    public string? Quarantine { get; set; }

    /// <summary>The corte at whose time it is judged again; null where only a change of the delivery has that done.</summary>
    public Packages.Corte? Later { get; set; }

    /// <summary>The release that it was sealed as.</summary>
    public Release? Release { get; set; }

    /// <summary>Told once what became of it, in a word of the acuse: <c>published</c>, <c>held</c>, <c>rejected</c>, ...</summary>
    public Action<string>? Ended { get; set; }

    /// <summary>Codes that an operator has waived.</summary>
    public IReadOnlyList<string> Waived { get; init; } = [];

    /// <summary>The fields that most package events have.</summary>
    public JsonObject Fields(params ReadOnlySpan<string> wanted)
    {
        var fields = new JsonObject { ["package"] = Verdict.Package, ["series"] = Verdict.Series, ["corte"] = Verdict.Corte?.ToString() };
        foreach (var name in wanted)
            fields[name] = name switch
            {
                "files" => Verdict.Files,
                "bytes" => Verdict.Bytes,
                "algorithm" => Verdict.Algorithm is { } algorithm ? Packages.DigestAlgorithms.Name(algorithm) : null,
                "manifest_sha256" => Verdict.ManifestSha256,
                "reasons" => Findings(Verdict.Reasons),
                "reasons_total" => Verdict.ReasonsTotal,
                "warnings" => Findings(Verdict.Warnings),
                "warnings_total" => Verdict.WarningsTotal,
                "release" => Release?.Id.Value,
                _ => throw new ArgumentException(name, nameof(wanted)),
            };
        return fields;
    }

    /// <summary>What is told of a list of findings.</summary>
    public static JsonArray Findings(IReadOnlyCollection<Finding> findings) =>
        new([.. Told.Of(findings).Select(finding => new JsonObject { ["code"] = finding.Code, ["path"] = finding.Path, ["detail"] = finding.Detail })]);
}
