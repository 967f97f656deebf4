namespace Difusor.Agent.Journal;

/// <summary>
/// The last record that the agent knew to be on disk. It is kept beside the journal and rewritten in place after each
/// record, so a tail that was cut off, or a changed last line, is found without an outside witness. After a crash it
/// may lag behind; it is never ahead.
/// </summary>
public readonly record struct HeadMark(long Seq, string Head)
{
    public const string FileName = "head";

    /// <summary>Returns the text. Its length is always the same, so that it can be overwritten in place.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Seq:D20} {Head}\n");

    public static HeadMark? Read(string text) =>
        text.Length == 86 && text[20] == ' '
            && long.TryParse(text.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            ? new HeadMark(seq, text.Substring(21, 64)) : null;
}
