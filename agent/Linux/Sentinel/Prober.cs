using System.Diagnostics;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Threads;
using Difusor.Agent.Night;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>One round of a probe has ended.</summary>
/// <param name="Expected">What should have been served: a release, or the notice page.</param>
/// <param name="Finding">The worst finding; null if every file that was read was as it must be.</param>
public sealed record ProbeFinished(Uri Url, SealedTree Expected, ProbeFinding? Finding) : Signal;

/// <summary>
/// Reads the site back through its web server, from the first minute on: the notice page, and later what is published.
/// Each URL has its own thread.
/// </summary>
sealed class Prober : IDisposable
{
    /// <summary>
    /// A cache may serve the old corte for this long before it is reported, and a web server may take this long to
    /// start with the host.
    /// </summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

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
    readonly AutoResetEvent stirred = new(false);
    readonly long began = Stopwatch.GetTimestamp();
    ProbePace pace;
    SealedTree? last;
    string? wrong;
    bool isGood = true, hasBeenGood;
    long liveSince, lastRound, changed;
    int cursor;

    public Prober(UrlEvery probe, PublishedState state, Action<Signal> post, TimeSpan? longest = null)
    {
        (this.probe, this.state, this.post) = (probe, state, post);
        this.longest = longest ?? ProbePace.Longer(LongestRound, probe.Every);
        pace = new ProbePace(probe.Every);
        reader = new WebReader(probe.Url);
        thread = new GuardedThread(BoundaryPoint.Probe, "sentinel-probe", Run);
        state.Changed += Hurry;
        thread.Start();
    }

    public Uri Url => probe.Url;

    TimeSpan GraceHere => ProbePace.Shorter(Grace, probe.Every * 2);

    /// <summary>Has the next round begin soon, because something has changed. Any thread may call it.</summary>
    public void Hurry()
    {
        // The first change counts, so that those that follow it do not put the round off.
        Interlocked.CompareExchange(ref changed, Stopwatch.GetTimestamp(), 0);
        stirred.Set();
    }

    void Run()
    {
        Native.GiveWay();
        do
        {
            Interlocked.Exchange(ref changed, 0);
            Boundary.Run(BoundaryPoint.ProbeRound, () =>
            {
                if (state.Expected.Of(Root.Public) is { Served: { } tree } root) Round(root, tree);
            });
        }
        while (WaitForTheNext());
    }

    /// <summary>Waits until the next round is due.</summary>
    /// <returns>False if the prober ends instead.</returns>
    bool WaitForTheNext()
    {
        var since = Stopwatch.GetTimestamp();
        while (!ending.IsSet)
        {
            var (at, waited) = (Interlocked.Read(ref changed), Stopwatch.GetElapsedTime(since));
            TimeSpan? changedAfter = at == 0
                ? null : ProbePace.Longer(TimeSpan.Zero, Stopwatch.GetElapsedTime(since, at));
            var left = pace.Wait(isGood, changedAfter) - waited;
            if (left <= TimeSpan.Zero)
            {
                pace = pace.After(waited, isGood);
                return true;
            }
            stirred.WaitOne(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)));
        }
        return false;
    }

    void Round(ExpectedRoot root, SealedTree tree)
    {
        var start = Stopwatch.GetTimestamp();
        var elapsed = lastRound == 0
            ? probe.Every : ProbePace.Shorter(probe.Every, Stopwatch.GetElapsedTime(lastRound, start));
        lastRound = start;
        if (last?.IsSame(tree) != true) (last, liveSince) = (tree, start);
        var (files, next) = ProbePlan.Round(tree.Record.Files, cursor, elapsed, wrong);
        ProbeFinding? worst = null;
        var read = 0;
        foreach (var file in files)
        {
            // A slow server ends this round early; the next one continues from here.
            if (read > 1 && Stopwatch.GetElapsedTime(start) > longest) break;
            read++;
            var found = ProbeJudgement.Judge(file, reader.Get(file.Path, file.Size), root.ServedBefore);
            if (ending.IsSet) return;
            if (found is not null && found.Badness > (worst?.Badness ?? 0)) worst = found;
            // Nothing is worse than wrong bytes, and if the server does not answer, the other files would give the same
            // result.
            if (found is { Code: Events.EventCode.ProbeMismatch } or { Status: null }) break;
        }
        cursor = read == files.Count ? next : (cursor + Math.Max(1, read - 1)) % tree.Record.Files.Count;
        // Something else must be served since then, so the expected bytes are out of date.
        if (state.Expected.Of(Root.Public)?.Served is not { } now || !now.IsSame(tree)) return;
        (isGood, wrong, hasBeenGood) = (worst is null, worst?.Path, hasBeenGood || worst is null);
        if (worst is not null && IsInGrace(worst)) return;
        post(new ProbeFinished(probe.Url, tree, worst));
    }

    bool IsInGrace(ProbeFinding found) =>
        (found.Trouble == ProbeTrouble.Stale && Stopwatch.GetElapsedTime(liveSince) < GraceHere)
            || (!hasBeenGood && Stopwatch.GetElapsedTime(began) < GraceHere);

    public void Dispose()
    {
        End();
        if (!thread.Join(TimeSpan.FromSeconds(1))) return;
        ending.Dispose();
        stirred.Dispose();
        reader.Dispose();
    }

    /// <summary>
    /// Tells the prober to end, and does not wait: the caller tells all probers first, and then waits for each.
    /// </summary>
    public void End()
    {
        state.Changed -= Hurry;
        if (ending.IsSet) return;
        ending.Set();
        stirred.Set();
        reader.End();
    }
}
