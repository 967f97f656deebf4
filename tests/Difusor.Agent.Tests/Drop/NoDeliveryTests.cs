using Difusor.Agent.Drop;
using Difusor.Agent.Events;

namespace Difusor.Agent.Tests;

/// <summary>What lies at the top of a drop of packages, and is none.</summary>
public sealed class NoDeliveryTests
{
    [Theory]
    [InlineData("index.html", IgnoredCause.LooseFiles), InlineData("MEX.TXT", IgnoredCause.LooseFiles),
        InlineData("MEX.csv", IgnoredCause.LooseFiles), InlineData("HASH", IgnoredCause.LooseFiles)]
    [InlineData("notas.docx", IgnoredCause.NotAPackage), InlineData("PREP", IgnoredCause.NotAPackage),
        InlineData("20210606_2020_PREP", IgnoredCause.NotAPackage)]
    [InlineData("P.zip.filepart", IgnoredCause.Unfinished), InlineData("index.html.part", IgnoredCause.Unfinished)]
    [InlineData(".preparing", null), InlineData(".P.zip.a8Gh2x", null)]
    public void AFileAtTheTopHasItsCause(string name, IgnoredCause? cause) =>
        Assert.Equal(cause, NoDelivery.OfName(new RawPath(name), LeftoverNames.BuiltIn));

    [Theory]
    [InlineData("PREP", "", IgnoredCause.NotAPackage)]
    [InlineData("PREP", "20210606_2020_PREP/ 20210606_2040_PREP/", IgnoredCause.NotAPackage)]
    [InlineData("PREP", "20210606_2020_PREP.zip 20210606_2040_PREP.rar", IgnoredCause.NotAPackage)]
    [InlineData("PREP", "20210606_2020_PREP/ 20210606_2040_PREP.part", IgnoredCause.NotAPackage)]
    [InlineData("PREP", "index.html.part", IgnoredCause.Unfinished)]
    [InlineData("20210606_2020_PREP", "", IgnoredCause.NotAPackage)]
    public void AFolderWithoutAFileOfAPackageIsNone(string folder, string entries, IgnoredCause cause) =>
        Assert.Equal(cause, Cause(folder, entries));

    [Theory]
    [InlineData("PREP", "20210606_2020_PREP/ HASH.txt"), InlineData("PREP", "bd/ 20210606_2020_PREP/")]
    [InlineData("PREP", "bd/"), InlineData("PREP", "index.html"), InlineData("PREP", ".htaccess")]
    [InlineData("PREP", "20210606_2020_MEX.txt")]
    [InlineData("20210606_2020_PREP", "20210606_2020_PREP/"), InlineData("20210606_2020_PREP", "20210606_2020_A.zip")]
    public void AFolderWithAnythingElseMayBeAPackage(string folder, string entries) =>
        Assert.Null(Cause(folder, entries));

    [Fact]
    public void AFolderOfMoreEntriesThanAreLookedAtMayBeAPackage()
    {
        var content = new FolderAtTop(new RawPath("PREP"), LeftoverNames.BuiltIn);
        var seen = 0;
        while (content.Saw(new RawPath($"20210606_2020_{seen}"), FileKind.Folder)) seen++;
        Assert.Equal((FolderAtTop.Most, null), (content.Seen, content.Cause));
    }

    static IgnoredCause? Cause(string folder, string entries)
    {
        var content = new FolderAtTop(new RawPath(folder), LeftoverNames.BuiltIn);
        foreach (var entry in entries.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            if (!content.Saw(new RawPath(entry.TrimEnd('/')), entry[^1] == '/' ? FileKind.Folder : FileKind.Regular))
                break;
        return content.Cause;
    }
}
