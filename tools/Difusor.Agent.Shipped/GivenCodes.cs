using Difusor.Agent.Events;

namespace Difusor.Agent.Shipped;

/// <summary>
/// Keeps every code that was ever given, with the number and the severity of an event: journals and scripts rely on
/// them. What is new comes at the end of the file. A line that is there stays; a test compares it with the program.
/// </summary>
public static class GivenCodes
{
    public const string Path = "tests/codes.given";

    /// <summary>Gets what the program has now, a line each.</summary>
    public static IEnumerable<string> Now =>
    [
        .. EventCatalogue.All.Select(entry => $"event {entry.Number} {entry.Id} {entry.Severity}"),
        .. Enum.GetValues<ReasonCode>().Select(reason => $"reason {reason.Code()}"),
        .. Enum.GetValues<GateReason>().Select(reason => $"gate {reason.Code()}"),
        .. Enum.GetValues<HoldReason>().Select(reason => $"hold {reason.Code()}"),
    ];

    public static string Of(string root)
    {
        var given = File.ReadAllLines(System.IO.Path.Combine(root, Path));
        return string.Concat(given.Concat(Now.Except(given)).Select(line => $"{line}\n"));
    }
}
