using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Journal;

/// <summary>
/// The result of <c>journal verify</c>: how far the chain was followed, and the first line that does not fit, if any.
/// </summary>
/// <param name="Torn">Whether the last line has no line feed yet: the agent is writing it, or a crash tore it.</param>
public sealed record JournalAudit(
    long Records, long FirstSeq, long Seq, string Head, long Confirmed, bool Torn, ChainProblem? Problem)
{
    /// <summary>
    /// Gets whether something outside the lines shows that no record follows the last one: the head mark, or a message
    /// of syslog. Without either, a cut tail leaves no trace.
    /// </summary>
    public bool IsEndProven { get; init; }

    /// <summary>Follows the chain through <paramref name="files"/>, in their order.</summary>
    /// <param name="witnesses">Heads from a syslog file.</param>
    /// <param name="mark">The head mark beside the journal.</param>
    /// <param name="fromTheFirst">Whether the first record must be record 1.</param>
    public static JournalAudit Of(
        IReadOnlyList<string> files, IReadOnlyDictionary<long, Witness> witnesses, HeadMark? mark,
        bool fromTheFirst = true)
    {
        var known = mark is { } kept && !witnesses.ContainsKey(kept.Seq)
            ? new Dictionary<long, Witness>(witnesses) { [kept.Seq] = Witness.Of(kept.Head, HeadMark.FileName) }
                : witnesses;
        var chain = new ChainVerifier(known, fromTheFirst);
        var torn = files.Any(file => !FollowFile(chain, file, isLast: file == files[^1]) && chain.Problem is null);
        chain.End();
        return new JournalAudit(
            chain.Records, chain.FirstSeq, chain.Seq, chain.Head, chain.Confirmed, torn, chain.Problem)
        {
            IsEndProven = mark is not null || witnesses.ContainsKey(chain.Seq),
        };
    }

    /// <returns>False: stop following the chain.</returns>
    static bool FollowFile(ChainVerifier chain, string file, bool isLast)
    {
        var name = Path.GetFileName(file);
        using var stream = JournalFolder.Open(file);
        var lines = new LineReader(stream);
        while (lines.Read())
        {
            if (!lines.Ended && isLast) return false;
            if (!chain.Follow(name, lines.Number, lines.Ended ? lines.Line : default)) return false;
        }
        return true;
    }
}
