namespace Difusor.Agent.Packages;

/// <summary>
/// Reads the forms of tools other than coreutils and BSD: the name before the digest, CSV, hashdeep, certutil,
/// PowerShell's Get-FileHash, 7-Zip's table, comments of SFV lists and of FCIV, and a clear signature around any form.
/// </summary>
sealed partial class HashFileReader
{
    const string UnknownForm = "a line of no known form";

    /// <summary>How many lines 7-Zip may write before its table; it writes about five.</summary>
    const int MostBefore = 40;

    /// <summary>What the next line must be.</summary>
    enum Form
    {
        /// <summary>Any of the forms that need no other line.</summary>
        Lines,
        /// <summary>A line of the table that <see cref="columns"/> describes.</summary>
        Rows,
        /// <summary>The line of hyphens below the header of a printed table.</summary>
        UnderHeader,
        /// <summary>The digest that certutil writes below the name.</summary>
        DigestOfCertutil,
        /// <summary>A field of a record, such as Format-List writes, until a blank line.</summary>
        Record,
        /// <summary>What 7-Zip writes before its table.</summary>
        BeforeTable,
        /// <summary>What 7-Zip writes after its table.</summary>
        AfterTable,
    }

    Form form;
    ListColumns? columns;
    ClearSigned? armour;
    bool isOf7Zip, hasTitle, hasDigestOfCertutil;
    int entriesAtHeader;

    // What a form of several lines has shown so far: where name and digest lie in the text.
    (int Start, int Length)? recordName, recordDigest;
    DigestAlgorithm? recordAlgorithm;

    bool IsFirst => Entries == 0 && bare is null;

    /// <summary>Reads a line that is neither coreutils' nor BSD's.</summary>
    string? ReadOther(ReadOnlySpan<byte> line)
    {
        if (line[0] == ';' || line.SequenceEqual("//"u8) || line.StartsWith("// "u8)) return null;
        if (line.StartsWith("%%%% "u8)) return ReadHashdeepHeader(line[5..]);
        if (IsFirst && armour is null && ClearSigned.Begins(line))
        {
            armour = new ClearSigned();
            return null;
        }
        if (IsHeadOfCertutil(line)) return null;
        if (line.StartsWith("CertUtil: -hashfile "u8) && hasDigestOfCertutil)
        {
            hasDigestOfCertutil = false;
            return null;
        }
        if (IsPrompt(line)) return null;
        if (IsField(line))
        {
            form = Form.Record;
            return null;
        }
        return ReadPair(line, out var problem) ? problem : IsFirst && IsBeginning(line) ? null : UnknownForm;
    }

    string? ReadInForm(ReadOnlySpan<byte> line, bool isIndented)
    {
        switch (form)
        {
            case Form.Rows: return ReadRow(line, isIndented);
            case Form.DigestOfCertutil: return ReadDigestOfCertutil(line);
            case Form.Record: return IsField(line) ? null : UnknownForm;
            case Form.AfterTable: return null;
            case Form.BeforeTable:
                return IsHeaderOfPrinted(line) || number <= MostBefore ? null : UnknownForm;
            case Form.UnderHeader:
                if (IsRule(line))
                {
                    form = columns is null ? Form.Lines : Form.Rows;
                    return null;
                }
                // It was no header: before 7-Zip's table anything, otherwise a title.
                (columns, form) = (null, isOf7Zip ? Form.BeforeTable : Form.Lines);
                return ReadText(line, isIndented);
            case Form.Lines: return UnknownForm;
        }
        return UnknownForm;
    }

    /// <returns>What is missing at the end of the text; null if nothing is.</returns>
    string? ReadEnd() => EndRecord() is { } problem ? problem
        : form == Form.DigestOfCertutil ? "a name without its digest"
        : armour is { Ends: false } ? "a clear signed text without its end" : null;

    /// <summary>
    /// Reads <c>name digest</c>, or both in either order with a semicolon, a comma or a tab between them; each may be
    /// in double quotes.
    /// </summary>
    /// <returns>Whether the line has this form, be it right or not.</returns>
    bool ReadPair(ReadOnlySpan<byte> line, out string? problem)
    {
        Span<Range> fields = stackalloc Range[3];
        var trimmed = line.TrimEnd(" \t"u8);
        if (trimmed[^1] == '"') line = trimmed;
        foreach (var separator in ";,\t"u8)
        {
            if (ListColumns.Split(line, [separator], fields) != 2) continue;
            ReadOnlySpan<byte> left = line[fields[0]].Trim(" \t"u8), right = line[fields[1]].Trim(" \t"u8);
            var (first, second) = (AlgorithmOf(left), AlgorithmOf(right));
            if (first is null && second is null) continue;
            problem = first is not null && second is not null ? "two digests and no name"
                : first is { } before ? AddPair(NameIn(line, fields[1]), left, before)
                : AddPair(NameIn(line, fields[0]), right, second!.Value);
            return true;
        }
        problem = null;
        var at = trimmed.LastIndexOfAny(" \t"u8);
        if (at < 0 || AlgorithmOf(trimmed[(at + 1)..]) is not { } algorithm) return false;
        var name = trimmed[..at].TrimEnd(" \t"u8);
        // What stands there is a separator of some form that is not known, and not a part of the name.
        if (":=|>-*#~;,"u8.Contains(name[^1])) return false;
        if (name.Length > 2 && name[0] == '"' && name[^1] == '"') name = name[1..^1];
        problem = AddPair(name, trimmed[(at + 1)..], algorithm);
        return true;
    }

