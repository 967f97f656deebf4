using System.Security.Cryptography;
using Difusor.Agent.Configuration;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// Remembers, in <c>notify.json</c> below <c>paths.state</c>, how the command of the notices has done. It holds a
/// digest of the command, which may have a secret in it, and never the command.
/// </summary>
sealed class NotifyMemory
{
    const string Name = "notify.json";

    readonly string state;
    readonly Action<string> complain;
    volatile NotifyRecord? known;

    public NotifyMemory(string state, Action<string> complain)
    {
        (this.state, this.complain) = (state, complain);
        try { known = NotifyRecord.Read(File.ReadAllBytes(Path.Combine(state, Name))); }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            // No command has run yet.
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { complain(fault.Message); }
    }

    /// <summary>Returns how a command has done. Any thread may ask.</summary>
    public NotifyStatus Of(NotifySettings settings) =>
        known is { } record && record.CommandSha256 == Digest(settings) ? record.Status : new NotifyStatus(null);

    public void Remember(NotifySettings settings, NotifyRun run)
    {
        var (before, now) = (Of(settings), DateTimeOffset.UtcNow);
        var status = run.Delivered ? before with { LastSuccess = now }
            : before with { LastFailure = now, Exit = run.Exit, Said = run.Said };
        var record = new NotifyRecord(Digest(settings), status);
        known = record;
        try
        {
            using var folder = OwnFolder.Open(state);
            DurableFile.Replace(folder, Name, record.ToJson(), Modes.PrivateFile);
        }
        catch (IOException fault) { complain(fault.Message); }
    }

    static string Digest(NotifySettings settings) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{settings.Command}\0{settings.Environment}")));
}
