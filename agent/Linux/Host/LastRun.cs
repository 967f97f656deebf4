using System.Collections.Immutable;
using System.Text;
using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Files;

namespace Difusor.Agent.Linux.Host;

/// <summary>
/// Keeps on disk how this run stands, so that the next one knows how it ended and which deliveries it had in hand then:
/// <c>run.json</c> below <c>paths.state</c>, flushed, for what must outlive a power cut (who is suspected or set
/// aside), and <c>in-hand.json</c>, which is only renamed into place: the death of a process takes nothing from the
/// page cache, and a power cut blames nobody. Any thread.
/// </summary>
public sealed class LastRun
{
    const string Name = "run.json", InHandName = "in-hand.json", BootId = "/proc/sys/kernel/random/boot_id";
    const uint Mode = Modes.PrivateFile;

    readonly Lock changing = new();
    readonly string state;
    readonly Action<SystemFault> complain;
    RunMark mark;
    ImmutableArray<RawPath> written = [];
    bool isTold;

    LastRun(string state, RunMark mark, Action<SystemFault> complain) =>
        (this.state, this.mark, this.complain) = (state, mark, complain);

    /// <summary>How the run before this one ended; null where there was none.</summary>
    public RunEnd? Previous { get; private init; }

    /// <summary>What it had in hand, where it ended without a word.</summary>
    public ImmutableArray<RawPath> PreviousInHand { get; private init; } = [];

    /// <summary>The fault that ended it, where it could still say so.</summary>
    public string? PreviousLastWord { get; private init; }

    /// <summary>What is set aside because of that end.</summary>
    public ImmutableArray<RawPath> NewlySetAside { get; private init; } = [];

    /// <summary>
    /// How many deliveries may be in hand at once after a death; null: as many as the configuration allows.
    /// </summary>
    public int? AtOnce => mark.AtOnce;

    /// <summary>What is set aside now.</summary>
    public ImmutableArray<RawPath> SetAside => [.. mark.SetAside.Keys];

    public bool IsSetAside(RawPath root) => mark.SetAside.ContainsKey(root);

    /// <summary>Learns how the last run ended, and begins this one's mark.</summary>
    /// <param name="complain">Told where the mark cannot be written: the night goes on without it.</param>
    /// <param name="boot">This boot's id; null: the kernel's.</param>
    public static LastRun Begin(string state, Action<SystemFault> complain, string? boot = null)
    {
        boot ??= File.Exists(BootId) ? File.ReadAllText(BootId).Trim() : "unknown";
        var before = TryRead(Path.Combine(state, Name)) is { } text ? RunMark.Read(text) : null;
        var inHand = before is not null && TryRead(Path.Combine(state, InHandName)) is { } names
            ? InHandMark.Read(names, before) : [];
        var (mark, previous, newly) = RunMark.After(before, inHand, boot, Environment.ProcessId);
        var run = new LastRun(state, mark, complain)
        {
            Previous = previous, PreviousInHand = previous is RunEnd.Ended ? inHand : [],
            PreviousLastWord = previous is RunEnd.Ended ? before?.LastWord : null,
            NewlySetAside = newly,
        };
        run.WriteInHand([]);
        run.WriteMark();
        return run;
    }

    /// <summary>
    /// Says which deliveries are in hand. On disk, as far as the death of this process is concerned, when it returns;
    /// called before anything of a delivery is staged.
    /// </summary>
    public void InHand(IReadOnlyCollection<RawPath> roots)
    {
        lock (changing)
        {
            if (written.Length == roots.Count && written.All(roots.Contains)) return;
            WriteInHand([.. roots]);
        }
    }

    /// <summary>A delivery has come to its end: a verdict with all that follows from it.</summary>
    public void Cleared(RawPath root) => Change(mark => mark.Cleared(root));

    /// <summary>Forgets what is not in the drop any more.</summary>
    public void KeepOnly(Func<RawPath, bool> isThere) => Change(mark => mark.Only(isThere));

    /// <summary>Hears what a look has found of a delivery that is set aside.</summary>
    /// <returns>False where it has changed, and is set aside no longer.</returns>
    public bool Looked(RawPath root, string fingerprint)
    {
        Change(mark => mark.Looked(root, fingerprint));
        return IsSetAside(root);
    }

    /// <summary>The operator's <c>retry</c>.</summary>
    public void Forgive() => Change(mark => mark.Forgiven());

    /// <summary>The agent ends in good order.</summary>
    public void Stopped(string cause) => Change(mark => mark with { Stopped = cause });

    /// <summary>The process ends because of a fault that nothing has caught.</summary>
    public void LastWord(InternalFault fault) => Change(mark => mark with { LastWord = fault.ToString() });

    void Change(Func<RunMark, RunMark> change)
    {
        lock (changing)
        {
            var changed = change(mark);
            if (ReferenceEquals(changed, mark)) return;
            mark = changed;
            WriteMark();
        }
    }

    void WriteMark() => Write(folder => DurableFile.Write(folder, Name, Encoding.UTF8.GetBytes(mark.ToJson()), Mode));

    void WriteInHand(ImmutableArray<RawPath> roots) => Write(folder =>
    {
        var fresh = DurableFile.Prepare(
            folder, InHandName, Encoding.UTF8.GetBytes(InHandMark.Write(mark.Boot, mark.Pid, roots)), Mode);
        DurableFile.Rename($"{folder.Path}/{fresh}", $"{folder.Path}/{InHandName}");
        written = roots;
    });

    void Write(Action<OwnFolder> write)
    {
        try
        {
            using var folder = OwnFolder.Open(state);
            write(folder);
            isTold = false;
        }
        catch (SystemFault fault)
        {
            if (!isTold) complain(fault);
            isTold = true;
        }
    }

    /// <summary>Nobody but the agent writes there; what cannot be read is as good as nothing.</summary>
    static string? TryRead(string path)
    {
        const int Longest = 1 << 20;
        try { return File.Exists(path) && new FileInfo(path).Length <= Longest ? File.ReadAllText(path) : null; }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { return null; }
    }
}
