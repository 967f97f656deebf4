using Difusor.Agent.Configuration;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>Passes lines to <c>notify.command</c>, if one is configured.</summary>
/// <param name="complain">Receives what went wrong with the command.</param>
sealed class Notifier(Action<string> complain) : IDisposable
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
        running = fresh.Command is { } command ? new NotifyCommand(command, complain, environment: fresh.Environment)
            : null;
    }

    /// <summary>Passes a line to the command. Returns at once.</summary>
    public void Tell(string json) => running?.Tell(json);

    public void Dispose() => running?.Dispose();
}
