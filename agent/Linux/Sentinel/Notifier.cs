using Difusor.Agent.Configuration;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>Hands lines to <c>notify.command</c>, where one is configured.</summary>
/// <param name="complain">Told what went wrong with the command.</param>
sealed class Notifier(Action<string> complain) : IDisposable
{
    NotifyCommand? running;
    NotifySettings settings = new();

    /// <summary>Takes a configuration: another command takes the place of the one that runs.</summary>
    public void Apply(NotifySettings fresh)
    {
        var isSame = settings.Command == fresh.Command && settings.Environment == fresh.Environment;
        settings = fresh;
        if (isSame) return;
        running?.Dispose();
        running = fresh.Command is { } command ? new NotifyCommand(command, complain, environment: fresh.Environment)
            : null;
    }

    /// <summary>Hands a line over. Returns at once.</summary>
    public void Tell(string json) => running?.Tell(json);

    public void Dispose() => running?.Dispose();
}
