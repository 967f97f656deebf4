using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;

namespace Difusor.Agent.Tests.Linux;

/// <summary>A journal that version 0.1.0 wrote (<c>tests/data/journal-0.1.0</c>).</summary>
public sealed class OldJournalTests
{
    static readonly string Old = Path.Combine(Repository.Root, "tests/data/journal-0.1.0");

    [Fact]
    public void ItVerifiesAsItDidThen()
    {
        var folder = new JournalFolder(Old);
        var audit = JournalAudit.Of(folder.Files(), new Dictionary<long, Witness>(), folder.ReadHead());
        Assert.Null(audit.Problem);
        Assert.True(audit.Records > 10, $"{audit.Records} records");
    }

    [Fact]
    public void EachOfItsRecordsIsReadAsItsEvent()
    {
        var records = new JournalFolder(Old).Records().ToList();
        Assert.All(records, record => Assert.True(record.Happened is not null, record.Event));
        Assert.Equal(records.Select(record => record.Event), records.Select(record => record.Happened!.Code.Id()));
        Assert.Superset(
            new HashSet<EventCode> { EventCode.GateOpened, EventCode.CortePublished, EventCode.PackageRejected },
            records.Select(record => record.Happened!.Code).ToHashSet());
    }
}
