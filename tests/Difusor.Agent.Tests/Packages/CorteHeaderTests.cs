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
    [InlineData("2021-06-06T20:20:00.000-05:00", "2021-06-06 20:20:00 -5")]
    [InlineData("2021-06-07T01:20:00.123Z", "2021-06-07 01:20:00 0")]
    [InlineData("06/06/2021 20:20:00,000000", "2021-06-06 20:20:00 none")]
    [InlineData("20210606T202000-0500", "2021-06-06 20:20:00 -5")]
    [InlineData("20210606_2020", "2021-06-06 20:20:00 none")]
    [InlineData("06/06/2021 08:20 p.m.", "2021-06-06 20:20:00 none")]
    [InlineData("06/06/2021 08:20:00 p.\u00A0m. (UTC-5)", "2021-06-06 20:20:00 -5")]
    [InlineData("06/06/2021 12:05 AM", "2021-06-06 00:05:00 none")]
    [InlineData("06/06/2021 0:05 p. m.", "2021-06-06 12:05:00 none")]
    [InlineData("Domingo 6 de junio de 2021, 20:20 hrs.", "2021-06-06 20:20:00 none")]
    [InlineData("06-jun-2021 20:20", "2021-06-06 20:20:00 none")]
    [InlineData("06.06.2021 20:20", "2021-06-06 20:20:00 none")]
    [InlineData("06/06/2021 a las 20:20 horas (tiempo del centro)", "2021-06-06 20:20:00 none")]
    [InlineData("2021/06/06 20:20 (UTC-5) Hora del Centro;;;;", "2021-06-06 20:20:00 -5")]
    [InlineData("PREP 2021, corte 4: 06/06/2021 20:20", "2021-06-06 20:20:00 none")]
    [InlineData("Fecha y hora:;06/06/2021 20:20;;;", "2021-06-06 20:20:00 none")]
    [InlineData("CORTE|06/06/2021 20:20", "2021-06-06 20:20:00 none")]
    [InlineData("2021/06/06 20:20|12|13", null), InlineData("31/02/2021 20:20", null),
        InlineData("2021/06/06 25:00", null), InlineData("2021/06/06", null)]
    [InlineData("1|2021/06/06 20:20", null), InlineData("99999/06/06 20:20", null),
        InlineData("2021/06/06 20:20 (UTC-99)", null)]
    [InlineData("BASICA|06/06/2021 07:30", null), InlineData("MEX,06/06/2021 07:30", null),
        InlineData("010001B0100 06/06/2021 07:30", null), InlineData("6 de junco de 2021 20:20", null),
        InlineData("06/06/2021 20:20 se cerró la casilla", null), InlineData("06/06/2021 20:20 pm.x", null)]
    public void TheHeaderIsReadInAllItsSpellings(string line, string? expected)
    {
        var head = Encoding.UTF8.GetBytes($"sep=|\nDIPUTACIONES\n{line}\r\nA|B\n");
        Assert.Equal(expected, Shown(CorteHeader.Read(head)));
    }

    [Fact]
    public void ADateFarDownIsData() => Assert.Null(CorteHeader.Read("a\nb\nc\nd\ne\n2021/06/06 20:20\nA|B\n"u8));

    [Theory]
    [InlineData("LEEME\nFecha de publicación: 02/06/2021 13:00 hrs\n")]
    [InlineData("LEEME\n02/06/2021 13:00\nContiene index.html, DIP.txt, AYUN.txt; véase HASH.txt\n")]
    [InlineData("LEEME\n02/06/2021 13:00 (UTC-5)\nContiene los resultados; se actualiza cada 20 minutos\n")]
    [InlineData("# 2021-06-01 12:00\nUser-agent: *\nDisallow: /bd/\n")]
    [InlineData("06/06/2021 07:30\n06/06/2021 07:45\n")]
    [InlineData("06/06/2021 07:30\n06/06/2021 07:45\nA|B\n")]
    [InlineData("CASILLA|INSTALADA\nBASICA:|06/06/2021 07:30\nCONTIGUA:|06/06/2021 07:45\n")]
    [InlineData("06/06/2021 07:30,INSTALADA,BASICA\n06/06/2021 07:45,INSTALADA,CONTIGUA\n")]
    [InlineData("2021-06-06 07:30;B\n2021-06-06 07:45;C\n")]
    public void ADateInProseOrInARowIsNoHeader(string text) =>
        Assert.Null(CorteHeader.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void OfSeveralDatesTheOneThatIsCalledTheCorteCounts() => Assert.Equal(
        "2021-06-06 20:20:00 none",
        Shown(CorteHeader.Read("Generado: 06/06/2021 20:27\nCorte: 06/06/2021 20:20\nA;B;C\n"u8)));

    [Theory]
    [InlineData("A\tB"), InlineData("A;B"), InlineData("A,B,C"), InlineData("\"A\", \"B\", \"C\"")]
    public void ATableIsDividedInWhicheverWay(string row)
    {
        Assert.True(CorteHeader.Read(Encoding.UTF8.GetBytes($"T\n2021/06/06 20:20\n\n{row}\n"))!.Value.HasTable);
        Assert.Null(CorteHeader.Read(Encoding.UTF8.GetBytes($"{row}\n2021/06/06 20:20\n")));
    }

    [Fact]
    public void ATableWithoutItsRowsIsKnownByTheOffsetAlone()
    {
        Assert.False(CorteHeader.Read("sep=|\nDIPUTACIONES\n2021/06/06 20:20 (UTC-5)\n\n"u8)!.Value.HasTable);
        Assert.Null(CorteHeader.Read("sep=|\nDIPUTACIONES\n2021/06/06 20:20\n"u8));
        Assert.Null(CorteHeader.Read("LEEME\nActualizado: 2021/06/06 20:20 (UTC-5)\n"u8));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void AHeaderInUtf16IsRead(bool isBigEndian)
    {
        var encoding = isBigEndian ? Encoding.BigEndianUnicode : Encoding.Unicode;
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes("ELECCIÓN\r\n06/06/2021 20:20\r\nA\tB\r\n")];
        Assert.Equal("2021-06-06 20:20:00 none", Shown(CorteHeader.Read(bytes)));
    }

    [Fact]
    public void ALineOfColumnsThatIsCutOffIsATable()
    {
        var columns = string.Join('|', Enumerable.Repeat("COLUMNA", 900));
        var head = Encoding.UTF8.GetBytes($"T\n2021/06/06 20:20\n{columns}\n");
        Assert.NotNull(CorteHeader.Read(head.AsSpan(0, CorteHeader.HeadBytes)));
    }

    [Property(MaxTest = 2000)]
    public bool NoBytesCrashTheReader(byte[] bytes) => CorteHeader.Read(bytes) is null or { Stamp.Local.Year: > 0 };

    static string? Shown(CorteHeader? header) => header is { Stamp: var stamp }
        ? $"{stamp.Local:yyyy-MM-dd HH:mm:ss} {(stamp.Offset is { } offset ? offset.TotalHours : "none")}" : null;
}
