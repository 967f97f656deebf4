using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Difusor.Agent.Configuration;

/// <summary>
/// Writes a tree of values as YAML that <see cref="YamlText"/> can read: mappings in blocks, lists on one line, quotes
/// only where needed.
/// </summary>
static partial class YamlWriter
{
    const int Width = 110;

    /// <param name="describe">Returns the comment above a key, by its place; null: none.</param>
    public static string Write(JsonObject map, Func<string, string?> describe)
    {
        var yaml = new StringBuilder();
        Write(yaml, map, "", "", describe);
        return yaml.ToString();
    }

    static void Write(StringBuilder yaml, JsonObject map, string place, string indent, Func<string, string?> describe)
    {
        foreach (var (name, value) in map)
        {
            var below = place.Length == 0 ? name : $"{place}.{name}";
            if (describe(below) is { } comment)
            {
                if (place.Length == 0 && yaml.Length > 0) yaml.Append('\n');
                yaml.Append(Comment(comment, indent));
            }
            if (value is JsonObject { Count: > 0 } inner && place.Length == 0)
            {
                yaml.Append($"{indent}{name}:\n");
                Write(yaml, inner, below, indent + "  ", describe);
            }
            else yaml.Append($"{indent}{name}: {Flow(value)}\n");
        }
    }

    /// <summary>Returns a text as a comment of as many lines as it needs.</summary>
    public static string Comment(string text, string indent = "") =>
        string.Concat(Wrap(text, Width - indent.Length).Select(line => $"{indent}# {line}\n"));

    static string Flow(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray list => "[" + string.Join(", ", list.Select(Flow)) + "]",
        JsonObject map => "{" + string.Join(", ", map.Select(entry => $"{entry.Key}: {Flow(entry.Value)}")) + "}",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Quote(value.GetValue<string>()),
        _ => node.ToJsonString(),
    };

    /// <summary>Returns a text as it is if YAML can only read it as text, and in double quotes otherwise.</summary>
    static string Quote(string text)
    {
        if (Bare().IsMatch(text) && !Shapes.LooksLikeNoText(text)) return text;
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
            quoted.Append(
                c switch { '"' => "\\\"", '\\' => "\\\\", _ when char.IsControl(c) => $"\\x{(int)c:x2}", _ =>
                c.ToString() });
        return quoted.Append('"').ToString();
    }

    static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }
            if (line.Length > 0) line.Append(' ');
            line.Append(word);
        }
        yield return line.ToString();
    }

    [GeneratedRegex("^[A-Za-z0-9_/.@][A-Za-z0-9_/.@+-]*\\z")]
    private static partial Regex Bare();
}
