using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Difusor.Agent.Journal;

/// <summary>
/// Follows a journal's chain line by line (contract, section 11) and stops at the first line that does not fit. Memory
/// use does not grow with the journal. If a line's successor names another digest, the line was altered, unless the
/// successor itself does not fit its own successor. So the decision about a line waits for the line after it.
/// </summary>
/// <param name="witnesses">Heads that are known from elsewhere, by their <c>seq</c>.</param>
/// <param name="fromTheFirst">Whether record 1 must come first; false if only a later part of a journal is
/// available.</param>
public sealed class ChainVerifier(IReadOnlyDictionary<long, Witness> witnesses, bool fromTheFirst = true)
{
    readonly byte[] head = new byte[SHA256.HashSizeInBytes];
    readonly byte[] prev = new byte[SHA256.HashSizeInBytes];
    (string File, int Line, long Seq) last, beforeLast;
    ChainProblem? suspected;

    public long Records { get; private set; }

    /// <summary>
    /// Gets the number of the first record that was followed; 1 if the journal was followed from its beginning.
    /// </summary>
    public long FirstSeq { get; private set; }

    /// <summary>Gets the number of the last record; 0 before the first.</summary>
    public long Seq => last.Seq;

    public string Head => Records == 0 ? JournalRecord.Genesis : Convert.ToHexStringLower(head);

    /// <summary>Gets how many records a witness has confirmed.</summary>
    public long Confirmed { get; private set; }

    public ChainProblem? Problem { get; private set; }

    /// <summary>
    /// Takes the next line, without its line feed. Call it until it returns false; then <see cref="Problem"/> is set.
    /// </summary>
    public bool Follow(string file, int line, ReadOnlySpan<byte> bytes)
    {
        if (Problem is not null) return false;
        Problem = Judge(file, line, bytes, out var seq);
        if (Problem is not null) return false;
        SHA256.HashData(bytes, head);
        if (Records++ == 0) FirstSeq = seq;
        (beforeLast, last) = (last, (file, line, seq));
        if (suspected is null) Problem = Contradicted();
        return Problem is null;
    }

    /// <summary>
    /// Ends the check. A line that is still suspected counts as wrong, and a witness of a later record means that the
    /// tail was cut off.
    /// </summary>
    public ChainProblem? End()
    {
        if (Problem is null && suspected is not null)
            Problem = witnesses.ContainsKey(Seq) && Contradicted() is null ? BeforeSuspected() : suspected;
        if (Problem is not null || witnesses.Count == 0) return Problem;
        var latest = witnesses.MaxBy(witness => witness.Key);
        if (latest.Key > Seq)
            Problem = new(ChainBreak.CutTail, last.File ?? "", last.Line, Seq + 1, latest.Value.Where);
        return Problem;
    }

    ChainProblem? Judge(string file, int line, ReadOnlySpan<byte> bytes, out long seq)
    {
        if (!ReadLinks(bytes, out seq)) return suspected ?? new(ChainBreak.NotARecord, file, line, Seq + 1, "");
        if (Records == 0 && seq > 1) return fromTheFirst ? new(ChainBreak.Missing, file, line, 1, "") : null;
        if (Records == 0)
            return prev.AsSpan().ContainsAnyExcept((byte)0) ? new(ChainBreak.Altered, file, line, seq, "") : null;
        var fits = prev.AsSpan().SequenceEqual(head);
        if (suspected is not null)
            return fits && seq == Seq + 1 && suspected.Kind == ChainBreak.Altered ? BeforeSuspected() : suspected;
        if (seq > Seq + 1) return new(ChainBreak.Missing, file, line, Seq + 1, At(last));
        if (seq <= Seq) return new(ChainBreak.OutOfOrder, file, line, seq, At(last));
        if (!fits)
            suspected =
                new(file == last.File ? ChainBreak.Altered : ChainBreak.FilesDisagree, file, line, seq, At(last));
        return null;
    }

    /// <summary>
    /// Returns the problem when the suspected line proves to be as written: then the line before it was altered.
    /// </summary>
    ChainProblem BeforeSuspected()
    {
        var (file, line, seq) = beforeLast;
        return suspected!.Kind == ChainBreak.Altered
            ? new(ChainBreak.Altered, file, line, seq, $"{suspected.File}:{suspected.Line}") : suspected;
    }

    ChainProblem? Contradicted()
    {
        if (!witnesses.TryGetValue(Seq, out var witness)) return null;
        if (!witness.Head.Span.SequenceEqual(head))
            return new(ChainBreak.WitnessDiffers, last.File, last.Line, Seq, witness.Where);
        Confirmed++;
        return null;
    }

    static string At((string File, int Line, long Seq) place) => $"{place.File}:{place.Line}";

    /// <summary>
    /// Reads <c>seq</c>, and <c>prev</c> into its buffer. Returns false if the line is not a record. The whole line
    /// must be JSON.
    /// </summary>
    bool ReadLinks(ReadOnlySpan<byte> line, out long seq)
    {
        seq = 0;
        var hasPrev = false;
        try
        {
            var json = new Utf8JsonReader(line);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isSeq = json.ValueTextEquals("seq"u8);
                var isPrev = json.ValueTextEquals("prev"u8);
                json.Read();
                if (isSeq && !json.TryGetInt64(out seq)) return false;
                if (isPrev) hasPrev = json.TokenType == JsonTokenType.String && ReadHex(json.ValueSpan);
                json.Skip();
            }
            return json.TokenType == JsonTokenType.EndObject && !json.Read() && seq > 0 && hasPrev;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    bool ReadHex(ReadOnlySpan<byte> hex) =>
        hex.Length == 2 * prev.Length && Convert.FromHexString(hex, prev, out _, out _) == OperationStatus.Done;
}
