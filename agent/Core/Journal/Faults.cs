using Difusor.Agent.Events;

namespace Difusor.Agent.Journal;

/// <summary>Describes an unforeseen exception as an event.</summary>
public static class Faults
{
    const int MostFrames = 20, LongestFrame = 160, LongestMessage = 300;

    public static InternalFault Of(Exception fault, string step, string? thread, string? delivery, int count)
    {
        var cause = fault.GetBaseException();
        return new InternalFault(
            step, thread is { Length: > 0 } ? thread : "pool", cause.GetType().FullName ?? cause.GetType().Name,
            Printable.Of(cause.Message, LongestMessage), MethodsOf(fault), delivery, count);
    }

    /// <summary>
    /// Returns the names of the methods of a stack trace on one line, at most twenty. If an exception wraps its cause,
    /// those of the cause come first.
    /// </summary>
    public static string MethodsOf(Exception fault)
    {
        var names = new StringBuilder();
        var frames = 0;
        var cause = fault.GetBaseException();
        foreach (var trace in ReferenceEquals(cause, fault)
            ? [fault.StackTrace] : new[] { cause.StackTrace, fault.StackTrace })
            foreach (var line in (trace ?? "").AsSpan().EnumerateLines())
            {
                if (frames == MostFrames) break;
                if (NameIn(line) is not { Length: > 0 } name) continue;
                if (frames++ > 0) names.Append(" < ");
                names.Append(name.Length > LongestFrame ? name[..LongestFrame] : name);
            }
        return names.ToString();
    }

    /// <summary>
    /// Returns the name of the method in a line like <c>   at Difusor.Agent.Drop.Delivery.Next(Int64) + 0x1c</c>.
    /// </summary>
    static string? NameIn(ReadOnlySpan<char> line)
    {
        const string Start = "at ", Own = "Difusor.Agent.";
        line = line.Trim();
        if (!line.StartsWith(Start, StringComparison.Ordinal)) return null;
        line = line[Start.Length..];
        if (line.IndexOf('(') is var parameters and > 0) line = line[..parameters];
        if (line.StartsWith(Own, StringComparison.Ordinal)) line = line[Own.Length..];
        return Printable.Of(line.ToString(), LongestFrame);
    }
}
