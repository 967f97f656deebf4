using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// A delivery that lies in a drop and was read file by file, without the thread that does so: what happens between two
/// steps is the test's.
/// </summary>
sealed class StagedDelivery : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly ReleaseStore store;

    internal StagedDelivery(IEnumerable<KeyValuePair<string, string>> files, LimitSettings? limits = null)
    {
        foreach (var (path, text) in files) Write(path, text);
        Directory.CreateDirectory(folder["drop/P"]);
        Settings = new Settings
        {
            Election = "test", Paths = new PathSettings { Drop = folder["drop"], State = folder["state"] },
            Limits = (limits ?? new LimitSettings()) with { MinFree = 0 },
        };
        store = ReleaseStore.Open(new StoreFolders(folder["state"]), out _)!;
        store.Recover("<p>nada aún</p>\n");
        Drop = SafeFolder.Open(folder["drop"]);
        Delivery = new Delivery(new RawPath("P"), isArchive: false, Settings.Drop, Settings.Limits, HostClock.Read());
        Reception = new Reception(Delivery, "P") { Number = 0, Tree = store.Stage("P", DateTimeOffset.UtcNow) };
        DropLook.Into(Delivery, Drop, Settings, 1, HostClock.Read());
        ReadAll();
    }

    internal Settings Settings { get; }
    internal SafeFolder Drop { get; }
    internal Delivery Delivery { get; }
    internal Reception Reception { get; }
    internal ReceivingRules Rules => new(Settings, VerificationRules.Default with { Limits = Settings.Limits });

    internal string At(string path) => folder[$"drop/P/{path}"];

    internal void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }

    internal SourceReader Reader => new(Drop, Settings.Limits);

    internal Judging Judging => new(Drop, Rules, () => [], () => new HashSet<Difusor.Agent.Packages.Corte>());

    internal Judgement Judge(Occasion occasion) => Judging.Judge(Reception, occasion, []);

    void ReadAll()
    {
        var reader = new SourceReader(Drop, Settings.Limits, Delivery.Shares);
        while (Delivery.TakeWork() is { } file) Delivery.HasRead(file, reader.Read(file, Reception.Tree!));
    }

    public void Dispose()
    {
        Drop.Dispose();
        Reception.Tree!.Dispose();
        store.Dispose();
        folder.Dispose();
    }
}
