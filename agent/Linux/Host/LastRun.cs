using Difusor.Agent.Drop;
using Difusor.Agent.Events;

namespace Difusor.Agent.Linux.Host;

/// <summary>
/// Keeps the state of this run on disk, so that the next run knows how it ended and which deliveries it was working on.
/// <c>run.json</c> below <c>paths.state</c> is flushed, because it must outlive a power cut: it says which deliveries
/// are suspected or set aside. <c>in-hand.json</c> is only renamed into place: the death of a process takes nothing
/// from the page cache, and a power cut must blame no delivery. Any thread.
/// </summary>
public sealed class LastRun
{
    const string Name = "run.json", InHandName = "in-hand.json", BootId = "/proc/sys/kernel/random/boot_id";
    const uint Mode = Modes.PrivateFile;

    /// <summary>
    /// Guards changes of <see cref="mark"/> and <see cref="written"/>, and the writing of both files.
    /// </summary>
    readonly Lock changing = new();
    readonly string state;
    readonly Action<SystemFault> complain;
    RunMark mark;
    ImmutableArray<RawPath> written = [];
    bool isTold;

    LastRun(string state, RunMark mark, Action<SystemFault> complain) =>
        (this.state, this.mark, this.complain) = (state, mark, complain);

    /// <summary>Gets how the previous run ended; null where there was none.</summary>
    public RunEnd? Previous { get; private init; }

    /// <summary>Gets which deliveries the previous run was working on, if it ended without saying so.</summary>
    public ImmutableArray<RawPath> PreviousInHand { get; private init; } = [];

    /// <summary>Gets the fault that ended the previous run, if it could still write it down.</summary>
    public string? PreviousLastWord { get; private init; }

    /// <summary>Gets the deliveries that were set aside because of that end.</summary>
    public ImmutableArray<RawPath> NewlySetAside { get; private init; } = [];

    /// <summary>
    /// Gets how many deliveries may be in hand at once after a death; null: as many as the configuration allows.
    /// </summary>
    public int? AtOnce => mark.AtOnce;

    /// <summary>Gets the deliveries that are set aside now.</summary>
    public ImmutableArray<RawPath> SetAside => [.. mark.SetAside.Keys];

    public bool IsSetAside(RawPath root) => mark.SetAside.ContainsKey(root);

    /// <summary>Learns how the last run ended, and begins the mark of this one.</summary>
    /// <param name="complain">Called where the mark cannot be written: the agent goes on without it.</param>
    /// <param name="boot">The id of this boot; null: the kernel's.</param>
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
    /// Writes down which deliveries are in hand. It must be called before anything of a delivery is staged. When it
    /// returns, the note survives the death of this process, but not a power cut.
    /// </summary>
    public void InHand(IReadOnlyCollection<RawPath> roots)
    {
        lock (changing)
        {
            if (written.Length == roots.Count && written.All(roots.Contains)) return;
            WriteInHand([.. roots]);
        }
    }

    /// <summary>Notes that a delivery is finished: it has a verdict, and all its consequences are on disk.</summary>
    public void Cleared(RawPath root) => Change(mark => mark.Cleared(root));

    /// <summary>Forgets deliveries that are not in the drop any more.</summary>
    public void KeepOnly(Func<RawPath, bool> isThere) => Change(mark => mark.Only(isThere));

    /// <summary>Takes what a look has found of a delivery that is set aside.</summary>
    /// <returns>False where the delivery has changed, and is not set aside any more.</returns>
    public bool Looked(RawPath root, string fingerprint)
    {
        Change(mark => mark.Looked(root, fingerprint));
        return IsSetAside(root);
    }

    /// <summary>Answers the operator's <c>retry</c>: nothing is suspected or set aside any more.</summary>
    public void Forgive() => Change(mark => mark.Forgiven());

    /// <summary>Notes that the agent ends in good order.</summary>
    public void Stopped(string cause) => Change(mark => mark with { Stopped = cause });

    /// <summary>Notes that the process ends because of a fault that was not caught.</summary>
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
        DurableFile.Replace(
            folder, InHandName, Encoding.UTF8.GetBytes(InHandMark.Write(mark.Boot, mark.Pid, roots)), Mode);
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

    /// <summary>Reads a file that only the agent writes; null where it cannot be read.</summary>
    static string? TryRead(string path)
    {
        const int Longest = 1 << 20;
        try { return File.Exists(path) && new FileInfo(path).Length <= Longest ? File.ReadAllText(path) : null; }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { return null; }
    }
}
