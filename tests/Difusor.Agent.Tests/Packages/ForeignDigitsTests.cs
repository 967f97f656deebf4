using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Packages;

/// <summary>
/// Digits that Unicode calls digits and no date of a corte is written in: Arabic, Devanagari, full width, mathematical.
/// </summary>
public sealed class ForeignDigitsTests
{
    /// <summary>Each script's zero; the nine others follow it.</summary>
    public static TheoryData<int> Zeros => new(0x0660, 0x06F0, 0x0966, 0x0E50, 0x17E0, 0xA620, 0xFF10, 0x1D7CE);

    [Theory, MemberData(nameof(Zeros))]
    public void APageWithADateInDigitsOfAnotherScriptIsReadAndShowsNoCorte(int zero)
    {
        foreach (var form in new[] { "06/06/2021 20:20", "2021-06-06 20:20", "6 de junio de 2021, 8:20 p. m.",
            "06.06.21 2020 horas", "6-6-21 20.20 h" })
        {
            var page = $"<h1>{In(form, zero)}</h1>";
            Assert.False(CorteShown.In(page, Corte.Read("2021-06-06T20:20:00-05:00")!.Value));
            Assert.True(
                CorteShown.In(page + "<p>06/06/2021 20:20</p>", Corte.Read("2021-06-06T20:20:00-05:00")!.Value));
            Assert.False(CorteShown.Read(page).ShowsALaterOneThan(Corte.Read("2021-06-06T20:00:00-05:00")!.Value));
        }
    }

    [Theory, MemberData(nameof(Zeros))]
    public void OneForeignDigitAmongOthersIsNoPartOfADate(int zero)
    {
        const string text = "06/06/2021 20:20";
        for (var at = 0; at < text.Length; at++)
        {
            if (!char.IsAsciiDigit(text[at])) continue;
            var mixed = text[..at] + In(text[at..(at + 1)], zero) + text[(at + 1)..];
            _ = CorteShown.Read(mixed).ShowsALaterOneThan(Corte.Read("2021-06-06T20:00:00-05:00")!.Value);
            Assert.Null(CorteHeader.Read(Encoding.UTF8.GetBytes(mixed + " (UTC-5)\n")));
        }
    }

    [Theory, MemberData(nameof(Zeros))]
    public void AHeaderAndANameInDigitsOfAnotherScriptStateNoCorte(int zero)
    {
        Assert.Null(CorteHeader.Read(Encoding.UTF8.GetBytes(In("2021/06/06 20:20 (UTC-5)", zero))));
        Assert.Null(PackageName.Read(In("20210606_2020", zero) + "_PREP_MEX").Stamp);
        Assert.Null(Corte.Read(In("2021-06-06T20:20:00-05:00", zero)));
    }

    [Theory]
    [InlineData("99991231_2359_PREP_MEX"), InlineData("PREP_MEX_99991231_235959.zip"),
        InlineData("00010101_0000_PREP_MEX"), InlineData("18991231_2359_PREP_MEX")]
    public void AStampAtAnEndOfTheCalendarIsNone(string name)
    {
        Assert.Null(PackageName.Read(name).Stamp);
        foreach (var offset in new[] { -14, -6, 0, 5, 14 })
        {
            var verdict = Verifier.Judge(
                new PackageOffer(name, []), new MemoryContents(),
                VerificationRules.Default with { Offset = TimeSpan.FromHours(offset) });
            Assert.Null(verdict.Corte);
        }
    }

    static string In(string text, int zero) =>
        string.Concat(text.Select(c => char.IsAsciiDigit(c) ? char.ConvertFromUtf32(zero + (c - '0')) : c.ToString()));
}
