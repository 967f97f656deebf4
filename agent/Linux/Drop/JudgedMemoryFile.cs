using System.Text;
using Difusor.Agent.Drop;

namespace Difusor.Agent.Linux;

/// <summary>The memory of judged deliveries on disk: <c>judged.jsonl</c> below <c>paths.state</c>, replaced as a whole.</summary>
sealed class JudgedMemoryFile(string stateFolder)
{
    const string Name = "judged.jsonl";

    readonly Dictionary<RawPath, JudgedDelivery> known = [];

    public void Load()
    {
        var path = Path.Combine(stateFolder, Name);
        if (!File.Exists(path)) return;
        foreach (var one in JudgedMemory.Read(File.ReadAllText(path))) known[one.Root] = one;
    }

    public bool Has(RawPath root) => known.ContainsKey(root);

    public bool Holds(JudgedDelivery delivery) => known.TryGetValue(delivery.Root, out var one) && one.Fingerprint == delivery.Fingerprint;

    public bool WasAccepted(RawPath root) => known.TryGetValue(root, out var one) && one.Accepted;

    public void Add(JudgedDelivery delivery)
    {
        known[delivery.Root] = delivery;
        using var folder = OwnFolder.Open(stateFolder);
        DurableFile.Write(folder, Name, Encoding.UTF8.GetBytes(JudgedMemory.Write(known.Values)), 0x180); // 0600
    }

    /// <summary>Forgets what has left the drop; written with the next one that is added.</summary>
    public void KeepOnly(Func<RawPath, bool> isThere)
    {
        foreach (var root in known.Keys.ToList())
            if (!isThere(root)) known.Remove(root);
    }
}
