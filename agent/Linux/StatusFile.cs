namespace Difusor.Agent.Linux;

/// <summary>Writes <c>paths.run/status.json</c> by rename: a reader finds the old one or the new one, whole. Not flushed: it is worth nothing after a crash.</summary>
public sealed class StatusFile(string run)
{
    const string Name = "status.json";

    public void Write(byte[] json)
    {
        using var folder = OwnFolder.Open(run);
        var fresh = DurableFile.Prepare(folder, Name, json, 0x1A4); // 0644
        DurableFile.Rename($"{folder.Path}/{fresh}", $"{folder.Path}/{Name}");
    }
}
