namespace Difusor.Agent.Verification;

/// <summary>
/// Takes the package's own folder off the names of a HASH file: <c>sha256sum</c> was run one level up, or, for a list
/// in a folder of the package, at the package's top.
/// </summary>
sealed class NamePrefixes(PackageOffer offer, FileIndex index)
{
    /// <summary>
    /// Returns the HASH file with names relative to its own folder; the same one unless all its names begin with that
    /// folder's path, or the end of it, and none is a file as it stands.
    /// </summary>
    internal HashFile Without(HashFile file)
    {
        if (file.Count == 0 || index.FindStated(file.Folder, file.NameAt(0)) >= 0) return file;
        var fitting = 0;
        foreach (var prefix in PrefixesOf(file.Folder))
        {
            var bytes = Encoding.UTF8.GetBytes(prefix);
            if (!AllBegin(file, bytes)) continue;
            // Two that fit are two readings.
            if (fitting > 0) return file;
            fitting = bytes.Length;
        }
        if (fitting == 0) return file;
        for (var line = 1; line < file.Count; line++)
            if (index.FindStated(file.Folder, file.NameAt(line)) >= 0) return file;
        return file.WithoutPrefix(fitting);
    }

    static bool AllBegin(HashFile file, byte[] prefix)
    {
        for (var line = 0; line < file.Count; line++)
            if (!file.NameAt(line).StartsWith(prefix)) return false;
        return true;
    }

    /// <summary>
    /// Returns what may stand before a name: the path of the HASH file's folder as it was where the package was made,
    /// and each end of that path.
    /// </summary>
    HashSet<string> PrefixesOf(string folder)
    {
        var prefixes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var outside in new[] { PackageName.WithoutExtension(offer.Name), offer.Folder, "" })
        {
            if (outside is null) continue;
            var path = outside.Length > 0 && folder.Length > 0 ? $"{outside}/{folder}" : outside + folder;
            for (var at = 0; path.Length > 0; at++)
            {
                prefixes.Add($"{path[at..]}/");
                at = path.IndexOf('/', at);
                if (at < 0) break;
            }
        }
        return prefixes;
    }
}
