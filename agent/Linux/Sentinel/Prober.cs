using System.Diagnostics;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Night;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>One round of a probe has ended.</summary>
/// <param name="Release">The release that should have been served.</param>
/// <param name="Finding">The worst finding; null if every file that was read was the published one.</param>
public sealed record ProbeFinished(Uri Url, ReleaseId Release, ProbeFinding? Finding) : Signal;

/// <summary>Reads the published site back through its web server. Each URL has its own thread.</summary>
sealed class Prober : IDisposable
{
    /// <summary>A cache may serve the old corte for this long before it is reported.</summary>
    static readonly TimeSpan StaleGrace = TimeSpan.FromSeconds(60);

    /// <summary>
    /// A round ends after this time, or after the probe's interval if that is longer: a slow server must not delay what
    /// was found so far.
    /// </summary>
    static readonly TimeSpan LongestRound = TimeSpan.FromSeconds(60);

    readonly UrlEvery probe;
    readonly PublishedState state;
    readonly Action<Signal> post;
    readonly TimeSpan longest;
    readonly WebReader reader;
    readonly GuardedThread thread;
    readonly ManualResetEventSlim ending = new();
    ReleaseId? last;
    long liveSince;
    int cursor;

    public Prober(UrlEvery probe, PublishedState state, Action<Signal> post, TimeSpan? longest = null)
    {
        (this.probe, this.state, this.post) = (probe, state, post);
        this.longest = longest ?? Longer(LongestRound, probe.Every);
        reader = new WebReader(probe.Url);
        thread = new GuardedThread(BoundaryPoint.Probe, "sentinel-probe", Run);
        thread.Start();
    }

    void Run()
    {
        Native.GiveWay();
        do
        {
            Boundary.Run(BoundaryPoint.ProbeRound, () =>
            {
                if (state.Expected.Of(Root.Public) is { Live: { } live } root) Round(root, root.Trees[live]);
            });
        }
        while (!ending.Wait(probe.Every));
    }

    void Round(ExpectedRoot root, SealedTree tree)
    {
        var began = Stopwatch.GetTimestamp();
        if (last != tree.Id) (last, liveSince) = (tree.Id, Stopwatch.GetTimestamp());
        var (files, next) = ProbePlan.Round(tree.Record.Files, cursor, probe.Every);
        ProbeFinding? worst = null;
        var read = 0;
        foreach (var file in files)
        {
            // A slow server ends this round early; the next one continues from here.
            if (read > 1 && Stopwatch.GetElapsedTime(began) > longest) break;
            read++;
            var found = ProbeJudgement.Judge(
                file, reader.Get(file.Path, file.Size), root.Trees.Values.Where(other => other != tree));
            if (ending.IsSet) return;
            if (found is not null && found.Badness > (worst?.Badness ?? 0)) worst = found;
            // Nothing is worse than wrong bytes, and if the server does not answer, the other files would give the same
            // result.
            if (found is { Code: Events.EventCode.ProbeMismatch } or { Status: null }) break;
        }
        cursor = read == files.Count ? next : (cursor + Math.Max(1, read - 1)) % tree.Record.Files.Count;
        // A new corte was published in between, so the expected bytes are out of date.
        if (state.Expected.Of(Root.Public)?.Live != tree.Id) return;
        if (worst?.Code == Events.EventCode.ProbeStale
            && Stopwatch.GetElapsedTime(liveSince) < Shorter(StaleGrace, probe.Every * 2)) return;
        post(new ProbeFinished(probe.Url, tree.Id, worst));
    }

    static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    public void Dispose()
    {
        End();
        if (!thread.Join(TimeSpan.FromSeconds(1))) return;
        ending.Dispose();
        reader.Dispose();
    }

    /// <summary>
    /// Tells the prober to end, and does not wait: the caller tells all probers first, and then waits for each.
    /// </summary>
    public void End()
    {
        ending.Set();
        reader.End();
    }
}
