using System.IO.Enumeration;

namespace Difusor.Agent.Packages;

/// <summary>
/// A place of the corte in JSON that an election's profile names: two keys of one object, or one with the whole stamp.
/// </summary>
/// <param name="File">The paths of the files: <c>datos/*.json</c>. A <c>*</c> stands for any characters.</param>
/// <param name="Date">The key of the date; null where <paramref name="Stamp"/> names it all.</param>
/// <param name="Time">The key of the time; the same.</param>
/// <param name="Stamp">The key of date and time together; null where they are apart.</param>
public sealed record CorteInJson(string File, string? Date, string? Time, string? Stamp)
{
    /// <summary>Gets whether the keys are of one of the two kinds.</summary>
    public bool IsPlace => Stamp is null ? Date is not null && Time is not null : Date is null && Time is null;

    /// <summary>Returns whether a file of the package is one of these.</summary>
    public bool Is(string path) => FileSystemName.MatchesSimpleExpression(File, path, ignoreCase: false);
}
