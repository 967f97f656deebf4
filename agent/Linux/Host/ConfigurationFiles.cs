using System.Reflection;
using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Linux.Host;

/// <summary>Finds and reads agent.yaml and the election profile that it names.</summary>
public static class ConfigurationFiles
{
    const string Embedded = "elections/";
    static readonly string[] HostFolders = ["/etc/difusor-agent/elections", "/usr/share/difusor-agent/elections"];

    /// <summary>Reads a configuration and its profile.</summary>
    /// <param name="file">The path of the configuration.</param>
    /// <param name="asAgent">True: the agent itself asks. Then it is a problem if a file meant for the agent cannot be
    /// read.</param>
    /// <exception cref="SystemFault">The file cannot be read.</exception>
    public static Reading<Configured> Load(string file, bool asAgent = false)
    {
        file = Path.GetFullPath(file);
        var settings = SettingsReader.Read(ReadWhole(file), file);
        if (settings.Value is null) return new(file, null, settings.Problems, settings.Places);
        if (EnvironmentFile.Check(settings.Value, file, settings.Places, asAgent) is { Count: > 0 } problems)
            return new(file, null, problems, settings.Places);
        var profile =
            LoadProfile(settings.Value.Election, file, settings.Places.GetValueOrDefault("election", Position.Start));
        return new(
            file, profile.Value is { } value ? new Configured(file, settings.Value, value) : null, profile.Problems,
            settings.Places);
    }

    /// <summary>
    /// Reads what can still be read of a configuration that has problems; all keys have their defaults if the file
    /// cannot be read at all.
    /// </summary>
    public static Settings LoadWhatFits(string file)
    {
        file = Path.GetFullPath(file);
        byte[] bytes = [];
        try { bytes = ReadWhole(file); }
        catch (IOException) { }
        return SettingsReader.ReadWhatFits(bytes, file);
    }

    /// <summary>
    /// Reads a profile by its id (from <c>elections/</c> beside the configuration, then /etc, /usr/share, then those
    /// built in) or by its path.
    /// </summary>
    /// <param name="election">The id or path, as it is written in the configuration or an option.</param>
    /// <param name="file">The file that names it, for messages and for a relative path.</param>
    /// <param name="at">Where in that file it is named.</param>
    public static Reading<ElectionProfile> LoadProfile(string election, string file, Position at)
    {
        var folder = Path.GetDirectoryName(file) ?? "/";
        var isPath = SettingsReader.IsPath(election);
        var candidates = isPath ? [Path.GetFullPath(election, folder)]
            : new[] { Path.Combine(folder, "elections") }.Concat(HostFolders).Select(
                place => Path.Combine(place, election + ".yaml"));
        foreach (var path in candidates)
        {
            try { return Named(ProfileReader.Read(ReadWhole(path), path), election, isPath); }
            catch (SystemFault fault) when (!isPath && fault.Errno is Errno.ENOENT or Errno.ENOTDIR) { }
            catch (SystemFault fault)
            {
                return Refuse(
                    new ConfigProblem(
                    file, at, new Said("config.no-profile-file", ("path", path), ("fault", fault.Message))));
            }
        }
        if (Assembly.GetExecutingAssembly().GetManifestResourceStream($"{Embedded}{election}.yaml") is { } stream)
            using (stream) return Named(ProfileReader.Read(ReadAll(stream), $"{election}.yaml"), election, isPath);
        return Refuse(
            new ConfigProblem(
            file, at,
            new Said("config.no-profile", ("election", election), ("known", string.Join(", ", BuiltIn)))));
    }

    /// <summary>Gets the ids of the profiles that are compiled in.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Embedded, StringComparison.Ordinal))
            .Select(name => Path.GetFileNameWithoutExtension(name)).Order(StringComparer.Ordinal)];

    /// <summary>
    /// Checks a profile that was read: one that is called by its id must have that id, and no offset may be wrong by
    /// the zone data (<see cref="ZoneAgreement"/>).
    /// </summary>
    static Reading<ElectionProfile> Named(Reading<ElectionProfile> read, string election, bool isPath)
    {
        if (read.Value is not { } profile) return read;
        if (!isPath && profile.Id != election)
            return Refuse(
                new ConfigProblem(
                read.File, read.Places["id"],
                new Said("config.other-id", ("found", profile.Id), ("election", election))));
        var zone = ZoneOpinions.Of(profile.TimeZone, ZoneData.Version());
        // What the file does not write has its offset from what it writes.
        var disagreements = ZoneAgreement.Check(profile, zone)
            .Where(problem => read.Places.ContainsKey(problem.Key))
            .Select(problem => new ConfigProblem(read.File, read.Places[problem.Key], problem.What)).ToList();
        return disagreements.Count == 0 ? read : read with { Value = null, Problems = disagreements };
    }

    static Reading<ElectionProfile> Refuse(ConfigProblem problem) =>
        new(problem.File, null, [problem], new Dictionary<string, Position>());

    /// <summary>
    /// Returns the bytes of a file; of a file that is too large, just enough that the reader notices.
    /// </summary>
    static byte[] ReadWhole(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return ReadAll(stream);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SystemFault("open", path, Errno.ENOENT);
        }
        catch (UnauthorizedAccessException)
        {
            throw new SystemFault("open", path, Directory.Exists(path) ? Errno.EISDIR : Errno.EACCES);
        }
    }

    static byte[] ReadAll(Stream stream)
    {
        var bytes = new byte[SettingsReader.Limit + 1];
        return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }
}
