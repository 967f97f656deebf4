using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Events;

/// <summary>What a reason, a warning or a hold means, and what resolves it.</summary>
/// <param name="Key">The configuration key that would resolve it; null if there is none.</param>
/// <param name="Waivable">Whether <c>publish --waive</c> accepts it (contract, section 8).</param>
/// <param name="Said">A hold in the middle of a sentence; null for a rejection or a warning.</param>
public sealed record ReasonEntry(
    string Code, Actor Who, string? Key, bool Waivable, Text Means, Text Mend, Text? Said)
{
    /// <summary>Gets what resolves it where the detail begins so, in place of <see cref="Mend"/>.</summary>
    public ImmutableArray<(string Detail, Text Mend)> MendWhere { get; init; } = [];

    /// <summary>Returns what resolves it.</summary>
    /// <param name="detail">What was found, in English or in the language; null if that is not known.</param>
    public string MendOf(Language language, string? detail)
    {
        foreach (var (beginning, mend) in MendWhere)
            if (detail is not null && (detail.StartsWith(beginning, StringComparison.Ordinal)
                || detail.StartsWith(Details.In(language, beginning), StringComparison.Ordinal)))
                return mend.In(language);
        return Mend.In(language);
    }
}

/// <summary>
/// The codes of reasons.json: why a package is rejected, what warnings it has, why it is held or the gate is closed.
/// </summary>
public static class ReasonCatalogue
{
    const int MendsInASentence = 3;
    static readonly Lazy<FrozenDictionary<string, FrozenDictionary<string, ReasonEntry>>> Sections = new(Read);

    public static IReadOnlyDictionary<string, ReasonEntry> Rejections => Sections.Value["rejections"];
    public static IReadOnlyDictionary<string, ReasonEntry> Warnings => Sections.Value["warnings"];
    public static IReadOnlyDictionary<string, ReasonEntry> Holds => Sections.Value["holds"];

    /// <summary>Returns what resolves rejections, as sentences, each once; nothing for any other code.</summary>
    public static IEnumerable<string> Mends(
        Language language, IEnumerable<(string Code, string? Detail)> rejections) =>
        rejections.Select(one => Rejections.GetValueOrDefault(one.Code)?.MendOf(language, one.Detail))
            .OfType<string>().Distinct();

    /// <summary>Returns what resolves a hold, as a sentence; null for any other code.</summary>
    public static string? MendOfHold(Language language, string code) =>
        Holds.GetValueOrDefault(code)?.Mend.In(language);

    /// <summary>
    /// Returns what a code means, as a part of a sentence: <c>falta un archivo (missing-file)</c>; null for any that
    /// this version does not know.
    /// </summary>
    /// <param name="isWarning">Whether it is the code of a warning: some are a reason too.</param>
    public static string? Words(Language language, string code, bool isWarning = false)
    {
        var entry = isWarning ? Warnings.GetValueOrDefault(code) : Rejections.GetValueOrDefault(code);
        entry ??= Rejections.GetValueOrDefault(code) ?? Warnings.GetValueOrDefault(code)
            ?? Holds.GetValueOrDefault(code);
        if (entry is null) return null;
        var means = entry.Means.In(language).TrimEnd('.');
        return $"{char.ToLowerInvariant(means[0])}{means[1..]} ({code})";
    }

    /// <summary>Returns a hold as part of a sentence; any other text as it is.</summary>
    public static Text Say(string code) => Holds.GetValueOrDefault(code)?.Said ?? new Text(code, code);

    /// <summary>
    /// Returns what resolves the reasons of an event: the field <c>reason</c>, or the first three distinct codes of
    /// <c>reasons</c>.
    /// </summary>
    internal static string MendsOf(Language language, JsonObject fields)
    {
        if (fields["reasons"] is not JsonArray reasons)
            return fields["reason"] is JsonValue value && value.TryGetValue(out string? reason)
                ? MendOfHold(language, reason) ?? "" : "";
        var findings = reasons.OfType<JsonObject>()
            .Select(finding => (Code: (string?)finding["code"] ?? "", Detail: (string?)finding["detail"])).ToList();
        var first = findings.Select(finding => finding.Code).Distinct().Take(MendsInASentence).ToHashSet();
        return string.Join(' ', Mends(language, findings.Where(finding => first.Contains(finding.Code))));
    }

    /// <summary>Reads the file anew.</summary>
    internal static FrozenDictionary<string, FrozenDictionary<string, ReasonEntry>> Read()
    {
        using var file = TextFile.Read("reasons.json");
        return file.RootElement.EnumerateObject().ToFrozenDictionary(section => section.Name,
            section =>
                section.Value.EnumerateObject()
                .ToFrozenDictionary(entry => entry.Name, entry => ReadEntry(entry.Name, entry.Value)));
    }

    /// <summary>
    /// Reads an entry. For a rejection the program itself, not the file, says who must act and whether it is waivable.
    /// </summary>
    static ReasonEntry ReadEntry(string code, JsonElement entry)
    {
        ReasonTraits? traits = entry.TryGetProperty("who", out var who) ? null
            : ReasonTraits.Of(ReasonCodes.Named(code) ?? throw new InvalidDataException($"{code} is no reason"));
        return new ReasonEntry(
            code, traits?.Who ?? Enum.Parse<Actor>(who.GetString()!, ignoreCase: true),
            entry.TryGetProperty("key", out var key) ? key.GetString() : null,
            traits?.Waivable ?? GateReasons.Named(code)?.IsOfTheClock() ?? false,
            TextFile.Both(entry.GetProperty("means")), TextFile.Both(entry.GetProperty("mend")),
            entry.TryGetProperty("said", out var said) ? TextFile.Both(said) : null)
        {
            MendWhere = entry.TryGetProperty("mend-where", out var cases)
                ? [.. cases.EnumerateObject().Select(one => (one.Name, TextFile.Both(one.Value)))] : [],
        };
    }
}
