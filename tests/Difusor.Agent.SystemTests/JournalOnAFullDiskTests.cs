using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Journal;
using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests;

/// <summary>A disk of its own that others fill: what the journal promises of it.</summary>
public sealed class JournalOnAFullDiskTests : IDisposable
{
    readonly SmallDisk disk = new("16m");

    [Fact]
    public void ADiskThatOthersHaveFilledStillTakesTheRecordOfIt()
    {
        using var journal = JournalFile.Open(Journal);
        Append(journal);
        disk.Fill();
        for (var i = 0; i < 5000; i++) Append(journal);
        Assert.Equal((5001L, null), (Audit().Records, Audit().Problem));
    }

    [Fact]
    public void WhereEvenTheReserveIsUsedUpNothingIsTornAndItGoesOnWhenThereIsRoom()
    {
        using var journal = JournalFile.Open(Journal, new JournalSizes(64 << 10));
        disk.Fill();
        var fault = Assert.Throws<SystemFault>(() => AppendForEver(journal));
        Assert.True(fault.IsNoSpace);
        var kept = journal.Seq;
        Assert.Equal((kept, false, null), (Audit().Records, Audit().Torn, Audit().Problem));
        Assert.True(kept * 400 > 100 << 10, $"only {kept} records were taken");

        disk.Empty();
        Append(journal);
        Assert.Equal((kept + 1, null), (Audit().Records, Audit().Problem));
    }

    [Fact]
    public void ARecordOfWhichTheDiskTakesOnlyTheBeginningLeavesNothingOfIt()
    {
        using var journal = JournalFile.Open(Journal, new JournalSizes(4096));
        Append(journal);
        disk.Fill();
        // What is reserved takes its first page, and nothing takes the rest.
        Assert.True(Assert.Throws<SystemFault>(() => Append(journal, length: 20_000)).IsNoSpace);
        Assert.Equal(0, new FileInfo(new JournalFolder(Journal).Files()[^1]).Length);
        Append(journal);
        Assert.Equal((2L, false, null), (Audit().Records, Audit().Torn, Audit().Problem));
    }

    string Journal => Path.Combine(disk.Folder, "journal");

    JournalAudit Audit()
    {
        var folder = new JournalFolder(Journal);
        return JournalAudit.Of(folder.Files(), new Dictionary<long, Witness>(), folder.ReadHead());
    }

    static void Append(JournalFile journal, int length = 200) => journal.Append(
        new Difusor.Agent.Events.StorageFailed(null, new string('x', length), "No space left on device"), null,
        DateTimeOffset.UtcNow);

    static void AppendForEver(JournalFile journal)
    {
        while (true) Append(journal);
    }

    public void Dispose() => disk.Dispose();
}
