using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Configuration;

/// <summary>The kinds of values that keys have.</summary>
static partial class Shapes
{
    public static Shape<bool> Boolean { get; } = new ScalarShape<bool>(
        new Said("config.boolean"),
        scalar => (scalar is { Plain: true, Text: "true" or "false" }, scalar.Text == "true"),
        (value, _) => value, () => new JsonObject { ["type"] = "boolean" });

    public static Shape<int> Integer(int least, int most) => new ScalarShape<int>(
        new Said("config.integer", ("least", least), ("most", most)),
        scalar =>
            scalar.Plain
            && int.TryParse(
            scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
            out var number) && number >= least && number <= most
            ? (true, number) : default,
        (value, _) => value, () => new JsonObject { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most });

    public static Shape<double> Number(double least, double most) => new ScalarShape<double>(
        new Said("config.number", ("least", least), ("most", most)),
        scalar =>
            scalar.Plain
            && double.TryParse(
            scalar.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most ? (true, number) : default,
        (value, _) => value, () => new JsonObject { ["type"] = "number", ["minimum"] = least, ["maximum"] = most });

    public static Shape<TimeSpan> Duration(string least, string most)
    {
        var (from, to) = (Quantity.ReadDuration(least), Quantity.ReadDuration(most));
        return new ScalarShape<TimeSpan>(
            new Said("config.duration", ("least", least), ("most", most)),
            scalar => Quantity.ReadDuration(scalar.Text) is { } duration && duration >= from && duration <= to
                ? (true, duration) : default,
            (value, _) => Quantity.Show(value), () => Pattern("^[0-9]+(ms|s|m|h)$"));
    }

    public static Shape<long> Size(string least, string most)
    {
        var (from, to) = (Quantity.ReadSize(least), Quantity.ReadSize(most));
        return new ScalarShape<long>(
            new Said("config.size", ("least", least), ("most", most)),
            scalar => Quantity.ReadSize(scalar.Text) is { } size && size >= from && size <= to ? (true, size) : default,
            (value, _) => Quantity.ShowSize(value), () => Pattern("^[0-9]+(B|KiB|MiB|GiB|TiB)$"));
    }

    public static Shape<DateTimeOffset> Instant { get; } = new ScalarShape<DateTimeOffset>(
        new Said("config.instant"),
        scalar => InstantForm().IsMatch(scalar.Text)
            && DateTimeOffset.TryParseExact(
                scalar.Text, ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mmzzz"], CultureInfo.InvariantCulture,
                DateTimeStyles.None, out var at)
            ? (true, at) : default,
        (value, _) => value.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture), () =>
            Pattern(InstantPattern));

