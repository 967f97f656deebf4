namespace Difusor.Agent.Journal;

/// <summary>
/// How a journal can be not whole. Each has its sentence in messages.json (<c>journal.break-...</c>).
/// </summary>
public enum ChainBreak { NotARecord, Missing, OutOfOrder, Altered, FilesDisagree, CutTail, WitnessDiffers,
    WitnessesDiffer }

/// <summary>The first line that does not fit.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Line">From 1; of a tail that was cut off, the last line that is still there.</param>
/// <param name="Seq">The record it is about; of missing ones the first.</param>
/// <param name="Evidence">What contradicts it: the line after it, a line before it, the head mark, or a line of the
/// syslog file. May be empty.</param>
public sealed record ChainProblem(ChainBreak Kind, string File, int Line, long Seq, string Evidence);

/// <summary>
/// A head that is known from elsewhere than the journal's lines: from the head mark, or from a syslog file.
/// </summary>
/// <param name="Where">Which file and line, for people.</param>
public sealed record Witness(ReadOnlyMemory<byte> Head, string Where)
{
    public static Witness Of(string hex, string where) => new(Convert.FromHexString(hex), where);
}
