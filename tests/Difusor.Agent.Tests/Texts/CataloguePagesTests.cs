namespace Difusor.Agent.Tests.Texts;

public class CataloguePagesTests
{
    [Theory]
    [InlineData("docs/eventos.md"), InlineData("docs/events.md"), InlineData("systemd/difusor-agent.catalog")]
    public void ThePageSaysWhatTheCatalogueSays(string file)
    {
        var path = Path.Combine(Repository.Root, file);
        if (Environment.GetEnvironmentVariable("DIFUSOR_WRITE") == "1")
            File.WriteAllText(path, CataloguePages.All[file]);
        Assert.Equal(
            CataloguePages.All[file], File.Exists(path) ? File.ReadAllText(path) : "not there: run `make shipped`");
    }
}
