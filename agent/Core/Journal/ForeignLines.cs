using System.Globalization;

namespace Difusor.Agent.Journal;

/// <summary>
/// Lines of a syslog file that came through the agent's socket from another account. The shipped rsyslog drop-in marks
/// each line with the account that the kernel names, before anything that the sender wrote; so whoever forges a line
/// cannot forge its mark.
/// </summary>
/// <remarks>
/// The agent's account is the one of the first marked line. Not the one whose lines agree with the journal: whoever
/// rewrites the journal could send lines that agree with it, and the genuine ones, which came first, would be taken for
/// forged. A line without a mark is the agent's: where nothing shows who wrote a line, one that disagrees stays an
/// alarm.
/// </remarks>
/// <param name="First">The first one: file and line.</param>
/// <param name="Agent">The agent's account, a uid.</param>
/// <param name="Accounts">The others', each once, in the order in which they came; at most <see
/// cref="MostAccounts"/>.</param>
public sealed record ForeignLines(long Lines, string First, long Agent, IReadOnlyList<long> Accounts)
{
    public const int MostAccounts = 20;

    /// <summary>Counts them, line by line.</summary>
    internal sealed class Count
    {
        static readonly byte[] Mark = " [sender@32473 uid=\""u8.ToArray(), Seq = "seq=\""u8.ToArray();

        readonly List<long> accounts = [];
        long? agent;
        long lines;
        string first = "";

        /// <summary>Whether a line that has a head is a foreign one.</summary>
        public bool Takes(ReadOnlySpan<byte> line, string where)
        {
            if (AccountOf(line) is not { } account || account == (agent ??= account)) return false;
            if (lines++ == 0) first = where;
            if (accounts.Count < MostAccounts && !accounts.Contains(account)) accounts.Add(account);
            return true;
        }

        public ForeignLines? Found => lines == 0 ? null : new ForeignLines(lines, first, agent ?? 0, accounts);

        /// <summary>
        /// The first mark counts, and only before the first <c>seq</c>: what a sender wrote comes after it.
        /// </summary>
        static long? AccountOf(ReadOnlySpan<byte> line)
        {
            if (line.IndexOf(Mark) is not (>= 0 and var mark) || line[..mark].IndexOf(Seq) >= 0) return null;
            var rest = line[(mark + Mark.Length)..];
            return rest.IndexOf((byte)'"') is > 0 and < 11 and var end
                && long.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var account)
                    ? account : null;
        }
    }
}
