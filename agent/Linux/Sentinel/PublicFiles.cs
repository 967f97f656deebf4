using System.Text;
using Difusor.Agent.Linux.Files;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// Small files for others to read, each replaced by rename: whole at any instant. Not flushed: they are worth nothing
/// after a crash.
/// </summary>
public sealed class PublicFiles(string folder)
{
    /// <exception cref="SystemFault">The folder cannot be made, or the file not be written.</exception>
    public void Write(string name, string text)
    {
        if (!Directory.Exists(folder)) Directory.CreateDirectory(folder);
        using var open = OwnFolder.Open(folder);
        var fresh = DurableFile.Prepare(open, name, Encoding.UTF8.GetBytes(text), Modes.PublicFile);
        DurableFile.Rename($"{open.Path}/{fresh}", $"{open.Path}/{name}");
    }
}