    public static Shape<DateOnly> Date { get; } = new ScalarShape<DateOnly>(
        new Said("config.date"),
        scalar => DateOnly.TryParseExact(
            scalar.Text, DateForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? (true, date) : default,
        (value, _) => value.ToString(DateForm, CultureInfo.InvariantCulture), () =>
            Pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"));

    /// <summary>
    /// Returns the shape of a text for which <paramref name="fits"/> is true. A text that looks like a number, true,
    /// false or null must be quoted, as in any YAML.
    /// </summary>
    public static Shape<string> Text(
        string expected, Func<string, bool> fits, Func<string, string>? mask = null, string? pattern = null) =>
        new ScalarShape<string>(
        new Said(expected),
        scalar => IsText(scalar) && !scalar.Text.Any(char.IsControl) && fits(scalar.Text) ? (true, scalar.Text)
            : (false, ""),
        (value, masked) => masked && mask is not null ? mask(value) : value,
        () => pattern is null ? new JsonObject { ["type"] = "string", ["minLength"] = 1 } : Pattern(pattern),
        secret: mask is not null);

    /// <summary>
    /// Returns the shape of a path on the host; a relative one is below <paramref name="folder"/>, which is the file's
    /// own folder.
    /// </summary>
    public static Shape<string> Path(string folder) => new ScalarShape<string>(
        new Said("config.path"),
        scalar => IsText(scalar) && scalar.Text.Length is > 0 and <= 4000 && !scalar.Text.Any(char.IsControl)
            ? (true, Absolute(folder, scalar.Text)) : (false, ""),
        (value, _) => value, () => new JsonObject { ["type"] = "string", ["minLength"] = 1 });

    public static Shape<T> OneOf<T>(params IReadOnlyList<(string Name, T Value)> choices) => new ScalarShape<T>(
        new Said("config.one-of", ("allowed", string.Join(", ", choices.Select(choice => choice.Name)))),
        scalar => choices.FirstOrDefault(choice => choice.Name == scalar.Text) is { Name: not null } choice
            ? (true, choice.Value) : default,
        (value, _) => choices.First(choice => Equals(choice.Value, value)).Name,
        () => new JsonObject { ["enum"] =
            new JsonArray([.. choices.Select(choice => JsonValue.Create(choice.Name))]) });

    /// <param name="named">
    /// Whether the address may begin with the name of the site to ask it for: <c>https://SITE@127.0.0.1/</c>.
    /// </param>
    public static Shape<Uri> Url(Func<Uri, string> mask, bool named = false) => new ScalarShape<Uri>(
        new Said(named ? "config.probe-url" : "config.url"),
        scalar => Uri.TryCreate(scalar.Text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            && url.Host.Length > 0
            && (url.UserInfo.Length == 0 || (named && Uri.CheckHostName(url.UserInfo) == UriHostNameType.Dns))
                && !scalar.Text.Any(c => char.IsControl(c) || c == ' ')
            ? (true, url) : (false, null!),
        (value, masked) => masked ? mask(value) : value.OriginalString,
        () => Pattern("^https?://[^ ]+$"), secret: !named);

    public static Shape<T?> OrNull<T>(Shape<T> inner) where T : class =>
        new OptionalShape<T, T?>(inner, value => value, value => value!);
    public static Shape<T?> OrNone<T>(Shape<T> inner) where T : struct =>
        new OptionalShape<T, T?>(inner, value => value, value => value!.Value);

    public static Shape<IReadOnlyList<T>> List<T>(Shape<T> item, int least, int most) =>
        new ListShape<T, IReadOnlyList<T>>(item, least, most, items => items, items => items);

    public static Shape<IReadOnlySet<T>> Set<T>(
        Shape<T> item, int least, int most, IEqualityComparer<T>? comparer = null) =>
        new ListShape<T, IReadOnlySet<T>>(item, least, most, items => items.ToHashSet(comparer), items => items);

    /// <summary>
    /// Returns a path without <c>.</c>, <c>..</c>, doubled or trailing slashes; a relative one is below the folder.
    /// </summary>
    static string Absolute(string folder, string path)
    {
        var parts = new List<string>();
        foreach (var part in (path[0] == '/' ? path : $"{folder}/{path}")
            .Split('/', StringSplitOptions.RemoveEmptyEntries))
            if (part == "..") parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            else if (part != ".") parts.Add(part);
        return "/" + string.Join('/', parts);
    }

    /// <summary>
    /// Returns whether a scalar is a text. Without quotes, what YAML's core schema reads as a null, a boolean or a
    /// number is not.
    /// </summary>
    static bool IsText(YamlScalar scalar) => !scalar.Plain || !LooksLikeNoText(scalar.Text);

    /// <summary>
    /// Returns whether a text needs quotes so that YAML's core schema does not read it as a null, a boolean or a
    /// number.
    /// </summary>
    public static bool LooksLikeNoText(string text) =>
        text is "" or "~" or "null" or "Null" or "NULL" || NoText().IsMatch(text);

    static JsonObject Pattern(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    const string DateForm = "yyyy-MM-dd";

    const string InstantPattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?[+-][0-9]{2}:[0-9]{2}$";

    [GeneratedRegex(InstantPattern)]
    private static partial Regex InstantForm();

    // Each run of digits ends at a character that is not a digit, so no run can be divided in two ways.
    [GeneratedRegex("^(true|True|TRUE|false|False|FALSE|[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?|"
        + "0o[0-7]+|0x[0-9a-fA-F]+)\\z")]
    private static partial Regex NoText();
}
