using System.Text.Json;

namespace Difusor.Agent.Packages;

/// <summary>
/// The corte that a JSON file of a site states: <c>fechaCorte</c> with <c>horaCorte</c>, <c>archivoCorte</c>, and what
/// a profile names. The case of a key and <c>_</c> or <c>-</c> in it do not matter. What is in an array of several
/// things is rows, and states nothing.
/// </summary>
public sealed class CorteJson
{
    /// <summary>How many bytes of a file <see cref="Read"/> needs.</summary>
    public const int HeadBytes = 32 * 1024;

    const int Deepest = 64, LongestKey = 64, LongestValue = 128;

    static readonly JsonReaderOptions Options =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = Deepest };

    readonly List<(string Date, string Time)> pairs = [("fechacorte", "horacorte")];
    readonly List<string> whole = ["archivocorte"];
    readonly HashSet<string> keys;
    readonly Stack<Level> open = new();
    readonly List<(int Depth, List<CorteStamp> Stamps)> found = [];

    CorteJson(IReadOnlyList<CorteInJson> places)
    {
        foreach (var place in places)
            if (place.Stamp is { } stamp) whole.Add(Folded(stamp));
            else if (place is { Date: { } date, Time: { } time }) pairs.Add((Folded(date), Folded(time)));
        keys = [.. whole, .. pairs.Select(pair => pair.Date), .. pairs.Select(pair => pair.Time)];
    }

    public static bool Is(ReadOnlySpan<char> path) => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Returns the stamps of the object nearest the top, and of several there, of the newest; empty if the file states
    /// none. Never throws; what follows a fault or the end of the head counts as not there.
    /// </summary>
    /// <param name="head">The file's first bytes.</param>
    /// <param name="places">What the profile names for this file.</param>
    public static IReadOnlyList<CorteStamp> Read(ReadOnlySpan<byte> head, IReadOnlyList<CorteInJson> places)
    {
        if (head is [0xEF, 0xBB, 0xBF, ..]) head = head[3..];
        // Most files of a site have none, and this is much faster than to read them.
        if (places.Count == 0 && head.IndexOf("orte"u8) < 0 && head.IndexOf("ORTE"u8) < 0) return [];
        var json = new CorteJson(places);
        json.ReadAll(head);
        return json.found.Count == 0 ? []
            : json.found.OrderBy(one => one.Depth).ThenByDescending(one => one.Stamps.Max(stamp => stamp.Local))
                .First().Stamps;
    }

    void ReadAll(ReadOnlySpan<byte> head)
    {
        var reader = new Utf8JsonReader(head, isFinalBlock: false, new JsonReaderState(Options));
        try { while (reader.Read()) Take(ref reader); }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException) { }
        // An array that is cut off may have had more elements: so what is in it counts as rows.
        var levels = open.Reverse().ToList();
        var array = levels.FindIndex(level => level.IsArray);
        if (array >= 0) found.RemoveRange(levels[array].Found, found.Count - levels[array].Found);
        for (var depth = 0; depth < (array < 0 ? levels.Count : array); depth++) Close(levels[depth], depth);
    }

    void Take(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
        {
            if (open.TryPop(out var ended)) Close(ended, open.Count);
            return;
        }
        var parent = open.TryPeek(out var level) ? level : null;
        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            parent!.Key = reader.ValueSpan.Length <= LongestKey && Folded(reader.GetString()!) is var key
                && keys.Contains(key) ? key : null;
            return;
        }
        if (parent is { IsArray: true }) parent.Elements++;
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            open.Push(new Level(reader.TokenType == JsonTokenType.StartArray, found.Count));
        else if (parent?.Key is { } named && reader.TokenType == JsonTokenType.String
            && reader.ValueSpan.Length <= LongestValue) parent.Values[named] = reader.GetString()!;
    }

    void Close(Level level, int depth)
    {
        if (level is { IsArray: true, Elements: > 1 }) found.RemoveRange(level.Found, found.Count - level.Found);
        List<CorteStamp> stamps =
        [
            .. pairs.Select(pair => Of(level.Value(pair.Date), level.Value(pair.Time)))
                .Concat(whole.Select(key => Of(level.Value(key)))).OfType<CorteStamp>(),
        ];
        if (stamps.Count > 0) found.Add((depth, stamps));
    }

    /// <summary>Returns the stamp of a date and a time. Either may hold both: .NET writes a date with a time.</summary>
    static CorteStamp? Of(string? date, string? time)
    {
        if (date is null || time is null) return CorteStamp.Read(date ?? time ?? "");
        return CorteStamp.Read($"{date} {time}")
            ?? (CorteStamp.Read(date) is { } both
                ? CorteStamp.Read($"{both.Local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} {time}") : null);
    }

    /// <summary>Returns a stamp in one value: a date and time, or a name of the form <c>YYYYMMDD_HHMM…</c>.</summary>
    static CorteStamp? Of(string? value) => value is null ? null
        : CorteStamp.Read(value)
            ?? (PackageName.Read(value).Stamp is { } named ? new CorteStamp(named, null) : null);

    static string Folded(string key) => key.Replace("_", "", StringComparison.Ordinal)
        .Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>An object or array that is open.</summary>
    /// <param name="Found">How many stamps had been found before it.</param>
    sealed record Level(bool IsArray, int Found)
    {
        /// <summary>Gets the values of the keys that matter.</summary>
        public Dictionary<string, string> Values { get; } = [];

        public string? Value(string key) => Values.GetValueOrDefault(key);

        /// <summary>Gets or sets the key whose value comes next; null if it does not matter.</summary>
        public string? Key { get; set; }

        public int Elements { get; set; }
    }
}
