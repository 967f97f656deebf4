namespace Difusor.Agent.Packages;

/// <summary>
/// A release's name: the corte's local date and time, and the number of its sealing: <c>20210606-2020-0007</c>. It is
/// used as a folder's name, a file's name and a word of <c>current.map</c>, so it has only digits and hyphens.
/// </summary>
public readonly record struct ReleaseId
{
    ReleaseId(string value) => Value = value;

    public string Value { get; }

    public static ReleaseId For(Corte corte, long sequence) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{corte.At:yyyyMMdd-HHmm}-{sequence:0000}"));

    /// <summary>Reads a name found on disk; null if the agent did not write it.</summary>
    public static ReleaseId? Read(string name)
    {
        var parts = name.Split('-');
        return parts.Length == 3 && parts[0].Length == 8 && parts[1].Length == 4 && parts[2].Length is >= 4 and <= 12
            && parts.All(part => part.All(char.IsAsciiDigit)) ? new ReleaseId(name) : null;
    }

    /// <summary>Gets its place in the order of sealing.</summary>
    public long Sequence =>
        Value is not null
            && long.TryParse(
            Value.AsSpan(Value.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture,
            out var sequence) ? sequence : 0;

    public override string ToString() => Value;
}
