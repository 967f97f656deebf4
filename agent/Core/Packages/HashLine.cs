namespace Difusor.Agent.Packages;

/// <summary>
/// Describes the lines of a HASH file that has none of the built-in forms (<c>hashes.line</c>): what separates their
/// fields (a single blank stands for any number of blanks), and which fields, counted from 1, are name and digest.
/// </summary>
public sealed record HashLine(string Separator, int Name, int Digest)
{
    /// <summary>Returns it as the configuration has it: <c>{separator: ";", name: 1, digest: 2}</c>.</summary>
    public override string ToString()
    {
        var separator = Separator.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);
        return string.Create(
            CultureInfo.InvariantCulture, $"{{separator: \"{separator}\", name: {Name}, digest: {Digest}}}");
    }
}
