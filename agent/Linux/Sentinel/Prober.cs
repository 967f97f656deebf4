using System.Diagnostics;
using Difusor.Agent.Configuration;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux;

/// <summary>One round of a probe is over.</summary>
/// <param name="Release">What should have been served.</param>
/// <param name="Finding">The worst that was found; null: every file read was the published one.</param>
public sealed record ProbeFinished(Uri Url, ReleaseId Release, ProbeFinding? Finding) : Signal;

/// <summary>Reads the published site back through its web server, each URL on a thread of its own.</summary>
sealed class Prober : IDisposable
{
    /// <summary>A cache may keep the old corte this long before it is worth a word.</summary>
    static readonly TimeSpan StaleGrace = TimeSpan.FromSeconds(60);

    readonly UrlEvery probe;
    readonly PublishedState state;
    readonly Action<Signal> post;
    readonly GuardedThread thread;
    readonly ManualResetEventSlim ending = new();
    ReleaseId? last;
    long liveSince;
    int cursor;

    public Prober(UrlEvery probe, PublishedState state, Action<Signal> post)
    {
        (this.probe, this.state, this.post) = (probe, state, post);
        thread = new GuardedThread(BoundaryPoint.Probe, "sentinel-probe", Run);
        thread.Start();
    }

    void Run()
    {
        Native.GiveWay();
        using var reader = new WebReader(probe.Url);
        do
        {
            Boundary.Run(BoundaryPoint.ProbeRound, () =>
            {
                if (state.Expected.Of(Root.Public) is { Live: { } live } root) Round(reader, root, root.Trees[live]);
            });
        }
        while (!ending.Wait(probe.Every));
    }

    void Round(WebReader reader, ExpectedRoot root, SealedTree tree)
    {
        if (last != tree.Id) (last, liveSince) = (tree.Id, Stopwatch.GetTimestamp());
        var (files, next) = ProbePlan.Round(tree.Record.Files, cursor, probe.Every);
        cursor = next;
        ProbeFinding? worst = null;
        foreach (var file in files)
        {
            if (ending.IsSet) return;
            var found = ProbeJudgement.Judge(file, reader.Get(file.Path, file.Size), root.Trees.Values.Where(other => other != tree));
            if (found is not null && found.Badness > (worst?.Badness ?? 0)) worst = found;
            // Nobody answers: the other files would say the same.
            if (found?.Status is null && found is not null) break;
        }
        // A new corte came in between: what was compared is no longer what should be served.
        if (state.Expected.Of(Root.Public)?.Live != tree.Id) return;
        if (worst?.Code == Journal.EventCode.ProbeStale && Stopwatch.GetElapsedTime(liveSince) < Shorter(StaleGrace, probe.Every * 2)) return;
        post(new ProbeFinished(probe.Url, tree.Id, worst));
    }

    static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    public void Dispose()
    {
        ending.Set();
        if (thread.Join(TimeSpan.FromSeconds(1))) ending.Dispose();
    }
}
