using System.Collections.Concurrent;
using System.Security.Cryptography;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Night;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// A drop, a store and the real receiving thread, below one temporary folder; what it posts is waited for, in order.
/// </summary>
sealed class DropNight : IDisposable
{
    /// <summary>Only so that a broken test ends: nothing is asserted about time.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>For what only a full look finds.</summary>
    public static readonly ReceivingBounds OftenLookedAt = new() { LookEvery = TimeSpan.FromMilliseconds(300) };

    readonly TemporaryFolder folder = new();
    readonly BlockingCollection<Signal> signals = [];
    ReleaseStore store = null!;

    readonly bool keepsRun;
    readonly ReceivingBounds? bounds;

    /// <param name="keepsRun">What is in hand is kept on disk, and each <see cref="Restart"/> is a death.</param>
    public DropNight(Func<Settings, Settings>? change = null, ReceivingBounds? bounds = null, bool keepsRun = false)
    {
        (this.keepsRun, this.bounds) = (keepsRun, bounds);
        Directory.CreateDirectory(Drop);
        Directory.CreateDirectory(State);
        var settings = new Settings
        {
            Election = "test",
            Paths = new PathSettings { Drop = Drop, State = State },
            Drop = new DropSettings { Settle = TimeSpan.FromMilliseconds(200), GiveUp = TimeSpan.FromMinutes(1),
                Keep = null },
            Limits = new LimitSettings { MinFree = 0 },
        };
        Rules = RulesOf(change?.Invoke(settings) ?? settings);
        Start();
    }

    public ReleaseStore Store => store;
    public string Drop => folder["drop"];
    public string State => folder["state"];
    public ReceivingRules Rules { get; private set; }
    public DropReceiver Receiver { get; private set; } = null!;
    public LastRun? Run { get; private set; }

    public static ReceivingRules RulesOf(Settings settings) =>
        new(settings, VerificationRules.Default with
        {
            Hashes = settings.Hashes, Limits = settings.Limits, Leftovers = settings.Drop.Leftovers,
        });

    public void Start()
    {
        store = ReleaseStore.Open(new StoreFolders(State), out _)!;
        store.Recover("<p>nada aún</p>\n");
        Run = keepsRun ? LastRun.Begin(State, fault => throw fault, boot: "one") : null;
        Receiver = new DropReceiver(Rules, store, State, signals.Add, Run, bounds);
        Receiver.Start();
    }

    public void Stop()
    {
        Receiver.Dispose();
        store.Dispose();
    }

    public void Restart()
    {
        Stop();
        Start();
    }

    /// <summary>What the agent loop does with an acceptance.</summary>
    public void Publish(DeliveryJudged judged)
    {
        store.Publish(
            store.Seal(judged.Tree, judged.Verdict, Root.Public, future: false, DateTimeOffset.UtcNow), Root.Public,
            DateTimeOffset.UtcNow);
        Receiver.Remember(judged);
    }

    public string In(string relative) => Path.Combine(Drop, relative);

    /// <summary>The next signal that is one of these; others in between are passed over.</summary>
    public T Next<T>() where T : Signal
    {
        var passed = new List<Signal>();
        while (signals.TryTake(out var signal, Patience))
        {
            if (signal is T wanted) return wanted;
            passed.Add(signal);
        }
        throw new InvalidOperationException(
            $"no {typeof(T).Name} came, but {string.Join(", ", passed)}; in progress: "
            + $"{string.Join(", ", Receiver.Progress)}");
    }

    /// <summary>The next signal, if one has been posted already.</summary>
    public Signal? Posted => signals.TryTake(out var signal) ? signal : null;

    /// <summary>Which deliveries are announced until one of them has its verdict.</summary>
    public List<string> SeenUntilJudged(string delivery)
    {
        var seen = new List<string>();
        while (signals.TryTake(out var signal, Patience))
        {
            if (signal is DeliveryArrives announced) seen.Add(announced.Delivery);
            else if (signal is DeliveryJudged judged && judged.Delivery == delivery) return seen;
        }
        throw new InvalidOperationException($"no verdict on {delivery}, but {string.Join(", ", seen)} announced");
    }

    /// <summary>The next verdict on one delivery; whatever is posted before it.</summary>
    public Verdict NextVerdictOn(string delivery)
    {
        for (var others = 0; others < 1000; others++)
            if (NextVerdict() is var verdict && verdict.Package == delivery) return verdict;
        throw new InvalidOperationException($"a thousand verdicts, and none on {delivery}");
    }

    /// <summary>The next verdict; whatever is posted before it.</summary>
    public Verdict NextVerdict() => Next<DeliveryJudged>().Verdict;

    /// <summary>
    /// The files of a package: pages, one data base with the corte in its header, and a manifest over all of them.
    /// </summary>
    public static SortedDictionary<string, string> Package(string hour = "20:20", int pages = 5, string note = "")
    {
        var files = new SortedDictionary<string, string>(
            StringComparer.Ordinal) { ["PREP_DIP.csv"] = $"PREP 2021\n2021/06/06 {hour} (UTC-6)\nA|B\n1|2\n" };
        for (var page = 0; page < pages; page++) files[$"dip/{page:D3}.html"] = $"<html>{hour} {page}{note}</html>";
        files["SHA256SUMS"] = string.Concat(files.Select(file => $"{Hex(file.Value)}  {file.Key}\n"));
        return files;
    }

    public static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public void Put(string root, IEnumerable<KeyValuePair<string, string>> files)
    {
        foreach (var (path, text) in files) PutFile(Path.Combine(root, path), text);
    }

    /// <summary>
    /// Renames a package when it is whole: without a time of quiet it could have a verdict before its last file.
    /// </summary>
    public void PutWhole(string root, IEnumerable<KeyValuePair<string, string>> files)
    {
        Put(".arriving", files);
        Directory.Move(In(".arriving"), In(root));
    }

    public void PutFile(string relative, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(relative))!);
        File.WriteAllText(In(relative), text);
    }

    public static ImmutableArray<string> Codes(Verdict verdict) =>
        [.. verdict.Reasons.Select(reason => reason.Code).Distinct()];

    public void Dispose()
    {
        Stop();
        signals.Dispose();
        folder.Dispose();
    }
}
