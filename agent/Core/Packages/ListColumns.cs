using System.Collections.Frozen;

namespace Difusor.Agent.Packages;

/// <summary>
/// The columns of a HASH file that is a table: a CSV with a header, hashdeep's list, a table that PowerShell or 7-Zip
/// prints, or what <see cref="HashLine"/> describes.
/// </summary>
sealed class ListColumns
{
    /// <summary>The most columns that are read: HashMyFiles, which has the most, writes 17.</summary>
    internal const int Most = 64;

    static readonly byte[][] Separators = [";"u8.ToArray(), ","u8.ToArray(), "\t"u8.ToArray()];
    static readonly byte[] Blanks = " "u8.ToArray();

    /// <summary>The words that a header has, without blanks and hyphens.</summary>
    static readonly FrozenDictionary<string, Meaning> Words = new Dictionary<string, Meaning>
    {
        ["name"] = Meaning.Name, ["filename"] = Meaning.Name, ["file"] = Meaning.Name, ["archivo"] = Meaning.Name,
        ["nombre"] = Meaning.Name, ["nombrearchivo"] = Meaning.Name, ["nombredearchivo"] = Meaning.Name,
        ["nombredelarchivo"] = Meaning.Name, ["fichero"] = Meaning.Name,
        ["path"] = Meaning.Path, ["fullpath"] = Meaning.Path, ["filepath"] = Meaning.Path,
        ["fullname"] = Meaning.Path, ["ruta"] = Meaning.Path, ["rutacompleta"] = Meaning.Path,
        ["hash"] = Meaning.Digest, ["digest"] = Meaning.Digest, ["checksum"] = Meaning.Digest,
        ["huella"] = Meaning.Digest, ["hashvalue"] = Meaning.Digest, ["valorhash"] = Meaning.Digest,
        ["algorithm"] = Meaning.Algorithm, ["algoritmo"] = Meaning.Algorithm, ["hashalgorithm"] = Meaning.Algorithm,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>What a column, or a field of a record, has. A path says more than a name beside it.</summary>
    internal enum Meaning { Other, Name, Path, Digest, Algorithm }

    readonly byte[] separator;

    ListColumns(byte[] separator) => this.separator = separator;

    /// <summary>Gets how many fields each line has; 0 until the first line shows it.</summary>
    internal int Count { get; set; }

    /// <summary>Gets which field, from 0, has the name.</summary>
    internal int Name { get; private init; }

    /// <summary>Gets which fields have digests, and of which algorithm where the header says so.</summary>
    internal ImmutableArray<(int Column, DigestAlgorithm? Algorithm)> Digests { get; private init; }

    /// <summary>Gets which field names the algorithm; -1: none.</summary>
    internal int Algorithm { get; private init; } = -1;

    /// <summary>Gets whether the name is the last field and takes the rest of the line, separators and all.</summary>
    internal bool NameTakesRest { get; private init; }

    /// <summary>Gets whether the fields lie below each other, with blanks between them and lines of hyphens.</summary>
    internal bool IsPrinted => separator == Blanks && NameTakesRest;

    /// <summary>Gets whether the configuration, and no header, says what the fields are.</summary>
    internal bool IsDescribed { get; private init; }

    internal static ListColumns Described(HashLine line) => new(Encoding.UTF8.GetBytes(line.Separator))
    {
        Name = line.Name - 1, Digests = [(line.Digest - 1, null)], IsDescribed = true,
    };

    /// <summary>Reads the header of a CSV; null if the line is none.</summary>
    internal static ListColumns? OfCsv(ReadOnlySpan<byte> line)
    {
        foreach (var separator in Separators)
            if (Of(line, separator, restIsName: false) is { } columns) return columns;
        return null;
    }

    /// <summary>Reads what follows <c>%%%%</c> in hashdeep's second line; null if it names nothing known.</summary>
    internal static ListColumns? OfHashdeep(ReadOnlySpan<byte> line) =>
        Of(line, Separators[1], restIsName: true) is { } columns && columns.Name == columns.Count - 1 ? columns : null;

    /// <summary>
    /// Reads the header of a printed table, whose columns are one word each; null if the line is none. Only a name in
    /// the last column can be told from what is beside it.
    /// </summary>
    internal static ListColumns? OfPrinted(ReadOnlySpan<byte> line) =>
        Of(line, Blanks, restIsName: true) is { } columns && columns.Name == columns.Count - 1 ? columns : null;

    static ListColumns? Of(ReadOnlySpan<byte> line, byte[] separator, bool restIsName)
    {
        Span<Range> fields = stackalloc Range[Most];
        var count = Split(line.TrimEnd(" \t"u8), separator, fields);
        if (count < 2) return null;
        var (name, isPath, algorithm) = (-1, false, -1);
        var digests = ImmutableArray.CreateBuilder<(int Column, DigestAlgorithm? Algorithm)>();
        for (var at = 0; at < count; at++)
        {
            var meaning = MeaningOf(line[fields[at]], out var named);
            if (meaning == Meaning.Digest)
            {
                // Two columns for the same digest: which of them counts?
                foreach (var other in digests)
                    if (other.Algorithm == named || other.Algorithm is null || named is null) return null;
                digests.Add((at, named));
            }
            else if (meaning == Meaning.Algorithm)
            {
                if (algorithm >= 0) return null;
                algorithm = at;
            }
            else if (meaning is Meaning.Name or Meaning.Path && !(isPath && meaning == Meaning.Name))
            {
                if (name >= 0 && isPath == (meaning == Meaning.Path)) return null;
                (name, isPath) = (at, meaning == Meaning.Path);
            }
        }
        return name < 0 || digests.Count == 0 ? null : new ListColumns(separator)
        {
            Count = count, Name = name, Digests = digests.ToImmutable(), Algorithm = algorithm,
            NameTakesRest = restIsName,
        };
    }

    /// <summary>Returns what a word of a header, or of a record, stands for.</summary>
    /// <param name="algorithm">The algorithm that it names; null if none.</param>
    internal static Meaning MeaningOf(ReadOnlySpan<byte> word, out DigestAlgorithm? algorithm)
    {
        algorithm = null;
        if (word.Length > 64) return Meaning.Other;
        var whole = Encoding.UTF8.GetString(word);
        var parts = whole.Split([' ', '_', '(', ')', '\t'], StringSplitOptions.RemoveEmptyEntries);
        foreach (var part in parts) algorithm ??= HashFileReader.AlgorithmNamed(Encoding.UTF8.GetBytes(part));
        if (algorithm is not null) return Meaning.Digest;
        return Words.GetValueOrDefault(string.Concat(parts).Replace("-", "", StringComparison.Ordinal));
    }

    /// <summary>Splits a line into its fields.</summary>
    /// <returns>How many there are; -1 if there are too many, or quotes where none can be.</returns>
    internal int Split(ReadOnlySpan<byte> line, Span<Range> fields) =>
        Split(line, separator, fields, NameTakesRest ? Count : int.MaxValue);

    /// <summary>
    /// Splits a line into fields. A field in double quotes is taken without them, and may have the separator in it. A
    /// single blank separates as any number of blanks.
    /// </summary>
    /// <param name="most">The field, counted from 1, that takes the rest of the line, as it is.</param>
    /// <returns>How many there are; -1 if there are too many, or quotes where none can be.</returns>
    internal static int Split(
        ReadOnlySpan<byte> line, ReadOnlySpan<byte> separator, Span<Range> fields, int most = int.MaxValue)
    {
        var areBlanks = separator is [(byte)' '];
        for (int count = 0, at = 0; count < fields.Length;)
        {
            while (areBlanks && at < line.Length && line[at] is (byte)' ' or (byte)'\t') at++;
            var (begin, end, after) = (at, line.Length, line.Length);
            if (count == most - 1) { }
            else if (at < line.Length && line[at] == '"')
            {
                if (line[(at + 1)..].IndexOf((byte)'"') is not (>= 0 and var length)) return -1;
                (begin, end, after) = (at + 1, at + 1 + length, at + 2 + length);
                if (after < line.Length && !(areBlanks ? line[after] is (byte)' ' or (byte)'\t'
                    : line[after..].StartsWith(separator))) return -1;
            }
            else if ((areBlanks ? line[at..].IndexOfAny((byte)' ', (byte)'\t') : line[at..].IndexOf(separator))
                is >= 0 and var length) end = after = at + length;
            fields[count++] = begin..end;
            if (after == line.Length) return count;
            at = after + separator.Length;
        }
        return -1;
    }
}
