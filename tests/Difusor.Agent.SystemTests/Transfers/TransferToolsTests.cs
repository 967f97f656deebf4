using System.Collections.Concurrent;
using Difusor.Agent.Configuration;
using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests.Transfers;

/// <summary>
/// The tools that send, interrupted at four points in both layouts: the table of docs/deliveries.md. A cell that the
/// layouts do not share has what is said in <c>packages</c> before what is said in <c>tree</c>.
/// </summary>
public sealed class TransferToolsTests(TransferToolsTests.Table table) : IClassFixture<TransferToolsTests.Table>
{
    /// <summary>One server for all, and each tool measured once.</summary>
    public sealed class Table : IDisposable
    {
        readonly TransferServer server = new();
        readonly ConcurrentDictionary<string, string> rows = new();

        public Table() => Ways = Transfers.Ways.Of(server);

        internal IReadOnlyList<Way> Ways { get; }

        internal string Row(Way way) => rows.GetOrAdd(Name(way), _ => Measure(way));

        public void Dispose() => server.Dispose();
    }

    public static TheoryData<string> Tools
    {
        get
        {
            using var server = new TransferServer();
            return [.. Ways.Of(server).Select(Name)];
        }
    }

    [Theory, MemberData(nameof(Tools))]
    public void NoInterruptedTransferIsPublishedOrInTheWayOfTheNextCorte(string tool)
    {
        var way = table.Ways.Single(one => Name(one) == tool);
        Assert.SkipWhen(way.Needs is not null, $"{way.Needs} is not installed");
        var row = table.Row(way);
        TestContext.Current.TestOutputHelper?.WriteLine(row);
        Assert.Contains(row, Page());
    }

    /// <summary>The page has the rows that are measured here. What is not installed stands as it was.</summary>
    [Fact]
    public void TheTableOfThePageIsTheOneThatIsMeasured()
    {
        var page = Page();
        var rows = table.Ways.Select(way => way.Needs is null ? table.Row(way)
            : page.FirstOrDefault(row => row.StartsWith(Name(way), StringComparison.Ordinal)) ?? Name(way)).ToList();
        foreach (var row in rows) TestContext.Current.TestOutputHelper?.WriteLine(row);
        Assert.Equal(rows, page);
    }

    static List<string> Page() => [.. File.ReadAllText(WorkingCopy.At("docs/deliveries.md"))
        .Split("\n## Transfer tools\n")[1].Split("\n## ")[0].Split('\n')
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)];

    static string Name(Way way) => $"| {way.Tool} | {way.How} |";

    static string Measure(Way way)
    {
        var columns = new Func<DropLayout, string>[]
        {
            layout => TransferScene.Interrupted(way, layout, Cut.InAFile),
            layout => TransferScene.Interrupted(way, layout, Cut.BetweenFiles),
            layout => TransferScene.Interrupted(way, layout, Cut.BeforeTheEnd),
            layout => TransferScene.SentAgain(way, layout),
        };
        var said = new string[columns.Length * 2];
        Parallel.For(0, said.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, cell =>
        {
            try { said[cell] = columns[cell / 2](cell % 2 == 0 ? DropLayout.Packages : DropLayout.Tree); }
            catch (Exception fault) when (fault is InvalidOperationException or Xunit.Sdk.XunitException)
            {
                said[cell] = "FAULT: " + fault.Message.ReplaceLineEndings(" ");
            }
        });
        var cells = said.Chunk(2).Select(both => both[0] == both[1] ? both[0] : $"{both[0]} / {both[1]}");
        return $"{Name(way)} {string.Join(" | ", cells)} |";
    }
}
