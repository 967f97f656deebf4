using Difusor.Agent.Packages;

namespace Difusor.Agent.Tests.Packages;

public class PackageNameTests
{
    [Theory]
    [InlineData("20210606_2020_PREP_MEX", "PREP_MEX", "2021-06-06 20:20:00", PackageForm.Folder)]
    [InlineData("20240602_202030_PREP_DIP.ZIP", "PREP_DIP", "2024-06-02 20:20:30", PackageForm.Zip)]
    [InlineData("PREP_MEX_20210606_2020.tar.gz", "PREP_MEX", "2021-06-06 20:20:00", PackageForm.TarGz)]
    [InlineData("/srv/entrega/20210606_2020.tgz", null, "2021-06-06 20:20:00", PackageForm.TarGz)]
    [InlineData("entrega", null, null, PackageForm.Folder), InlineData("20211306_2020_PREP", null, null, PackageForm.Folder)]
    [InlineData("120210606_2020_PREP", null, null, PackageForm.Folder), InlineData("20210606_20201_PREP.tar", null, null, PackageForm.Tar)]
    public void TheNameSaysStampSeriesAndForm(string name, string? series, string? stamp, PackageForm form)
    {
        var read = PackageName.Read(name);
        Assert.Equal((series, stamp, form), (read.Series, read.Stamp?.ToString("yyyy-MM-dd HH:mm:ss"), read.Form));
    }

    [Fact]
    public void TwoCortesOfOneFileAreTheSameWithoutTheirStamps() =>
        Assert.Equal(PackageName.WithoutStamps("bd/20210606_2020_MEX.txt"), PackageName.WithoutStamps("bd/20210606_2040_MEX.txt"));

    [Fact]
    public void TwinsHaveOneKeyAsNormalizationTestSays()
    {
        // Lines of Unicode's NormalizationTest.txt: c1 and its NFD c3.
        (string, string)[] pairs =
        [
            ("\u1E0A", "D\u0307"), ("\u1E0C\u0307", "D\u0323\u0307"), ("D\u0307\u0323", "D\u0323\u0307"), ("\u212B", "A\u030A"), ("\u0958", "\u0915\u093C"),
            ("\uAC00", "\u1100\u1161"), ("\uAC01", "\u1100\u1161\u11A8"), ("\uF900", "\u8C48"), ("\U0002F800", "\u4E3D"), ("\u0344", "\u0308\u0301"),
            ("a\u0315\u0300\u05AE\u0300b", "a\u05AE\u0300\u0300\u0315b"),
        ];
        foreach (var (composed, decomposed) in pairs) Assert.Equal(TwinKey.Of(decomposed), TwinKey.Of(composed));
        Assert.NotEqual(TwinKey.Of("\u00e1"), TwinKey.Of("a"));
        Assert.Equal(TwinKey.Of("MÉXICO"), TwinKey.Of("me\u0301xico"));
    }

    [Fact]
    public void HostileNamesArePrintedOnOneLine() => Assert.Equal("a\\x0ab\\xff\\xe2\\x80\\xae", Printable.Of([.. "a\nb"u8, 0xFF, .. "\u202E"u8]));
}
