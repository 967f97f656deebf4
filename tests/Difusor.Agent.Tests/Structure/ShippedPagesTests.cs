using Difusor.Agent.Shipped;

namespace Difusor.Agent.Tests.Structure;

/// <summary>Holds the generated pages of the repository to the program's tables.</summary>
public class ShippedPagesTests
{
    public static TheoryData<string> Paths => [.. ShippedPages.Of(Repository.Root).Select(page => page.Path)];

    [Theory, MemberData(nameof(Paths))]
    public void ThePageIsWhatTheProgramsTablesSay(string path)
    {
        var made = ShippedPages.Of(Repository.Root).Single(page => page.Path == path).Text;
        var file = Path.Combine(Repository.Root, path);
        var found = File.Exists(file) ? File.ReadAllText(file) : "";
        if (found == made) return;
        var same = made.Split('\n').Zip(found.Split('\n')).TakeWhile(line => line.First == line.Second).Count();
        Assert.Fail($"{path} is out of date from line {same + 1} on: run `make shipped`");
    }
}
