namespace Difusor.Agent.Journal;

/// <summary>
/// Lines of a syslog file that came through the agent's socket from another account. The shipped rsyslog drop-in marks
/// each line with the account that the kernel names, before anything that the sender wrote. So a forger cannot forge
/// the mark.
/// </summary>
/// <remarks>
/// The agent's account is taken from the first marked line, not from the lines that agree with the journal. Otherwise
/// somebody who rewrites the journal could send lines that agree with it, and the genuine lines, which came first,
/// would be taken for forged. A line without a mark counts as the agent's: if nothing shows who wrote a line that
/// disagrees, it stays an alarm.
/// </remarks>
/// <param name="First">The first such line: file and line number.</param>
/// <param name="Agent">The uid of the agent's account.</param>
/// <param name="Accounts">The uids of the others, each once, in the order of their first line; at most
/// <see cref="MostAccounts"/>.</param>
public sealed record ForeignLines(long Lines, string First, long Agent, IReadOnlyList<long> Accounts)
{
    public const int MostAccounts = 20;

    /// <summary>Counts such lines, line by line.</summary>
    internal sealed class Count
    {
        static readonly byte[] Mark = " [sender@32473 uid=\""u8.ToArray(), Seq = "seq=\""u8.ToArray();

        readonly List<long> accounts = [];
        long? agent;
        long lines;
        string first = "";

        /// <summary>Returns whether a line that has a head comes from another account.</summary>
        public bool Takes(ReadOnlySpan<byte> line, string where)
        {
            if (AccountOf(line) is not { } account || account == (agent ??= account)) return false;
            if (lines++ == 0) first = where;
            if (accounts.Count < MostAccounts && !accounts.Contains(account)) accounts.Add(account);
            return true;
        }

        public ForeignLines? Found => lines == 0 ? null : new ForeignLines(lines, first, agent ?? 0, accounts);

        /// <summary>
        /// Returns the account in the first mark. It counts only before the first <c>seq</c>, because the sender's own
        /// text comes after it.
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
