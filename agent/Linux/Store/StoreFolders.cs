namespace Difusor.Agent.Linux.Store;

/// <summary>Paths of the folders below <c>paths.state</c> (DESIGN.md, "Where bytes lie").</summary>
public sealed record StoreFolders(string State)
{
    public string Staging => Path.Combine(State, "staging");
    public string Held => Path.Combine(State, "held");
    public string Vault => Path.Combine(State, "vault");
    public string Sealed => Path.Combine(State, "sealed");
    public string Quarantine => Path.Combine(State, "quarantine");
    public string Journal => Path.Combine(State, "journal");
    public string Public => Path.Combine(State, "public");
    public string Rehearsal => Path.Combine(State, "rehearsal");

    public string Of(Packages.Root root) => root == Packages.Root.Public ? Public : Rehearsal;

    /// <summary>
    /// The part of a name that tells an altered tree in <see cref="Quarantine"/> from a rejected package.
    /// </summary>
    internal const string Altered = "-altered-";

    /// <summary>
    /// Gets the paths of the verdicts of the rejected packages that are kept, the oldest first. Anything else here may
    /// come from an intruder; never read it.
    /// </summary>
    internal IEnumerable<string> Verdicts => !Directory.Exists(Quarantine) ? [] : Directory.GetDirectories(Quarantine)
        .Where(folder => !Path.GetFileName(folder).Contains(Altered, StringComparison.Ordinal))
        .Select(folder => Path.Combine(folder, "verdict.json")).Where(File.Exists).Order(StringComparer.Ordinal);

    /// <summary>
    /// Gets the paths of the records of releases, one each, those that are gone included; by their names, which are in
    /// the order of their cortes.
    /// </summary>
    internal IEnumerable<string> Records => !Directory.Exists(Sealed) ? [] : Directory.GetFiles(Sealed)
        .Where(file => Path.GetExtension(file) is ".json" or ReleaseRecords.Past)
        .OrderBy(Path.GetFileName, StringComparer.Ordinal).DistinctBy(Path.GetFileNameWithoutExtension);

    /// <summary>Gets the folders that only the agent's account may enter.</summary>
    internal IEnumerable<string> Private => [Staging, Held, Vault, Sealed, Quarantine, Journal];

    /// <summary>Gets the folders that Apache's account may enter.</summary>
    internal IEnumerable<string> Readable => [Public, Rehearsal];
}
