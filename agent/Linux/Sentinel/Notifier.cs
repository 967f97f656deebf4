using Difusor.Agent.Configuration;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>Passes lines to <c>notify.command</c>, if one is configured.</summary>
/// <param name="complain">Receives what went wrong with the command.</param>
/// <param name="offset">Returns the offset of the election's zone; null: UTC.</param>
sealed class Notifier(Action<string> complain, Func<TimeSpan>? offset = null) : IDisposable
{
    NotifyCommand? running;
    NotifySettings settings = new();
    Settings? whole;

    /// <summary>Applies a configuration. A different command replaces the running one.</summary>
    public void Apply(Settings changed)
    {
        var fresh = changed.Notify;
        var isSame = settings.Command == fresh.Command && settings.Environment == fresh.Environment;
        (whole, settings) = (changed, fresh);
        if (isSame) return;
        running?.Dispose();
        running = fresh.Command is { } command ? new NotifyCommand(command, complain, environment: fresh.Environment)
            : null;
    }

    /// <summary>Passes a line to the command. Returns at once.</summary>
    public void Tell(string json) =>
        running?.Tell(
            whole is null ? json
            : NoticeOrigin.Of(whole, Environment.MachineName, offset?.Invoke() ?? TimeSpan.Zero).Complete(json));

    public void Dispose() => running?.Dispose();
}
