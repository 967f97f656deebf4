using Difusor.Agent.Configuration;
using Difusor.Agent.Night;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>A run of <c>notify.command</c> has ended.</summary>
/// <param name="Error">How it failed; null if the line was delivered.</param>
public sealed record NotifyRan(string? Error) : Signal;

/// <summary>Passes lines to <c>notify.command</c>, if one is configured.</summary>
/// <param name="complain">Receives what went wrong with the command.</param>
/// <param name="ended">Receives how each run ended: the error, or null if the line was delivered.</param>
sealed class Notifier(Action<string> complain, Action<string?>? ended = null) : IDisposable
{
    NotifyCommand? running;
    NotifySettings settings = new();

    /// <summary>Applies a configuration. A different command replaces the running one.</summary>
    public void Apply(NotifySettings fresh)
    {
        var isSame = settings.Command == fresh.Command && settings.Environment == fresh.Environment;
        settings = fresh;
        if (isSame) return;
        running?.Dispose();
        running = fresh.Command is { } command
            ? new NotifyCommand(command, complain, environment: fresh.Environment, ended: ended) : null;
    }

    /// <summary>Passes a line to the command. Returns at once.</summary>
    public void Tell(string json) => running?.Tell(json);

    public void Dispose() => running?.Dispose();
}
