namespace Difusor.Agent.Tests.Packages;

public sealed class CorteShownTests
{
    static readonly Corte Corte = Corte.Read("2021-06-06T20:20:00-05:00")!.Value;

    [Theory]
    [InlineData("<h1>Corte: 06/06/2021 20:20 (UTC-5)</h1>")]
    [InlineData("<p>Último corte: 6 de junio de 2021, <b>20:20</b>&nbsp;horas</p>")]
    [InlineData("<p>6 DE JUNIO DEL 2021<br>8:20 p.&nbsp;m.</p>")]
    [InlineData("<td>2021-06-06</td><td>20:20:00</td>")]
    [InlineData("Fecha 6-6-21 hora 08:20 PM")]
    [InlineData("Domingo 6 junio 2021 - 2020 horas")]
    [InlineData("Corte del 6 Jun 2021 a las 20.20 h")]
    [InlineData("<div>Fecha&#58; 06&#47;06&#x2F;2021</div><div>20&colon;20</div>")]
    public void TheWaysInWhichItIsWritten(string html) => Assert.True(CorteShown.In(html, Corte));

    [Theory]
    [InlineData("")]
    [InlineData("<h1>Corte: 06/06/2021 20:40</h1>")]
    [InlineData("<h1>Corte: 07/06/2021 20:20</h1>")]
    [InlineData("<p>06/06/2021</p>")]
    [InlineData("<p>20:20</p>")]
    [InlineData("<!-- 06/06/2021 20:20 -->")]
    [InlineData("<script>var corte = '06/06/2021 20:20';</script>")]
    [InlineData("<title>06/06/2021 20:20</title><head><meta content='06/06/2021 20:20'></head>")]
    [InlineData("<h1>06/06/2021 8:20 a. m.</h1>")]
    [InlineData("<script>06/06/2021 20:20")]
    [InlineData("<h1>106/06/20211 120:201</h1>")]
    public void AnotherTimeOrNoneThatAReaderSees(string html) =>
        Assert.Equal(html.StartsWith("<title>", StringComparison.Ordinal), CorteShown.In(html, Corte));

    [Theory]
    [InlineData("06/06/2021 20:40", true), InlineData("07/06/2021 00:00", true), InlineData("07/06/2021 20:20", true)]
    [InlineData("06/06/2021 20:20", false), InlineData("06/06/2021 20:00", false),
        InlineData("07/06/2021 20:40", false)]
    [InlineData("06/06/2021", false), InlineData("20:40", false), InlineData("06/06/2021 99:99", false)]
    public void ALaterCorteWithinADay(string text, bool later) =>
        Assert.Equal(later, CorteShown.Read(text).ShowsALaterOneThan(Corte));
}
