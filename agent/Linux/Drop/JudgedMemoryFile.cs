using Difusor.Agent.Drop;
using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Keeps the memory of judged deliveries on disk: <c>judged.jsonl</c> below <c>paths.state</c>. Each verdict appends a
/// line, and the last line of a name counts. A line that a crash left incomplete is forgotten. Once enough lines are
/// outdated (<see cref="MostOutdated"/>) the file is rewritten.
/// </summary>
sealed class JudgedMemoryFile(string stateFolder)
{
    const string Name = "judged.jsonl";

    /// <summary>How many lines may be outdated, on top of as many as count, before the file is rewritten.</summary>
    internal const int MostOutdated = 1000;

    readonly Dictionary<RawPath, JudgedDelivery> known = [];
    int lines;
    bool isTorn;

    public void Load()
    {
        var path = Path.Combine(stateFolder, Name);
        if (!File.Exists(path)) return;
        var text = File.ReadAllText(path);
        isTorn = text.Length > 0 && text[^1] != '\n';
        foreach (var one in JudgedMemory.Read(text))
        {
            known[one.Root] = one;
            lines++;
        }
    }

    public bool Has(RawPath root) => known.ContainsKey(root);

    public bool Holds(JudgedDelivery delivery) =>
        known.TryGetValue(delivery.Root, out var one) && one.Fingerprint == delivery.Fingerprint;

    public bool WasAccepted(RawPath root) => known.TryGetValue(root, out var one) && one.Accepted;

    public Packages.Corte? LaterOf(RawPath root) => known.GetValueOrDefault(root)?.Later;

    public void Add(JudgedDelivery delivery)
    {
        known[delivery.Root] = delivery;
        if (isTorn || lines >= 2 * known.Count + MostOutdated)
        {
            using var folder = OwnFolder.Open(stateFolder);
            DurableFile.Write(
                folder, Name, Encoding.UTF8.GetBytes(JudgedMemory.Write(known.Values)), Modes.PrivateFile);
            (lines, isTorn) = (known.Count, false);
        }
        else Append(Encoding.UTF8.GetBytes(JudgedMemory.Write([delivery])));
    }

    /// <summary>Forgets what has left the drop. Its lines leave the file when that is rewritten.</summary>
    public void KeepOnly(Func<RawPath, bool> isThere)
    {
        foreach (var root in known.Keys)
            if (!isThere(root)) known.Remove(root);
    }

    void Append(byte[] line)
    {
        var path = Path.Combine(stateFolder, Name);
        const OpenFlags Flags =
            OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_APPEND | OpenFlags.O_CLOEXEC | OpenFlags.O_NOFOLLOW;
        var file = SystemFault.Check(Syscall.open(path, Flags, (FilePermissions)Modes.PrivateFile), "open", path);
        // If writing stops halfway, nothing may be appended to the incomplete line.
        isTorn = true;
        using var handle = new SafeFileHandle(file, ownsHandle: true);
        DurableFile.WriteAll(handle, line, path);
        SystemFault.Check(Syscall.fdatasync(file), "fdatasync", path);
        isTorn = false;
        lines++;
    }
}
