using Difusor.Agent.Packages.Archives;

namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>The last that an archive may state of each kind, and what is said of the first that it may not.</summary>
public sealed class AllowanceTests
{
    static readonly LimitSettings Limits = new()
    {
        Files = 2, FileSize = 10, PackageSize = 12, HashText = 4, PathText = 5, CompressionRatio = 3,
    };

    static string? Refused(Action<Allowance> use, Shares? shares = null)
    {
        try
        {
            use(new Allowance(Limits, shares ?? Shares.Alone(Limits.PathText, Limits.HashText)));
            return null;
        }
        catch (ArchiveRefused refused)
        {
            return $"{refused.Finding.Code} {refused.Finding.Path}: {refused.Finding.Detail}"
                + (refused.NoRoom ? " (no room)" : "");
        }
    }

    static void Times(int count, Action once)
    {
        for (var time = 0; time < count; time++) once();
    }

    [Fact]
    public void EachLimitIsTheLastThatIsAllowed()
    {
        Assert.Null(Refused(it => Times(2, () => it.File("a.html"u8, 1))));
        Assert.Equal("too-many-files : more than 2 files", Refused(it => Times(3, () => it.File("a.html"u8, 1))));
        Assert.Null(Refused(it => it.File("a.html"u8, 10)));
        Assert.Equal("file-too-large a.html: 11 bytes, the limit is 10", Refused(it => it.File("a.html"u8, 11)));
        Assert.Null(Refused(it => Times(2, () => it.File("a.html"u8, 6))));
        Assert.Equal("package-too-large a.html: more than 12 bytes together", Refused(it =>
        {
            it.File("b.html"u8, 6);
            it.File("a.html"u8, 7);
        }));
        Assert.Equal("package-too-large : more than 12 bytes together", Refused(it => it.Bytes([], 13)));
        Assert.Null(Refused(it => it.File("SHA256SUMS"u8, 4)));
        Assert.Equal("hash-too-large SHA256SUMS: more than 4 bytes of HASH files",
            Refused(it => it.File("SHA256SUMS"u8, 5)));
        Assert.Null(Refused(it => it.Path(5)));
        Assert.Equal("paths-too-large : more than 5 bytes of paths", Refused(it => it.Path(6)));
        Assert.Null(Refused(it => Times(2, it.Folder)));
        Assert.Equal("too-many-files : more than 2 folders", Refused(it => Times(3, it.Folder)));
        Assert.Null(Refused(it => Times(1008, it.Header)));
        Assert.Equal("too-many-files : 1009 headers for at most 2 files", Refused(it => Times(1009, it.Header)));
    }

    [Fact]
    public void WhereOthersHaveTakenItAllItWaitsAndIsNotRefused()
    {
        var total = new Budget(8);
        Assert.Equal(Taking.Taken, new Share(8, total).Take(6));
        Assert.Equal(
            "paths-too-large : other deliveries have taken what all may have together (no room)",
            Refused(it => it.Path(4), new Shares(new Share(5, total), new Share(4))));
    }

    [Theory]
    [InlineData(10 << 20, 1, false), InlineData((10 << 20) + 2, ((10 << 20) + 2) / 3, false)]
    [InlineData((10 << 20) + 3, ((10 << 20) + 2) / 3, true), InlineData((10 << 20) + 1, 0, true)]
    public void ARatioIsABombOnlyAboveTheLimitAndTenMebibytes(long content, long archive, bool isBomb)
    {
        var said = Refused(_ => Allowance.Ratio(content, archive, Limits));
        Assert.Equal(
            isBomb ? $"compression-bomb : {content} bytes or more out of {archive}, more than 3 to 1" : null, said);
    }
}
