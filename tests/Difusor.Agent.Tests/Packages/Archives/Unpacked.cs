using Difusor.Agent.Packages.Archives;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>An archive unpacked into memory: what came out, and what was found.</summary>
sealed record Unpacked(Unpacking Result, MemoryContents Contents)
{
    public static Unpacked Zip(byte[] archive, LimitSettings? limits = null) => Of(PackageForm.Zip, archive, limits);

    /// <summary>The zip is refused as <c>bad-archive</c>, and the text says so much.</summary>
    public static Unpacked BadZip(byte[] archive, string detail) =>
        Zip(archive).IsRefused(ReasonCode.BadArchive, detail);

    public static Unpacked Tar(byte[] archive, LimitSettings? limits = null) => Of(PackageForm.Tar, archive, limits);
    public static Unpacked TarGz(byte[] archive, LimitSettings? limits = null) =>
        Of(PackageForm.TarGz, archive, limits);

    public static Unpacked Of(PackageForm form, byte[] archive, LimitSettings? limits = null)
    {
        var contents = new MemoryContents();
        return new Unpacked(
            Archive.Unpack(form, new MemoryStream(archive), limits ?? new LimitSettings(), contents), contents);
    }

    public string[] Paths => [.. Contents.Entries.Select(entry => entry.Path.Value)];
    public string Text(string path) =>
        System.Text.Encoding.UTF8.GetString(Contents.ReadHead(RelativePath.Own(path), int.MaxValue));

    /// <summary>Nothing was found, and exactly these files came out.</summary>
    public Unpacked IsGood(params string[] paths)
    {
        Assert.Equal("", string.Join("; ", Result.Findings));
        Assert.True(Result.Ends);
        Assert.False(Result.Stopped);
        Assert.Equal(paths.Order(StringComparer.Ordinal), Paths);
        return this;
    }

    /// <summary>The last finding is this one, and its text says so much.</summary>
    public Unpacked IsRefused(ReasonCode reason, string detail)
    {
        var finding = Assert.Single(Result.Findings[^1..]);
        Assert.Equal(reason.Code(), finding.Code);
        Assert.Contains(detail, finding.Detail, StringComparison.Ordinal);
        Assert.True(Details.Has(finding.Detail), finding.Detail);
        Assert.True(Result.Ends);
        return this;
    }

    /// <summary>The archive only stops: it may still be arriving.</summary>
    public void IsNotWhole()
    {
        Assert.False(Result.Ends);
        Assert.True(Result.Stopped);
        Assert.Equal(ReasonCode.BadArchive.Code(), Assert.Single(Result.Findings[^1..]).Code);
    }
}

/// <summary>A sink that only counts.</summary>
sealed class CountingSink : IPackageSink
{
    readonly byte[] buffer = new byte[64 * 1024];

    public int Files { get; private set; }
    public long Bytes { get; private set; }

    public ContentEntry Place(RelativePath path, Stream source)
    {
        var size = 0L;
        while (source.Read(buffer) is var read and > 0)
        {
            size += read;
            Bytes += read;
        }
        Files++;
        return new ContentEntry(path, size, default);
    }

    public void Unwrap(string folder) { }
}
