using System.Collections.Concurrent;
using System.Diagnostics;
using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

// The store and the receiver alone, driven as the daemon drives them, for the crash tests and the benchmarks:
// receive STATE DROP                     receive until standard input ends; prints what is posted, and when
// (CLOCK_MONOTONIC) publish STATE FOLDER CORTE [THREADS]   recover, stage all of FOLDER, seal it as CORTE, publish it
// recover STATE                          recover, publish what is due; prints what is live cycle STATE FOLDER_A
// FOLDER_B COUNT    publish the two in turn, COUNT times, and prune
var watch = Stopwatch.StartNew();
using var store = ReleaseStore.Open(new StoreFolders(args[1]), out var problem);
if (store is null)
{
    Console.Error.WriteLine(problem);
    return 3;
}
store.Recover("<p>nothing yet</p>\n");
switch (args[0])
{
    case "publish":
        store.FlushesAhead = false; // so that a trace has the one flush that counts, however slow the machine
        store.WarmUp();
        Say("ready");
        Due(store);
        Publish(store, args[2], Corte.Read(args[3])!.Value,
            args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : 1);
        break;
    case "recover":
        Due(store);
        break;
    case "cycle":
        for (var at = 0; at < int.Parse(args[4], CultureInfo.InvariantCulture); at++)
        {
            var start = watch.Elapsed;
            Publish(store, args[2 + at % 2], new Corte(DateTimeOffset.UnixEpoch.AddYears(51).AddMinutes(20 * at)), 2,
                quiet: true);
            store.Prune(8, new HashSet<ReleaseId>());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{at} {(watch.Elapsed - start).TotalMilliseconds:0.0} {Environment.WorkingSet >> 10} "
                    + $"{Directory.GetFiles("/proc/self/fd").Length}"));
        }
        break;
    case "receive":
        Receive(store, args[1], args[2]);
        return 0;
    default:
        return 2;
}
var live = store.Live(Root.Public);
Console.WriteLine($"live {live?.Id} {live?.Corte} {live?.ManifestSha256}");
return 0;

void Say(string what)
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {watch.Elapsed.TotalMilliseconds:0.0} ms"));
    watch.Restart();
}

static void Due(ReleaseStore store)
{
    var due = PublicationOrder.Due(State(store));
    if (due is not null) store.Publish(due, Root.Public, DateTimeOffset.UtcNow);
}

static RootState State(ReleaseStore store) =>
    new(store.Live(Root.Public), store.Sealed, store.Choice(Root.Public), null, null);

void Publish(ReleaseStore store, string folder, Corte corte, int threads, bool quiet = false)
{
    using var drop = SafeFolder.Open(folder);
    var paths = new List<RelativePath>();
    drop.Walk((name, in identity) =>
    {
        if (identity.Kind == FileKind.Regular) paths.Add(RelativePath.Read(name, PathLimits.Default).Path!);
        return true;
    }, depth: 32);
    if (!quiet) Say("list");
    store.PrepareNext();
    if (!quiet) Say("prepare next");
    var tree = store.Stage(Path.GetFileName(folder), DateTimeOffset.UtcNow, ahead: true);
    if (threads == 1) paths.ForEach(path => Place(drop, tree, path));
    else Parallel.ForEach(
        paths, new ParallelOptions { MaxDegreeOfParallelism = threads }, path => Place(drop, tree, path));
    if (!quiet) Say("stage");
    var entries = tree.Entries;
    var manifest = new StringBuilder();
    foreach (var entry in entries) manifest.Append(entry.Sha256.Hex).Append("  ").Append(entry.Path).Append('\n');
    var verdict = new Verdict(
        Path.GetFileName(folder), corte, "PREP_MEX", entries.Count, entries.Sum(entry => entry.Size),
        DigestAlgorithm.Sha256,
        Digest.Sha256(Encoding.UTF8.GetBytes(manifest.ToString())).Hex, [], [], entries);
    if (!quiet) Say("judge");
    var candidate = new Candidate(corte, verdict.Series, verdict.ManifestSha256, Root.Public);
    if (PublicationOrder.Decide(candidate, State(store), seriesIsNamed: true) is Decision.Duplicate)
    {
        tree.Discard();
        return;
    }
    var release = store.Seal(tree, verdict, Root.Public, future: false, DateTimeOffset.UtcNow);
    if (!quiet) Say("seal");
    store.Publish(release, Root.Public, DateTimeOffset.UtcNow);
    if (!quiet) Say("publish");
}

static void Place(SafeFolder drop, StagingTree tree, RelativePath path)
{
    using var source = drop.TryOpenFile(path, out var refusal) ?? throw new SystemFault("open", path.Value, refusal);
    tree.Place(path, source);
}

static string Outcome(Verdict verdict) => verdict.Accepted ? "accepted"
    : string.Join(',', verdict.Reasons.Select(reason => reason.Code).Distinct());

static void Receive(ReleaseStore store, string state, string drop)
{
    var settings = new Settings
    {
        Election = "bench",
        Paths = new PathSettings { Drop = drop, State = state },
        Limits = new LimitSettings { MinFree = 0 },
    };
    using var posted = new BlockingCollection<(Signal Signal, long At)>();
    using var receiving =
        new DropReceiver(new ReceivingRules(settings, VerificationRules.Default), store, state, signal =>
    {
        if (!posted.IsAddingCompleted) posted.Add((signal, HostClock.Read().Monotonic));
    });
    receiving.Start();
    Console.WriteLine("ready");
    var input = new Thread(() =>
    {
        Console.In.ReadToEnd();
        posted.CompleteAdding();
    }) { IsBackground = true };
    input.Start();
    foreach (var (signal, at) in posted.GetConsumingEnumerable())
    {
        Console.WriteLine(signal switch
        {
            DeliveryArrives seen => $"seen {seen.Delivery}",
            DeliveryStalls stalled => $"stalled {stalled.Delivery} {string.Join(' ', stalled.Awaited.Names)}",
            DeliveryJudged judged =>
                $"judged {judged.Delivery} {Outcome(judged.Verdict)} {at} "
                + $"{judged.Verdict.Files} {judged.Verdict.Bytes}",
            _ => signal.ToString(),
        });
        if (signal is DeliveryJudged done) receiving.Remember(done);
    }
}
