namespace Difusor.Agent.Texts;

/// <summary>The language of messages for people; codes, JSON keys and MSGIDs are never translated.</summary>
public enum Language { Es, En }

public static class Languages
{
    /// <summary>Returns the language as HTML and the configuration name it: <c>es</c> or <c>en</c>.</summary>
    public static string Tag(this Language language) => language == Language.Es ? "es" : "en";
}
