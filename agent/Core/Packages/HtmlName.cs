namespace Difusor.Agent.Packages;

/// <summary>Tells by its name whether a file is a page: <c>.html</c> or <c>.htm</c>, in any case.</summary>
public static class HtmlName
{
    public static bool Is(ReadOnlySpan<char> path) =>
        path.EndsWith(".html", StringComparison.OrdinalIgnoreCase)
            || path.EndsWith(".htm", StringComparison.OrdinalIgnoreCase);
}
