using Difusor.Agent.Configuration;

namespace Difusor.Agent.Setup;

/// <summary>
/// Sets a value in agent.yaml and leaves everything else, including comments, as the system administrator wrote it.
/// </summary>
static class ConfigEdit
{
    /// <param name="places">The positions of the values of the keys in this text.</param>
    /// <param name="key"><c>"election"</c>, or <c>"syslog.target"</c>: at most one level of nesting, as in
    /// agent.yaml.</param>
    /// <param name="value">The value as YAML writes it, on one line.</param>
    public static string Set(string text, IReadOnlyDictionary<string, Position> places, string key, string value)
    {
        var lines = text.Split('\n').ToList();
        var (parent, leaf) = key.Split('.') is [var above, var below] ? (above, below) : (null, key);
        if (places.TryGetValue(key, out var at))
        {
            var (line, start) = (lines[at.Line - 1], at.Column - 1);
            lines[at.Line - 1] = line[..start] + value + line[End(line, start)..];
        }
        else if (parent is null) Append(lines, $"{leaf}: {value}");
        else if (!places.TryGetValue(parent, out var inside)) Append(lines, $"{parent}:\n  {leaf}: {value}");
        else if (lines[inside.Line - 1][inside.Column - 1] == '{')
            lines[inside.Line - 1] = lines[inside.Line - 1].Insert(inside.Column, $"{leaf}: {value}, ");
        else lines.Insert(inside.Line - 1, $"{new string(' ', inside.Column - 1)}{leaf}: {value}");
        return string.Join('\n', lines);
    }

    static void Append(List<string> lines, string block)
    {
        if (lines[^1].Length == 0) lines.Insert(lines.Count - 1, block);
        else lines.AddRange([block, ""]);
    }

    /// <summary>
    /// Returns where a value ends that begins at <c>start</c>: a quoted text, a list or map in brackets, or a plain
    /// word.
    /// </summary>
    static int End(string line, int start)
    {
        var (depth, quote) = (0, '\0');
        for (var at = start; at < line.Length; at++)
        {
            var c = line[at];
            if (quote != '\0')
            {
                if (c == '\\' && quote == '"') at++;
                else if (c == quote) (quote, _) = ('\0', 0);
            }
            else if (c is '"' or '\'') quote = c;
            else if (c is '[' or '{') depth++;
            else if (c is ']' or '}' && depth == 0) return at;
            else if (c is ']' or '}') depth--;
            else if (depth == 0 && (c == ',' || (c == '#' && at > start && line[at - 1] == ' ')))
                return TrimmedEnd(line, start, at);
        }
        return TrimmedEnd(line, start, line.Length);
    }

    static int TrimmedEnd(string line, int start, int end)
    {
        while (end > start && line[end - 1] is ' ' or '\r') end--;
        return end;
    }
}
