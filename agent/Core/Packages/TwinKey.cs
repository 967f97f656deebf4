namespace Difusor.Agent.Packages;

/// <summary>
/// Makes one key for all paths that some file system treats as the same: canonically decomposed (NFD), then
/// case-folded. string.Normalize does nothing under InvariantGlobalization, so the program has its own table
/// (decompositions.txt).
/// </summary>
public static class TwinKey
{
    const int HangulFirst = 0xAC00, HangulLast = 0xD7A3, Leading = 0x1100, Vowel = 0x1161, Trailing = 0x11A7,
    Vowels = 21, Trailings = 28;

    static readonly Lazy<(Dictionary<int, int[]> Decompositions, Dictionary<int, int> Classes)> Table = new(ReadTable);

    public static string Of(string path)
    {
        if (Ascii.IsValid(path)) return path.ToLowerInvariant();
        var key = new StringBuilder(path.Length + 8);
        foreach (var code in Codes(path))
            // Upper case first: the long s, the final sigma and some others share their upper case with the plain
            // letter.
            if (code == 0xDF) key.Append("ss");
            else key.Append(Rune.ToLowerInvariant(Rune.ToUpperInvariant(new Rune(code))).ToString());
        return key.ToString();
    }

    /// <summary>
    /// Returns the one spelling (NFD) of all paths that differ in their Unicode form only: they name the same file.
    /// </summary>
    public static string Decomposed(string path)
    {
        if (Ascii.IsValid(path)) return path;
        var form = new StringBuilder(path.Length + 8);
        foreach (var code in Codes(path)) form.Append(new Rune(code).ToString());
        return form.ToString();
    }

    static List<int> Codes(string path)
    {
        var codes = new List<int>(path.Length + 8);
        foreach (var rune in path.EnumerateRunes()) Decompose(rune.Value, codes);
        Order(codes);
        return codes;
    }

    static void Decompose(int code, List<int> codes)
    {
        if (code is >= HangulFirst and <= HangulLast)
        {
            var index = code - HangulFirst;
            codes.Add(Leading + index / (Vowels * Trailings));
            codes.Add(Vowel + index % (Vowels * Trailings) / Trailings);
            if (index % Trailings is var trailing and > 0) codes.Add(Trailing + trailing);
        }
        else if (code > 0x7F && Table.Value.Decompositions.TryGetValue(code, out var parts)) codes.AddRange(parts);
        else codes.Add(code);
    }

    /// <summary>
    /// Puts combining marks in canonical order: a stable sort by class, between two characters of class 0.
    /// </summary>
    static void Order(List<int> codes)
    {
        for (var start = 0; start < codes.Count; start++)
        {
            var end = start;
            while (end < codes.Count && ClassOf(codes[end]) > 0) end++;
            if (end - start < 2) continue;
            var sorted = codes.GetRange(start, end - start).OrderBy(ClassOf).ToList();
            for (var i = 0; i < sorted.Count; i++) codes[start + i] = sorted[i];
            start = end;
        }
    }

    static int ClassOf(int code) => code < 0x300 ? 0 : Table.Value.Classes.GetValueOrDefault(code);

    static (Dictionary<int, int[]>, Dictionary<int, int>) ReadTable()
    {
        var (decompositions, classes) = (new Dictionary<int, int[]>(), new Dictionary<int, int>());
        using var text = new StreamReader(typeof(TwinKey).Assembly.GetManifestResourceStream("decompositions.txt")
            ?? throw new InvalidOperationException("decompositions.txt is not in the program"));
        while (text.ReadLine() is { } line)
        {
            if (line[0] == '#') continue;
            var numbers = line[2..].Split(' ').Select(Number).ToArray();
            if (line[0] == 'D') decompositions[numbers[0]] = numbers[1..];
            else for (var code = numbers[0]; code <= numbers[1]; code++) classes[code] = numbers[2];
        }
        return (decompositions, classes);
    }

    static int Number(string hex) =>
        int.TryParse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number)
        ? number : throw new InvalidOperationException($"decompositions.txt has {hex}, which is no number");
}
