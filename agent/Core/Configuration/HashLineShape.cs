using System.Text.Json.Nodes;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Configuration;

/// <summary>The shape of <c>hashes.line</c>, in agent.yaml and in an election's profile.</summary>
static class HashLineShape
{
    const int Longest = 8, MostFields = 32;

    static readonly Shape<string> Separator = new ScalarShape<string>(
        new Said("config.separator"),
        scalar => !scalar.IsNull && scalar.Text.Length is > 0 and <= Longest && scalar.Text.All(MaySeparate)
            ? (true, scalar.Text) : (false, ""),
        (value, _) => value,
        () => new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = Longest });

    public static MapShape<HashLine> Whole { get; } = new(new HashLine("", 0, 0), CheckFields)
    {
        { "separator", Separator, it => it.Separator, (it, value) => it with { Separator = value }, Presence.Required },
        { "name", Shapes.Integer(1, MostFields), it => it.Name, (it, value) => it with { Name = value },
            Presence.Required },
        { "digest", Shapes.Integer(1, MostFields), it => it.Digest, (it, value) => it with { Digest = value },
            Presence.Required },
    };

    /// <summary>Returns whether a character may separate fields: none that a digest, or quotes, have.</summary>
    static bool MaySeparate(char c) =>
        c == '\t' || (!char.IsControl(c) && !char.IsAsciiLetterOrDigit(c) && c != '"');

    static void CheckFields(HashLine line, string place, Problems problems)
    {
        if (line.Name == line.Digest)
            problems.Add(problems.Of($"{place}.digest", $"{place}.name"), "config.same-field");
    }
}
