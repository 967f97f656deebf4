namespace Difusor.Agent.Packages.Archives;

/// <summary>
/// What a pax extended header (POSIX.1-2024, pax) says about the next entry; other keywords have no effect here.
/// </summary>
sealed class PaxRecords
{
    public byte[]? Path { get; private set; }
    public long? Size { get; private set; }
    public bool IsSparse { get; private set; }

    /// <summary>Reads <c>LENGTH KEYWORD=VALUE\n</c> records, which must fill the header to its last byte.</summary>
    public static PaxRecords Read(ReadOnlySpan<byte> header)
    {
        var records = new PaxRecords();
        while (!header.IsEmpty)
        {
            var space = header[..Math.Min(header.Length, 12)].IndexOf((byte)' ');
            if (space <= 0 || Decimal(header[..space]) is not { } length || length > header.Length
                || length <= space + 1)
                throw ArchiveRefused.Bad("a pax record without a right length");
            var record = header[(space + 1)..(int)length];
            var equals = record.IndexOf((byte)'=');
            if (record[^1] != '\n' || equals <= 0)
                throw ArchiveRefused.Bad("a pax record that is no 'keyword=value' line");
            records.Add(Encoding.Latin1.GetString(record[..equals]), record[(equals + 1)..^1]);
            header = header[(int)length..];
        }
        return records;
    }

    void Add(string keyword, ReadOnlySpan<byte> value)
    {
        switch (keyword)
        {
            case "path":
                if (Path is not null) throw ArchiveRefused.Bad("a pax header with two paths");
                Path = value.ToArray();
                break;
            case "size":
                if (Size is not null) throw ArchiveRefused.Bad("a pax header with two sizes");
                Size = Decimal(value) ?? throw ArchiveRefused.Bad("a pax size that is no number");
                break;
            default:
                IsSparse |= keyword.StartsWith("GNU.sparse.", StringComparison.Ordinal) || keyword == "SCHILY.realsize";
                break;
        }
    }

    static long? Decimal(ReadOnlySpan<byte> digits)
    {
        if (digits.IsEmpty || digits.Length > 18 || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return null;
        var number = 0L;
        foreach (var digit in digits) number = number * 10 + (digit - '0');
        return number;
    }
}
