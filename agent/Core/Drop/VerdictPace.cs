using Difusor.Agent.Configuration;

namespace Difusor.Agent.Drop;

/// <summary>
/// How soon one entry of the drop may have its next verdict: the first three at once, for an honest sender mends too;
/// then after growing pauses. It goes
/// by the name, so that removing an entry and making it again changes nothing. All instants are nanoseconds of
/// CLOCK_MONOTONIC.
/// </summary>
public sealed class VerdictPace(DropLayout layout)
{
    /// <summary>How many names are remembered; beyond it those with the fewest verdicts go first.</summary>
    public const int MostNames = 10_000;

    const int AtOnce = 3;
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10), LongestPause = TimeSpan.FromMinutes(5),
    Quiet = TimeSpan.FromMinutes(10);

    readonly Dictionary<RawPath, (int Verdicts, long Last)> names = [];

    /// <summary>
    /// The instant before which the entry has no further verdict; zero where it may have one at once.
    /// </summary>
    public long NotBefore(RawPath name) =>
        names.TryGetValue(name, out var known) && known.Verdicts >= AtOnce
            ? known.Last + Patience.Nanos(PauseAfter(known.Verdicts)) : 0;

    /// <summary>Verdicts that the entry has had since it was last quiet for long.</summary>
    public int VerdictsOf(RawPath name) => names.GetValueOrDefault(name).Verdicts;

    public void Judged(RawPath name, long now)
    {
        if (names.Count >= MostNames && !names.ContainsKey(name)) MakeRoom(now);
        var known = names.GetValueOrDefault(name);
        names[name] = (IsQuiet(known, now) ? 1 : known.Verdicts + 1, now);
    }

    /// <summary>It brought what was hoped for: its next verdict comes at once.</summary>
    public void Reset(RawPath name) => names.Remove(name);

    /// <summary>The operator wants all of it judged again, or other rules hold.</summary>
    public void Reset() => names.Clear();

    /// <summary>In a tree all cortes come under one name, so nobody waits there for long.</summary>
    TimeSpan PauseAfter(int verdicts)
    {
        if (layout == DropLayout.Tree) return FirstPause;
        var pause = FirstPause * Math.Pow(2, Math.Min(verdicts - AtOnce, 10));
        return pause < LongestPause ? pause : LongestPause;
    }

    static bool IsQuiet((int Verdicts, long Last) known, long now) => now - known.Last >= Patience.Nanos(Quiet);

    void MakeRoom(long now)
    {
        foreach (var (name, known) in names)
            if (known.Verdicts < AtOnce || IsQuiet(known, now)) names.Remove(name);
        if (names.Count >= MostNames) names.Clear();
    }
}
