namespace Difusor.Agent.Linux.Host;

/// <summary>
/// Writes <c>paths.run/status.json</c> by rename, so that a reader finds the old file or the new one, whole. It is not
/// flushed, because it is worth nothing after a crash. Only root and the agent's group may read it, because it tells of
/// packages that are not published yet. Every account may read <c>metrics.prom</c> and the page.
/// </summary>
public sealed class StatusFile(string run)
{
    public void Write(byte[] json)
    {
        using var folder = OwnFolder.Open(run);
        DurableFile.Replace(folder, "status.json", json, Modes.GroupFile);
    }
}
