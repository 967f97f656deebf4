using Difusor.Agent.Drop;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Tests.Sentinel;

/// <summary>
/// What is said of each thing that may be wrong with what is published: at each kind of place, whole, as the journal
/// has it.
/// </summary>
public sealed class PublishedTreeTests
{
    const string Folder = "/var/lib/difusor-agent/public";
    const uint Owner = 990;

    static readonly Corte Corte = new(new DateTimeOffset(2021, 6, 6, 20, 20, 0, TimeSpan.FromHours(-5)));
    static readonly ReleaseId Id = ReleaseId.For(Corte, 7);
    static readonly DateTimeOffset Since = new(2021, 6, 7, 2, 0, 0, TimeSpan.Zero);
    static readonly ExpectedRoot WithNotice = new(
        Root.Public, Folder, null, ImmutableDictionary<ReleaseId, SealedTree>.Empty);
    static readonly ExpectedRoot WithRelease = WithNotice with { Live = Id };

    static SealedTree Tree { get; } = new(
        new ReleaseRecord(
            new Release(Id, 7, "P", Corte, null, "ab", 2, 4, Root.Public, false, 0, Since, []),
            [.. new[] { "index.html", "bd/dip/A.txt" }.Select(path => new ReleaseFile(
                RelativePath.Own(path), 3, Digest.Sha256("uno"u8), 0))]),
        Root.Public, Owner);

    static string Told(Alteration? one) => one is null ? "nothing"
        : $"{one.Root} {one.Release?.Value ?? "-"} {one.Code} {one.Path} {one.Expected?.Hex[..8] ?? "-"} "
            + $"{one.Found?.Hex[..8] ?? "-"} {one.Since:HH:mm:ss}: {one.Detail}";

    [Fact]
    public void EachDifferenceOfATreeIsToldAsItWasReadLast()
    {
        var file = new FileIdentity(
            1, 2, FileKind.Regular, 3, 4, Since.ToUnixTimeMilliseconds() * 1_000_000, 0b110_100_100, Owner, 1);
        var folder = file with { Kind = FileKind.Folder, Mode = 0b111_101_101 };
        var (right, wrong) = (Digest.Sha256("uno"u8), Digest.Sha256("dos"u8));
        var seen = new List<(string Name, Observed? Seen)>
        {
            ("gone", null), ("right", new Observed(file, right)), ("not read", new Observed(file, null)),
            ("another text", new Observed(file, wrong)), ("longer", new Observed(file with { Size = 4 }, null)),
            ("for all to write", new Observed(file with { Mode = 0b110_110_110 }, right)),
            ("set uid", new Observed(file with { Mode = 0b100_110_100_100 }, right)),
            ("no mode", new Observed(file with { Mode = 0 }, right)),
            ("root's", new Observed(file with { Uid = 0 }, right)),
            ("a folder", new Observed(folder, null)),
            ("a closed folder", new Observed(folder with { Mode = 0b111_000_000, Uid = 0 }, null)),
        };
        foreach (var kind in Enum.GetValues<FileKind>())
            seen.Add(($"{kind}", new Observed(file with { Kind = kind }, null)));
        var text = new StringBuilder();
        foreach (var path in new[] { "", "index.html", "bd", "bd/dip", "bd/dip/A.txt", "shell.php" })
        {
            text.Append($"'{path}' {(Tree.Has(path) ? "is" : "is not")} in the tree\n");
            foreach (var (name, one) in seen)
                foreach (var found in Tree.At(path, one).Select(Told).DefaultIfEmpty("nothing"))
                    text.Append($"  {name}: {found}\n");
            text.Append($"  {Told(Tree.Unreadable(path, "EACCES"))}\n");
        }
        Golden.Holds("altered.txt", text.ToString());
    }

    [Fact]
    public void TheFoldersOfATreeAreThoseThatItsFilesNeed()
    {
        Assert.Equal(["bd", "bd/dip"], Tree.Folders.Order());
        Assert.True(Tree.Has(""));
        Assert.False(Tree.Folders.Contains(""));
    }

    [Theory]
    [InlineData(false, "notice", "nothing")]
    [InlineData(false, "releases/x", "Public - link current - - : leads to releases/x in place of notice")]
    [InlineData(true, "releases/20210606-2020-0007", "nothing")]
    [InlineData(true, "notice", "Public - link current - - : leads to notice in place of releases/20210606-2020-0007")]
    [InlineData(true, null, "Public - link current - - : a file in its place")]
    public void WhereTheLinkLeadsIsTold(bool live, string? target, string told) =>
        Assert.Equal(told, Told((live ? WithRelease : WithNotice).Link(target, "a file in its place")));

    [Theory]
    [InlineData(false, "", "nothing"), InlineData(false, " \n", "nothing")]
    [InlineData(false, "release x", "Public - map current.map - - : does not say '' and nothing else")]
    [InlineData(true, "release 20210606-2020-0007\n", "nothing")]
    [InlineData(true, "",
        "Public - map current.map - - : does not say 'release 20210606-2020-0007' and nothing else")]
    [InlineData(true, null, "Public - map current.map - - : EACCES")]
    public void WhatTheMapSaysIsTold(bool live, string? text, string told) =>
        Assert.Equal(told, Told((live ? WithRelease : WithNotice).Map(text, "EACCES")));

    [Fact]
    public void WhatIsMountedOverWhatIsPublishedIsTold()
    {
        string[] points =
            ["/", "/var/lib/difusor-agent", Folder, Folder + "-other", Folder + "/notice",
            $"{Folder}/releases/{Id.Value}", $"{Folder}/releases/{Id.Value}/bd", Folder + "/releases"];
        const string Hides = "a file system is mounted here; it hides what was published";
        Assert.Equal(
            [$"Public - mount . - - : {Hides}", $"Public - mount notice - - : {Hides}",
            $"Public {Id.Value} mount releases/{Id.Value} - - : {Hides}",
            $"Public {Id.Value} mount releases/{Id.Value}/bd - - : {Hides}",
            $"Public - mount releases - - : {Hides}"],
            WithRelease.Mounts(points).Select(Told));
    }

    [Fact]
    public void WhatIsWrongWithTheNoticeIsToldOfItsFolder()
    {
        var tree = ExpectedRoot.NoticeTree(Root.Rehearsal, "<h1>PREP</h1>"u8.ToArray(), Owner);
        string Of(string path) => Told(ExpectedRoot.OfNotice(tree.At(path, null).Single()));
        Assert.StartsWith("Rehearsal - removed notice/index.html ", Of("index.html"), StringComparison.Ordinal);
        Assert.Equal("Rehearsal - removed notice - - : the folder is gone", Of(""));
    }
}
