using Difusor.Agent.Configuration;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Night;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>A run of <c>notify.command</c> has ended.</summary>
/// <param name="Error">How it failed; null if the line was delivered.</param>
public sealed record NotifyRan(string? Error) : Signal;

/// <summary>Passes lines to <c>notify.command</c>, if one is configured.</summary>
sealed class Notifier : IDisposable
{
    readonly Action<string> complain;
    readonly NotifyMemory? memory;
    readonly Action<NotifyRun>? ran;
    readonly Func<TimeSpan>? offset;
    NotifyCommand? running;
    NotifySettings settings = new();
    Settings? whole;

    /// <param name="complain">Receives what went wrong with the command.</param>
    /// <param name="state">Where it is remembered how the command has done; null: nowhere.</param>
    /// <param name="ran">Receives how each run has gone, on the command's thread; null: nobody asks.</param>
    /// <param name="offset">Returns the offset of the election's zone; null: UTC.</param>
    public Notifier(
        Action<string> complain, string? state = null, Action<NotifyRun>? ran = null, Func<TimeSpan>? offset = null)
    {
        (this.complain, this.ran, this.offset) = (complain, ran, offset);
        memory = state is null ? null : new NotifyMemory(state, complain);
    }

    /// <summary>Gets how the command has done; null if none is configured.</summary>
    public NotifyStatus? Status => settings.Command is null ? null : memory?.Of(settings);

    /// <summary>Applies a configuration. A different command replaces the running one.</summary>
    public void Apply(Settings changed)
    {
        var fresh = changed.Notify;
        var isSame = settings.Command == fresh.Command && settings.Environment == fresh.Environment;
        (whole, settings) = (changed, fresh);
        if (!isSame) Begin(fresh);
        // Whoever must be told should not learn from the first alarm of the night that none arrives.
        if (fresh.Command is { } line && new CommandLook(asAgent: true).Problem("notify", line) is { } problem)
            Ran(fresh, new NotifyRun(null, problem, problem));
    }

    void Begin(NotifySettings fresh)
    {
        running?.Dispose();
        running = fresh.Command is { } command
            ? new NotifyCommand(
                command, complain, environment: fresh.Environment, ran: run => Ran(fresh, run),
                language: () => whole?.Language ?? Language.En)
            : null;
    }

    /// <summary>Passes a line to the command. Returns at once.</summary>
    public void Tell(string json) => running?.Tell(Complete(json));

    /// <summary>Passes a line to the command, and says how that went, on another thread.</summary>
    /// <returns>False if there is no command.</returns>
    public bool Test(string json, Action<NotifyRun> ended)
    {
        if (running is not { } command) return false;
        command.Tell(Complete(json), ended);
        return true;
    }

    public void Dispose() => running?.Dispose();

    string Complete(string json) => whole is null ? json
        : NoticeOrigin.Of(whole, Environment.MachineName, offset?.Invoke() ?? TimeSpan.Zero).Complete(json);

    void Ran(NotifySettings told, NotifyRun run)
    {
        memory?.Remember(told, run);
        ran?.Invoke(run);
    }
}
