using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Daemon;

/// <summary>A run of <c>publication.after</c> has ended.</summary>
/// <param name="Command">Which command it was, by its number.</param>
/// <param name="Error">How it failed; null if it succeeded.</param>
sealed record HookRan(int Command, string? Error) : Signal;

/// <summary>
/// Has <c>publication.after</c> run whenever a root serves something else. The loop calls it after each turn, when
/// readers have the new release already. What was told last is on disk, so a run that a stop or a crash has cut off is
/// made up for.
/// </summary>
sealed class AfterPublication(
    ReleaseStore store, string state, Action<AgentEvent, ClockReading> record, TroubleBoard troubles,
    Action<Signal> post, Action<string> complain, Func<Language> language) : IDisposable
{
    const string Notice = "notice";

    readonly string file = Path.Combine(state, "after.told");
    readonly SwapQueue[] queues = [new(), new()];
    readonly ReleaseId?[] seen = new ReleaseId?[2];
    readonly Queue<Root> started = new();
    HookSettings? settings;
    NotifyCommand? command;
    int number;

    /// <summary>Begins, and takes a changed configuration.</summary>
    public void Apply(HookSettings? fresh)
    {
        if (number > 0 && fresh == settings) return;
        if (settings is null && fresh is not null)
        {
            seen[(int)Root.Public] = ToldLast();
            seen[(int)Root.Rehearsal] = store.LiveId(Root.Rehearsal);
        }
        var own = ++number;
        settings = fresh;
        command?.Dispose();
        command = fresh is null ? null
            : new NotifyCommand(
                fresh.Command, complain, fresh.Timeout, fresh.Environment,
                run => post(new HookRan(own, run.Error)), "publication.after", language);
        started.Clear();
        foreach (var queue in queues) queue.Again();
    }

    /// <summary>Notices what has changed, and runs the command if it is time.</summary>
    public void Turn(ClockReading now)
    {
        foreach (var root in ExpectedSite.Roots)
        {
            if (command is null)
            {
                End(root, TroubleEndCause.Unconfigured, now);
                continue;
            }
            Look(root);
            if (queues[(int)root].Next(now) is { } swap)
            {
                started.Enqueue(root);
                command.Tell(swap.ToJson());
            }
            // What an earlier run was told has been made up for.
            else if (queues[(int)root].IsIdle) End(root, TroubleEndCause.NotMetAgain, now);
        }
    }

    public void Take(HookRan ran, ClockReading now)
    {
        if (ran.Command != number || !started.TryDequeue(out var root)) return;
        var told = queues[(int)root].Running;
        var change = queues[(int)root].Ran(ran.Error, now);
        if (ran.Error is null && root == Root.Public) Save(told?.Release);
        if (change is not null) record(change, now);
    }

    public void Dispose() => command?.Dispose();

    void End(Root root, TroubleEndCause cause, ClockReading now)
    {
        if (troubles.Of(Trouble.AfterPublication, OpenTrouble.SubjectOf(root)) is { } left)
            record(left.Ended(cause, now.System), now);
    }

    void Look(Root root)
    {
        var (before, live) = (seen[(int)root], store.LiveId(root));
        if (before == live) return;
        seen[(int)root] = live;
        queues[(int)root].Add(SwapNotice.Between(root, before, RecordOf(before), RecordOf(live)));
    }

    ReleaseRecord? RecordOf(ReleaseId? id) =>
        id is not null && store.Sealed.FirstOrDefault(one => one.Id == id) is { } release
            ? store.Record(release) : null;

    /// <summary>Returns what the command was told last; if it never was, what is live counts.</summary>
    ReleaseId? ToldLast()
    {
        try
        {
            if (File.Exists(file)) return ReleaseId.Read(File.ReadAllText(file).Trim());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { complain(fault.Message); }
        Save(store.LiveId(Root.Public));
        return store.LiveId(Root.Public);
    }

    void Save(ReleaseId? told)
    {
        try { File.WriteAllText(file, $"{told?.Value ?? Notice}\n"); }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { complain(fault.Message); }
    }
}
