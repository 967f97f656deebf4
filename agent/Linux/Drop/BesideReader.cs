using Difusor.Agent.Drop;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux.Drop;

/// <summary>Reads a HASH file that lies beside archives, whole and once.</summary>
static class BesideReader
{
    public static BesideList? Read(
        SafeFolder folder, RawPath path, LimitSettings limits, HashLine? line = null) =>
        Read(folder, path, limits, BesideList.MostNames, out _, line);

    /// <param name="line"><c>hashes.line</c>.</param>
    /// <param name="refusal">Why it cannot be opened; 0 where it can.</param>
    /// <returns>Null where it cannot be used: it is too long, not a regular file, or gone.</returns>
    public static BesideList? Read(
        SafeFolder folder, RawPath path, LimitSettings limits, int mostNames, out Errno refusal,
        HashLine? line = null)
    {
        refusal = default;
        if (path.Read(limits.Paths).Path is not { } name) return null;
        using var source = folder.TryOpenFile(path.ToBytes(), out refusal);
        if (source is null) return null;
        var identity = SafeFolder.IdentityOf(source, name.Value);
        if (identity is not { Kind: FileKind.Regular, Size: <= HashFileReader.MostBytesBeside }) return null;
        var bytes = new byte[identity.Size];
        var length = 0;
        while (length < bytes.Length && RandomAccess.Read(source, bytes.AsSpan(length), length) is var read and > 0)
            length += read;
        var text = length == bytes.Length ? bytes : bytes[..length];
        return BesideList.Read(name, text, limits.Paths, HashTexts.MostEntries(limits), mostNames, line);
    }
}
