using Difusor.Agent.Conformity;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>What <c>check</c> asks the site for.</summary>
public sealed class ReaderSampleTests
{
    static ReleaseFile File(string path, long size = 100) =>
        new(RelativePath.Own(path), size, new Digest(DigestAlgorithm.Sha256, new byte[32]), 0);

    static IEnumerable<string> Asked(params ReleaseFile[] files) =>
        ReaderSample.Of(files).Select(each => each.Path?.Value ?? "/");

    [Fact]
    public void TheSiteItselfComesFirstAndShowsItsIndex()
    {
        Assert.Equal(["/", "index.html"], Asked(File("index.html")));
        Assert.Equal("index.html", ReaderSample.Of([File("index.html")])[0].File.Path.Value);
        Assert.Equal(["/", "index.html", "a.csv", "z.txt"], Asked(File("a.csv"), File("index.html"), File("z.txt")));
    }

    [Fact]
    public void OfManyFilesAFewFromAllOverAreAskedForEachOnce()
    {
        var asked = Asked([.. Enumerable.Range(0, 1000).Select(number => File($"{number:0000}.html"))]).ToList();
        Assert.Equal(["0000.html", "0249.html", "0499.html", "0749.html", "0999.html"], asked);
    }

    /// <summary>What nobody asks for is not compared, and nothing is said of it.</summary>
    [Fact]
    public void AReleaseOfLargeFilesOnlyIsNotAskedFor()
    {
        Assert.Empty(Asked(File("actas.zip", 1L << 30)));
        Assert.Empty(Asked());
    }
}
