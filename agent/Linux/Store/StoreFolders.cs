namespace Difusor.Agent.Linux.Store;

/// <summary>Where bytes lie below <c>paths.state</c> (DESIGN.md, "Where bytes lie").</summary>
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
    /// What tells an altered tree in <see cref="Quarantine"/> from a rejected package: a part of its name.
    /// </summary>
    internal const string Altered = "-altered-";

    /// <summary>
    /// The verdicts of the rejected packages that are kept, the oldest first. All but they lies as a stranger left it:
    /// it is not looked into.
    /// </summary>
    internal IEnumerable<string> Verdicts => !Directory.Exists(Quarantine) ? [] : Directory.GetDirectories(Quarantine)
        .Where(folder => !Path.GetFileName(folder).Contains(Altered, StringComparison.Ordinal))
        .Select(folder => Path.Combine(folder, "verdict.json")).Where(File.Exists).Order(StringComparer.Ordinal);

    /// <summary>Folders that only the agent's account may enter.</summary>
    internal IEnumerable<string> Private => [Staging, Held, Vault, Sealed, Quarantine, Journal];

    /// <summary>Folders that Apache's account may enter.</summary>
    internal IEnumerable<string> Readable => [Public, Rehearsal];
}
