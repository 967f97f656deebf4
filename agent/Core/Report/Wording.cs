using System.Text.Json.Nodes;
using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Report;

/// <summary>
/// How a sentence says a time: when, of which hour a corte is, until when, how long it takes to come, how long ago.
/// </summary>
public enum Manner { At, Of, Until, Left, Ago }

/// <summary>A time as a value of a sentence.</summary>
public readonly record struct Moment(DateTimeOffset Time, Manner Manner);

/// <summary>
/// Writes sentences with times as people say them: for a terminal as plain text, for a page as HTML with
/// <c>time</c> elements, where what is counted goes on counting.
/// </summary>
/// <param name="now">The time from which times are near or far.</param>
public sealed class Wording(Language language, DateTimeOffset now)
{
    /// <summary>How events write an instant: to the second, or to the microsecond.</summary>
    static readonly string[] Instants = ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz"];

    public Language Language => language;

    /// <summary>Returns a sentence as plain text.</summary>
    public string Plain(Said said) =>
        TextFile.Fill(Messages.Say(language, said.Key), name => Find(said, name) is var (found, value) && found
            ? value switch
            {
                Said inner => Plain(inner),
                Text text => text.In(language),
                Moment moment => Say(moment),
                _ => TextFile.Show(value),
            } : null);

    /// <summary>Returns a sentence as HTML: its words and values cannot become markup.</summary>
    public string Html(Said said) =>
        TextFile.Fill(HtmlReport.Encoded(Messages.Say(language, said.Key)), name =>
            Find(said, name) is var (found, value) && found ? value switch
            {
                Said inner => Html(inner),
                Text text => HtmlReport.Encoded(text.In(language)),
                Moment moment => Html(moment),
                _ => HtmlReport.Encoded(TextFile.Show(value)),
            } : null);

    /// <summary>Returns a time as a <c>time</c> element: <c>20:20</c>, with the date where it is another day.</summary>
    public string Html(DateTimeOffset at) => Element(at, Times.Near(at, now, language));

    /// <summary>
    /// Returns the fields of an event with their times as people say them; those of a bound keep their milliseconds.
    /// </summary>
    public JsonObject Near(JsonObject fields)
    {
        var near = (JsonObject)fields.DeepClone();
        foreach (var (name, value) in fields)
            if (value is JsonValue text && text.TryGetValue(out string? written)
                && DateTimeOffset.TryParseExact(
                    written, Instants, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
                near[name] = written.Contains('.', StringComparison.Ordinal)
                    ? at.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) : Times.Near(at, now, language);
        return near;
    }

    string Html(Moment moment) => moment.Manner switch
    {
        Manner.At or Manner.Of or Manner.Until => Element(moment.Time, Say(moment)),
        Manner.Left => $"<b data-until=\"{Iso(moment.Time)}\">{Say(moment)}</b>",
        Manner.Ago => $"<b data-since=\"{Iso(moment.Time)}\">{Say(moment)}</b>",
    };

    string Say(Moment moment) => moment.Manner switch
    {
        Manner.At => Times.When(moment.Time, now, language),
        Manner.Of => Times.OfWhich(moment.Time, now, language),
        Manner.Until => Times.Until(moment.Time, now, language),
        Manner.Left => Times.Show(moment.Time > now ? moment.Time - now : TimeSpan.Zero),
        Manner.Ago => Times.Show(moment.Time < now ? now - moment.Time : TimeSpan.Zero),
    };

    static string Element(DateTimeOffset at, string words) =>
        $"<time datetime=\"{Iso(at)}\">{HtmlReport.Encoded(words)}</time>";

    /// <summary>Returns the time as HTML and scripts read it.</summary>
    public static string Iso(DateTimeOffset at) =>
        at.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    static (bool Found, object? Value) Find(Said said, ReadOnlySpan<char> name)
    {
        foreach (var (known, value) in said.Values)
            if (name.SequenceEqual(known)) return (true, value);
        return (false, null);
    }
}
