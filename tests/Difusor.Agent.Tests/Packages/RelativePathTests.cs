namespace Difusor.Agent.Tests.Packages;

public class RelativePathTests
{
    [Theory]
    [InlineData("../etc/passwd"), InlineData("/etc/passwd"), InlineData(""), InlineData("."), InlineData("./."),
        InlineData("a/../b")]
    [InlineData("a\u202Elmth.exe"), InlineData("\u200Bindex.html"), InlineData("é/a\u2066b")]
    [InlineData("a//b"), InlineData("a/"), InlineData("a\\b"), InlineData("a\nb"), InlineData("a\0b")]
    public void APathThatCouldLeaveItsRootIsRefused(string text)
    {
        var reading = RelativePath.Read(text, PathLimits.Default);
        Assert.Null(reading.Path);
        Assert.NotNull(reading.Problem);
    }

    [Fact]
    public void ANameWithAccentsIsSafe() =>
        Assert.NotNull(RelativePath.Read("Año/Sección_ñandú.html", PathLimits.Default).Path);

    [Fact]
    public void ALeadingDotSlashIsHowCoreutilsWritesIt() =>
        Assert.Equal("DIP/001.html", RelativePath.Read("./DIP/001.html", PathLimits.Default).Path?.Value);
}
