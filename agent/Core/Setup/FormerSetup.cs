namespace Difusor.Agent.Setup;

/// <summary>
/// What an earlier <c>setup</c> was given, read back from the files that it wrote. A later one takes it from here, so
/// that <c>setup --dry-run</c> alone shows what is missing.
/// </summary>
/// <param name="Site">The name of the site; null if no setup has been made, or it was undone.</param>
/// <param name="Addresses">Where the institute connects from; empty if no setup has been made, or it was undone.
/// </param>
public sealed record FormerSetup(string? Site, IReadOnlyList<string> Addresses)
{
    /// <param name="files">The texts of those files of the instance that exist, by path.</param>
    public static FormerSetup Of(SetupInstance instance, IReadOnlyDictionary<string, string> files) =>
        new(
            SetupFiles.Defined(files.GetValueOrDefault(instance.ApacheNames, ""), "DIFUSOR_NAME"),
            SetupFiles.AddressesOf(instance, files.GetValueOrDefault(instance.SshDropIn, "")));
}
