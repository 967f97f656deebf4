using FsCheck.Xunit;

namespace Difusor.Agent.Tests.Packages;

public class CorteHeaderTests
{
    [Theory]
    [InlineData("2019/06/03 05:47 (UTC-5)", "2019-06-03 05:47:00 -5")]
    [InlineData("02/06/2024 20:20 (UTC-6)", "2024-06-02 20:20:00 -6")]
    [InlineData("02/06/2024 14:40(UTC-6)", "2024-06-02 14:40:00 -6")]
    [InlineData("2021/06/06 20:20", "2021-06-06 20:20:00 none")]
    [InlineData("2021-06-06T20:20:30-05:00", "2021-06-06 20:20:30 -5")]
    [InlineData("\"2021/06/06 20:20 (UTC-5)\",,,", "2021-06-06 20:20:00 -5")]
    [InlineData("Corte de información: 06/06/2021 20:20 horas (UTC−5)", "2021-06-06 20:20:00 -5")]
    [InlineData("6/6/2021 8:05 hrs. (UTC -05:00)|", "2021-06-06 08:05:00 -5")]
    [InlineData("2021/06/06 20:20 (UTC+0)", "2021-06-06 20:20:00 0")]
    [InlineData("2021/06/06 20:20|12|13", null), InlineData("31/02/2021 20:20", null),
        InlineData("2021/06/06 25:00", null), InlineData("2021/06/06", null)]
    [InlineData("1|2021/06/06 20:20", null), InlineData("99999/06/06 20:20", null),
        InlineData("2021/06/06 20:20 (UTC-99)", null)]
    public void TheHeaderIsReadInAllItsSpellings(string line, string? expected)
    {
        var header = CorteHeader.Read(Encoding.UTF8.GetBytes($"sep=|\nDIPUTACIONES\n{line}\r\nA|B\n"));
        var shown = header is { } found
            ? $"{found.Local:yyyy-MM-dd HH:mm:ss} {(found.Offset is { } offset ? offset.TotalHours : "none")}" : null;
        Assert.Equal(expected, shown);
    }

    [Fact]
    public void ADateFarDownIsData() => Assert.Null(CorteHeader.Read("a\nb\nc\nd\ne\n2021/06/06 20:20\n"u8));

    [Property(MaxTest = 2000)]
    public bool NoBytesCrashTheReader(byte[] bytes) => CorteHeader.Read(bytes) is null or { Local.Year: > 0 };
}
