namespace Difusor.Agent.Publication;

/// <summary>
/// Writes the list of a release whose SHA-256 is its huella del paquete: one line <c>sha256  path</c> for each file
/// that is no HASH file and no signature of one, in the order of their bytes (contract, section 9).
/// </summary>
public static class HuellaList
{
    public static byte[] Of(IReadOnlyList<ReleaseFile> files)
    {
        var lines = files.Where(file => !HashFileName.IsOrSigns(file.Path.Value))
            .Select(file => Encoding.UTF8.GetBytes($"{file.Sha256.Hex}  {file.Path.Value}\n")).ToArray();
        Array.Sort(lines, (left, right) => left.AsSpan().SequenceCompareTo(right));
        using var list = new MemoryStream();
        foreach (var line in lines) list.Write(line);
        return list.ToArray();
    }
}
