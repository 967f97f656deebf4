namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// Writes small files for other programs to read. Each is replaced by rename, so a reader always sees a complete file.
/// They are not flushed, because they are useless after a crash.
/// </summary>
public sealed class PublicFiles(string folder)
{
    /// <exception cref="SystemFault">The folder cannot be made, or the file cannot be written.</exception>
    public void Write(string name, string text)
    {
        if (!Directory.Exists(folder)) Directory.CreateDirectory(folder);
        using var open = OwnFolder.Open(folder);
        DurableFile.Replace(open, name, Encoding.UTF8.GetBytes(text), Modes.PublicFile);
    }
}
