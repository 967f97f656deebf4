using Difusor.Agent.Linux.Files;

namespace Difusor.Agent.Linux.Host;

/// <summary>
/// Writes <c>paths.run/status.json</c> by rename: a reader finds the old one or the new one, whole. Not flushed: it is
/// worth nothing after a crash. For root and the agent's group alone: it tells of packages that are not published yet.
/// What is for every account is <c>metrics.prom</c> and the page.
/// </summary>
public sealed class StatusFile(string run)
{
    const string Name = "status.json";
    const uint Mode = Modes.GroupFile;

    public void Write(byte[] json)
    {
        using var folder = OwnFolder.Open(run);
        var fresh = DurableFile.Prepare(folder, Name, json, Mode);
        DurableFile.Rename($"{folder.Path}/{fresh}", $"{folder.Path}/{Name}");
    }
}
