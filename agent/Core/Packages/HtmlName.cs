namespace Difusor.Agent.Packages;

/// <summary>A page by its name: <c>.html</c> or <c>.htm</c>, any case.</summary>
public static class HtmlName
{
    public static bool Is(ReadOnlySpan<char> path) =>
        path.EndsWith(".html", StringComparison.OrdinalIgnoreCase)
            || path.EndsWith(".htm", StringComparison.OrdinalIgnoreCase);
}
