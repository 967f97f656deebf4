namespace Difusor.Agent.Conformity;

/// <summary>
/// Reads the output of <c>systemctl show -p ActiveState -p Listen</c>: the sockets by which systemd starts a server.
/// </summary>
static class SocketUnits
{
    const string Listen = "Listen=", Stream = " (Stream)";

    /// <summary>Returns the TCP ports of the units that are active, in their order.</summary>
    public static IReadOnlyList<int> Ports(string shown) =>
        [.. shown.Split("\n\n").Select(unit => unit.Split('\n')).Where(lines => lines.Contains("ActiveState=active"))
            .SelectMany(lines => lines).Select(Port).Where(port => port > 0).Distinct()];

    /// <summary>Returns the port of a line <c>Listen=0.0.0.0:22 (Stream)</c>; 0 if it names none.</summary>
    static int Port(string line) =>
        line.StartsWith(Listen, StringComparison.Ordinal) && line.EndsWith(Stream, StringComparison.Ordinal)
        && int.TryParse(
            line[(line.LastIndexOf(':') + 1)..^Stream.Length], NumberStyles.None, CultureInfo.InvariantCulture,
            out var port) ? port : 0;
}
