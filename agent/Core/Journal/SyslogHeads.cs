using System.Buffers;

namespace Difusor.Agent.Journal;

/// <summary>
/// The heads that a syslog file has kept, by their <c>seq</c>. It finds our own <c>seq="..." head="..."</c> in either
/// format, with any text around it, as rsyslog, syslog-ng or journalctl write it. The first pair of a line counts,
/// because a sender's text comes after it, escaped. Lines that are marked with another account than the first marked
/// line are foreign: they prove nothing for or against the journal, and nor do those of another instance of this host.
/// </summary>
/// <param name="Messages">How many lines had a head, without the foreign ones and those of other instances.</param>
/// <param name="Conflict">Set if two lines name different heads for one record; null otherwise.</param>
/// <param name="Foreign">What other accounts wrote in the agent's name; null if none did.</param>
public sealed record SyslogHeads(
    IReadOnlyDictionary<long, Witness> Heads, long Messages, ChainProblem? Conflict, ForeignLines? Foreign)
{
    static readonly byte[] Seq = "seq=\""u8.ToArray(), HeadAfterSeq = "\" head=\""u8.ToArray(),
    Name = "difusor-agent"u8.ToArray(), Agent = " agent=\""u8.ToArray();

    static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdef"u8);

    /// <param name="instance">The instance whose lines count; null: those of all.</param>
    public static SyslogHeads Read(LineReader lines, string file, string? instance = null)
    {
        var heads = new Dictionary<long, Witness>();
        var messages = 0L;
        ChainProblem? conflict = null;
        var foreign = new ForeignLines.Count();
        while (lines.Read())
        {
            if (Find(lines.Line) is not var (seq, head, sender)) continue;
            if (instance is not null && sender != instance) continue;
            var where = string.Create(CultureInfo.InvariantCulture, $"{file}:{lines.Number}");
            if (foreign.Takes(lines.Line, where)) continue;
            messages++;
            if (!heads.TryGetValue(seq, out var known)) heads.Add(seq, Witness.Of(head, where));
            else if (!known.Head.Span.SequenceEqual(Convert.FromHexString(head)))
                conflict ??= new(ChainBreak.WitnessesDiffer, file, lines.Number, seq, known.Where);
        }
        return new SyslogHeads(heads, messages, conflict, foreign.Found);
    }

    static (long Seq, string Head, string Instance)? Find(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf(Name) is not (>= 0 and var name) || line[name..].IndexOf(Seq) is not (>= 0 and var start))
            return null;
        var rest = line[(name + start + Seq.Length)..];
        if (rest.IndexOf(HeadAfterSeq) is not (> 0 and < 20 and var digits)
            || rest.Length < digits + HeadAfterSeq.Length + 65) return null;
        var head = rest.Slice(digits + HeadAfterSeq.Length, 65);
        if (head[64] != '"' || head[..64].ContainsAnyExcept(Hex)) return null;
        return long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            ? (seq, Encoding.ASCII.GetString(head[..64]), InstanceOf(rest[(digits + HeadAfterSeq.Length + 65)..]))
            : null;
    }

    /// <summary>Returns the instance that is told right after the head; the first one tells none.</summary>
    static string InstanceOf(ReadOnlySpan<byte> rest)
    {
        if (!rest.StartsWith(Agent)) return AgentStatus.OnlyInstance;
        var name = rest[Agent.Length..];
        return name.IndexOf((byte)'"') is >= 0 and var end ? Encoding.UTF8.GetString(name[..end])
            : AgentStatus.OnlyInstance;
    }
}
