using Difusor.Agent.Texts;

namespace Difusor.Agent.Configuration;

/// <summary>A YAML document as a tree of values, each with its position; no anchors, aliases or tags.</summary>
abstract record YamlNode(Position At)
{
    /// <summary>Returns what was found there, for a message.</summary>
    public abstract object Describe();
}

/// <summary>
/// A scalar. Plain means written without quotes: then <c>null</c>, <c>true</c> and <c>12</c> are not texts.
/// </summary>
sealed record YamlScalar(Position At, string Text, bool Plain) : YamlNode(At)
{
    public bool IsNull => Plain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override object Describe() =>
        IsNull ? "null" : Plain ? Short : $"\"{Short}\"";

    /// <summary>Gets the text as a message may show it.</summary>
    public string Short
    {
        get
        {
            var text = Secrets.InText(Text);
            return new string([.. text.Take(60).Select(c => char.IsControl(c) ? '\ufffd' : c)])
                + (text.Length > 60 ? "..." : "");
        }
    }
}

sealed record YamlList(Position At, ImmutableArray<YamlNode> Items) : YamlNode(At)
{
    public override object Describe() => new Said("config.a-list");
}

sealed record YamlMap(Position At, ImmutableArray<(YamlScalar Key, YamlNode Value)> Entries) : YamlNode(At)
{
    public override object Describe() => new Said("config.a-map");
}
