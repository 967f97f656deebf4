using System.Runtime.CompilerServices;

namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// What an archive may still use of <c>limits.files</c>, <c>file_size</c>, <c>package_size</c>, <c>path_text</c>,
/// <c>hash_text</c> and <c>compression_ratio</c>. Sizes are those that the archive states; the entry's stream enforces
/// that they are true.
/// </summary>
sealed class Allowance(LimitSettings limits, Shares shares)
{
    /// <summary>With no more bytes of contents than this, no ratio makes a bomb (contract, section 5).</summary>
    public const long NoBombBelow = 10 << 20;

    long bytes;
    int files;
    int folders;
    long headers;

    /// <summary>Counts one more file with this stated size.</summary>
    public void File(ReadOnlySpan<byte> name, long size)
    {
        if (++files > limits.Files) throw TooMany($"more than {limits.Files} files");
        if (size > limits.FileSize)
            throw new ArchiveRefused(
                Finding.Of(
                ReasonCode.FileTooLarge, SentName.Printable(name),
                $"{size} bytes, the limit is {limits.FileSize}"));
        Bytes(name, size);
        if (!IsHashFile(name)) return;
        var shown = SentName.Printable(name);
        Took(shares.HashText.Take(size), () => limits.HashTooLarge(shown));
    }

    /// <summary>Counts one more path of this many bytes.</summary>
    public void Path(int length) =>
        Took(shares.Paths.Take(length), () =>
            Finding.Of(ReasonCode.PathsTooLarge, null, $"more than {limits.PathText} bytes of paths"));

    static void Took(Taking taking, Func<Finding> tooLarge)
    {
        switch (taking)
        {
            case Taking.TooLarge: throw new ArchiveRefused(tooLarge());
            case Taking.NoRoom: throw new ArchiveRefused(
                Finding.Of(ReasonCode.PathsTooLarge, null, "other deliveries have taken what all may have together"),
                noRoom: true);
            case Taking.Taken: break;
        }
    }

    [SkipLocalsInit]
    static bool IsHashFile(ReadOnlySpan<byte> name)
    {
        if (name.EndsWith(".html"u8) || name.Length > Longest) return false;
        Span<char> path = stackalloc char[Longest];
        return HashFileName.Is(path[..Encoding.UTF8.GetChars(name, path)]);
    }

    /// <summary>The longest name to look at, in bytes; a longer one is not a safe path.</summary>
    const int Longest = 4096;

    /// <summary>Counts bytes that must be read: those of a file, or those that belong to no file.</summary>
    public void Bytes(ReadOnlySpan<byte> name, long size)
    {
        if (size > limits.PackageSize - bytes)
        {
            var path = name.IsEmpty ? null : SentName.Printable(name);
            throw new ArchiveRefused(
                Finding.Of(ReasonCode.PackageTooLarge, path, $"more than {limits.PackageSize} bytes together"));
        }
        bytes += size;
    }

    public void Folder()
    {
        if (++folders > limits.Files) throw TooMany($"more than {limits.Files} folders");
    }

    /// <summary>
    /// Counts one more header of a tar. A valid archive has at most three for a file and one for a folder.
    /// </summary>
    public void Header()
    {
        if (++headers > 4L * limits.Files + 1000) throw TooMany($"{headers} headers for at most {limits.Files} files");
    }

    /// <summary>Checks this much content against an archive of this many bytes.</summary>
    public static void Ratio(long content, long archive, LimitSettings limits)
    {
        if (content > NoBombBelow && content > (Int128)archive * limits.CompressionRatio)
            throw new ArchiveRefused(Finding.Of(ReasonCode.CompressionBomb, null,
                $"{content} bytes or more out of {archive}, more than {limits.CompressionRatio} to 1"));
    }

    public void Ratio(long archive) => Ratio(bytes, archive, limits);

    public static ArchiveRefused TooMany(string detail) => new(Finding.Of(ReasonCode.TooManyFiles, null, detail));
}
