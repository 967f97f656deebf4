using Difusor.Agent.Configuration;

namespace Difusor.Agent.Drop;

/// <summary>
/// Decides how soon one entry of the drop may have its next verdict. The first three come at once, because an honest
/// sender also makes corrections; after that the pauses grow. It counts by name, so removing an entry and creating it
/// again changes nothing. All instants are nanoseconds of CLOCK_MONOTONIC.
/// </summary>
public sealed class VerdictPace(DropLayout layout)
{
    /// <summary>
    /// How many names are remembered. When it is full, names with fewer than three verdicts and quiet names are
    /// forgotten; if that frees nothing, all are.
    /// </summary>
    public const int MostNames = 10_000;

    const int AtOnce = 3;
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10), LongestPause = TimeSpan.FromMinutes(5),
    Quiet = TimeSpan.FromMinutes(10);

    readonly Dictionary<RawPath, (int Verdicts, long Last)> names = [];

    /// <summary>
    /// Returns the instant before which the entry gets no further verdict; zero if it may have one at once.
    /// </summary>
    public long NotBefore(RawPath name) =>
        names.TryGetValue(name, out var known) && known.Verdicts >= AtOnce
            ? known.Last + Patience.Nanos(PauseAfter(known.Verdicts)) : 0;

    /// <summary>Returns how many verdicts the entry has had since its last long quiet period.</summary>
    public int VerdictsOf(RawPath name) => names.GetValueOrDefault(name).Verdicts;

    public void Judged(RawPath name, long now)
    {
        if (names.Count >= MostNames && !names.ContainsKey(name)) MakeRoom(now);
        var known = names.GetValueOrDefault(name);
        names[name] = (IsQuiet(known, now) ? 1 : known.Verdicts + 1, now);
    }

    /// <summary>Forgets an entry that brought what was expected: its next verdict comes at once.</summary>
    public void Reset(RawPath name) => names.Remove(name);

    /// <summary>Forgets all entries: the operator wants everything judged again, or the rules have changed.</summary>
    public void Reset() => names.Clear();

    /// <summary>Returns the pause. In a tree all cortes come under one name, so the pause stays short there.</summary>
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
