using Difusor.Agent.Linux.Sentinel;

namespace Difusor.Agent.Tests.Linux;

/// <summary>The corte of <see cref="PublishedSite"/> is 6 June 2021, 20:20.</summary>
public sealed class ShownCheckTests
{
    const string Spa = "<body><app-root></app-root><script src='main.js'></script></body>";

    [Theory]
    [InlineData("<h1>06/06/2021 20:20</h1>", "{}", true), InlineData("<h1>06/06/2021 20:00</h1>", "{}", false)]
    [InlineData(Spa, """{"fechaCorte":"06/06/2021","horaCorte":"20:20"}""", true)]
    [InlineData(Spa, """{"fechaCorte":"2021-06-07T01:20:00.000Z"}""", true)]
    [InlineData(Spa, """{"archivoCorte":"20210606_2020_PREP.zip"}""", true)]
    [InlineData(Spa, """{"fechaCorte":"06/06/2021","horaCorte":"20:00"}""", false)]
    [InlineData("<h1>PREP</h1>", """{"fechaCorte":"06/06/2021","horaCorte":"20:20"}""", false)]
    public void APageShowsTheCorteOrJsonThatItsScriptMayRead(string page, string json, bool isShown)
    {
        using var site = new PublishedSite();
        site.Publish(
            site.Seal(1, new Dictionary<string, string> { ["index.html"] = page, ["datos/corte.json"] = json }));
        var root = site.State.Expected.Roots.Single();
        Assert.Equal(isShown, ShownCheck.Shows(root, root.Trees[site.Live]));
    }
}
