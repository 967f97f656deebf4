namespace Difusor.Agent.Journal;

/// <summary>
/// The ways in which a journal can be damaged. Each has its sentence in messages.json (<c>journal.break-...</c>).
/// </summary>
public enum ChainBreak { NotARecord, Missing, OutOfOrder, Altered, FilesDisagree, CutTail, WitnessDiffers,
    WitnessesDiffer }

/// <summary>The first line that does not fit.</summary>
/// <param name="File">The name of the file.</param>
/// <param name="Line">The line number, from 1. If a tail was cut off, the last line that still exists.</param>
/// <param name="Seq">The number of the record that is wrong; if records are missing, the first of them.</param>
/// <param name="Evidence">What contradicts it: the line after it, a line before it, the head mark, or a line of the
/// syslog file. May be empty.</param>
public sealed record ChainProblem(ChainBreak Kind, string File, int Line, long Seq, string Evidence);

/// <summary>A head that is known from outside the journal's lines: from the head mark, or from a syslog file.</summary>
/// <param name="Where">The file and line, for people.</param>
public sealed record Witness(ReadOnlyMemory<byte> Head, string Where)
{
    public static Witness Of(string hex, string where) => new(Convert.FromHexString(hex), where);
}