    string? AddPair(ReadOnlySpan<byte> name, ReadOnlySpan<byte> hex, DigestAlgorithm algorithm) =>
        IsNamedForAnother(algorithm, out var problem) ? problem
            : Add(WithoutTabs(name), algorithm, hex, escaped: false);

    /// <summary>Returns a name as it is in quotes, and otherwise without blanks before it.</summary>
    static ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> line, Range field) =>
        field.Start.Value > 0 && line[field.Start.Value - 1] == '"' ? line[field] : line[field].TrimStart(" \t"u8);

    /// <summary>Takes a line that only a list's beginning may have: a header, or what 7-Zip says of itself.</summary>
    bool IsBeginning(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("7-Zip "u8))
        {
            (isOf7Zip, form) = (true, Form.BeforeTable);
            return true;
        }
        // Excel's line about the separator of what follows.
        if (line.StartsWith("sep="u8) && line.Length == 5) return true;
        if (ListColumns.OfCsv(line) is { } csv)
        {
            (columns, form) = (csv, Form.Rows);
            return true;
        }
        return !hasTitle && (hasTitle = IsHeaderOfPrinted(line));
    }

    /// <summary>Takes the header of a table that is printed with blanks between its columns.</summary>
    bool IsHeaderOfPrinted(ReadOnlySpan<byte> line)
    {
        if (ListColumns.OfPrinted(line) is not { } printed) return false;
        (columns, form) = (printed, Form.UnderHeader);
        return true;
    }

    /// <summary>Returns whether a line is the hyphens below a header, or the end of 7-Zip's table.</summary>
    static bool IsRule(ReadOnlySpan<byte> line) => line.StartsWith("--"u8) && !line.ContainsAnyExcept("- "u8);

    string? ReadHashdeepHeader(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("HASHDEEP-"u8)) return null;
        if (!MayHaveHeader() || ListColumns.OfHashdeep(line) is not { } known) return "columns that are not known";
        (columns, form) = (known, Form.Rows);
        return null;
    }

    string? ReadRow(ReadOnlySpan<byte> line, bool isIndented)
    {
        if (line.StartsWith("%%%% "u8)) return ReadHashdeepHeader(line[5..]);
        if (columns!.IsPrinted && IsRule(line))
        {
            (columns, form) = (null, isOf7Zip ? Form.AfterTable : Form.Lines);
            return null;
        }
        // 7-Zip lists folders without a digest, too.
        if (isOf7Zip && isIndented) return null;
        Span<Range> fields = stackalloc Range[ListColumns.Most];
        var trimmed = line.TrimEnd(" \t"u8);
        if (!columns.NameTakesRest && trimmed[^1] == '"') line = trimmed;
        var count = columns.Split(line, fields);
        var problem = count < 0 ? "quotes where none can be, or too many fields"
            : columns.Count > 0 && count != columns.Count ? $"{count} fields in place of {columns.Count}"
            : count <= Math.Max(columns.Name, columns.Digests[^1].Column) ? "too few fields"
            : AddRow(line, fields);
        if (problem is null) columns.Count = count;
        else if (IsHeaderAgain(line)) return null;
        return problem;
    }

    string? AddRow(ReadOnlySpan<byte> line, ReadOnlySpan<Range> fields)
    {
        var name = columns!.NameTakesRest ? line[fields[columns.Name]] : NameIn(line, fields[columns.Name]);
        DigestAlgorithm? ofRow = null;
        if (columns.Algorithm >= 0)
        {
            var word = line[fields[columns.Algorithm]].Trim(" \t"u8);
            ofRow = AlgorithmNamed(word);
            if (ofRow is null) return $"an algorithm that is not known: {Printable.Of(word)}";
        }
        var added = false;
        foreach (var (column, ofColumn) in columns.Digests)
        {
            var hex = line[fields[column]].Trim(" \t"u8);
            if (hex.IsEmpty && columns.Digests.Length > 1) continue;
            if (AlgorithmOf(hex) is not { } algorithm) return "no digest where one should be";
            if ((ofColumn ?? ofRow) is { } stated)
            {
                if (stated != algorithm) return NotTheDigits(stated);
            }
            else if (IsNamedForAnother(algorithm, out var other)) return other;
            if (Add(WithoutTabs(name), algorithm, hex, escaped: false) is { } problem) return problem;
            added = true;
        }
        return added ? null : "no digest where one should be";
    }

    /// <summary>
    /// Returns whether a line among the rows is a header: of the next of several lists in one file, or, before the
    /// first row, of what the configuration describes.
    /// </summary>
    bool IsHeaderAgain(ReadOnlySpan<byte> line)
    {
        if (columns!.IsDescribed)
        {
            if (hasTitle || !IsFirst || HasDigest(line)) return false;
            return hasTitle = true;
        }
        if (!MayHaveHeader()) return false;
        if (columns.IsPrinted) return IsHeaderOfPrinted(line);
        if (ListColumns.OfCsv(line) is not { } again) return false;
        columns = again;
        return true;
    }

    /// <summary>
    /// Returns whether there was a row since the last header: a header is not looked for in each line.
    /// </summary>
    bool MayHaveHeader()
    {
        if (columns is not null && Entries == entriesAtHeader) return false;
        entriesAtHeader = Entries;
        return true;
    }

    /// <summary>
    /// Returns whether a text has as many hex digits in a row as the shortest digest; certutil has blanks between
    /// bytes.
    /// </summary>
    internal static bool HasDigest(ReadOnlySpan<byte> text)
    {
        var digits = 0;
        foreach (var b in text)
            if (char.IsAsciiHexDigit((char)b))
            {
                if (++digits == 32) return true;
            }
            else if (b != ' ') digits = 0;
        return false;
    }
}
