using System.Collections.Concurrent;
using Difusor.Agent.Drop;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// What must be published, as the agent loop says: the sentinel's threads compare the disk with it. The loop updates it
/// after each swap, so a swap may overtake what a thread finds: the loop looks again before it reports. It announces
/// its heals before it makes them (<see cref="Changing"/>).
/// </summary>
public sealed class PublishedState
{
    const int LongestMap = 4096;

    /// <summary>
    /// Guards <see cref="changing"/> and every change of <see cref="expected"/> and <see cref="status"/>; these two are
    /// read without it.
    /// </summary>
    readonly Lock gate = new();
    readonly ConcurrentQueue<ReleaseId> unread = new();
    volatile Expectation expected = Expectation.Nothing;
    volatile WatchStatus status = new();
    int changing;

    /// <summary>Raised on the loop's thread when there is something new to compare the disk with.</summary>
    internal event Action? Changed;

    public Expectation Expected => expected;
    public WatchStatus Status => status;

    /// <summary>
    /// Announces that the loop changes <c>current</c> and <c>current.map</c>, from now until the result is disposed.
    /// </summary>
    public IDisposable Changing()
    {
        lock (gate) changing++;
        return new Swap(this);
    }

    /// <summary>Sets what must be published from now on.</summary>
    public void Expect(Expectation now)
    {
        lock (gate) expected = now;
        Changed?.Invoke();
    }

    /// <summary>
    /// Asks for a check of the pages of a release that has just been published: they must show its corte.
    /// </summary>
    public void CheckShown(ReleaseId release)
    {
        unread.Enqueue(release);
        Changed?.Invoke();
    }

    /// <summary>Takes the next release whose pages must be read.</summary>
    internal bool TryTakeUnread(out ReleaseId release) => unread.TryDequeue(out release);

    internal void Update(Func<WatchStatus, WatchStatus> change)
    {
        lock (gate) status = change(status);
    }

    /// <summary>Returns the alterations whose release must still be published.</summary>
    internal ImmutableArray<Alteration> StillExpected(IEnumerable<Alteration> found)
    {
        var now = expected;
        return [.. found.Where(
            alteration => alteration.Release is not { } id || now.Of(alteration.Root)?.Trees.ContainsKey(id) == true)];
    }

    /// <summary>Returns what is wrong with the links, the map and the mounts of some roots.</summary>
    /// <returns>Null: a swap is under way, so nothing can be said now.</returns>
    internal ImmutableArray<Alteration>? Judge(IEnumerable<Root> roots, MountTable mounts)
    {
        Expectation then;
        lock (gate)
        {
            if (changing > 0) return null;
            then = expected;
        }
        var found = ImmutableArray.CreateBuilder<Alteration>();
        foreach (var name in roots)
            if (then.Of(name) is { } root) LookAtRoot(root, mounts, found);
        lock (gate)
        {
            return changing == 0 && ReferenceEquals(then, expected) ? found.ToImmutable() : null;
        }
    }

    static void LookAtRoot(ExpectedRoot root, MountTable mounts, ImmutableArray<Alteration>.Builder found)
    {
        using var folder = TreeLook.OpenRoot(root, out var refusal);
        if (folder is null)
        {
            found.Add(
                new Alteration(
                root.Root, null, refusal == Errno.ENOENT ? AlterationKind.Removed : AlterationKind.Type, ".", null,
                null, $"open: {refusal}"));
            return;
        }
        // Read the mounts after the folder is open: otherwise a mount that comes in between would be missed, and what
        // is seen through it would be reported without it.
        found.AddRange(root.Mounts(mounts.Read()));
        // Another account could change a place that it may write to: the root, the folder above the releases, the map.
        foreach (var path in new[] { ".", "releases", "current.map" })
        {
            if ((path == "." ? folder.Identity : folder.Identify(Encoding.ASCII.GetBytes(path)))
                is not { Kind: not FileKind.Symlink } there) continue;
            if ((there.Mode & 0x12) != 0)
                found.Add(
                    new Alteration(
                    root.Root, null, AlterationKind.Mode, path, null, null,
                    $"mode 0{Convert.ToString((int)there.Mode, 8)} lets others write"));
            if (there.Uid != Syscall.geteuid())
                found.Add(
                    new Alteration(
                    root.Root, null, AlterationKind.Owner, path, null, null,
                    $"owner uid {there.Uid} in place of {Syscall.geteuid()}"));
        }
        var target = new StringBuilder(4096);
        var length = Syscall.readlink($"{root.Folder}/current", target);
        if (root.Link(length < 0 ? null : target.ToString(0, length),
            length < 0 ? $"readlink: {Stdlib.GetLastError()}" : "") is { } link) found.Add(link);
        if (root.Map(ReadMap(folder, out var detail), detail) is { } map) found.Add(map);
        if (root.Notice is { } notice) found.AddRange(LookAtNotice(notice, folder).Select(ExpectedRoot.OfNotice));
    }

    static List<Alteration> LookAtNotice(SealedTree notice, SafeFolder root)
    {
        using var folder = root.TryOpenFolder(Encoding.ASCII.GetBytes(ExpectedRoot.NoticeFolder), out _);
        return folder is null ? [.. notice.At("", null)] : new TreeLook().Below(notice, folder, default, read: true);
    }

    static string? ReadMap(SafeFolder folder, out string detail)
    {
        detail = "";
        using var file = folder.TryOpenFile("current.map"u8, out var refusal);
        if (file is null)
        {
            detail = $"open: {refusal}";
            return null;
        }
        var text = new byte[LongestMap];
        try { return Encoding.UTF8.GetString(text, 0, FileBytes.Fill(file, text, 0, "current.map")); }
        catch (SystemFault fault)
        {
            detail = fault.Message;
            return null;
        }
    }

    sealed class Swap(PublishedState state) : IDisposable
    {
        bool over;

        public void Dispose()
        {
            lock (state.gate)
            {
                if (over) return;
                over = true;
                state.changing--;
            }
            state.Changed?.Invoke();
        }
    }
}
