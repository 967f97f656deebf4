using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Report;

/// <summary>Writes the lines of the night: one for each corte, and one for each alteration.</summary>
static class NightLines
{
    /// <summary>Returns a list with one line a corte: what came when, and why it was held or rejected.</summary>
    internal static string Of(Wording wording, IEnumerable<CorteStatus> cortes) =>
        List(cortes.Select(one => (Kind(one), Line(wording, one))));

    /// <summary>Returns a list with one line an alteration: what, where, when it was healed.</summary>
    internal static string Of(Wording wording, IEnumerable<AlterationStatus> alterations) =>
        List(alterations.Select(one => (one.Healed is null ? "bad" : "good", Line(wording, one))));

    /// <summary>Returns the steps of a corte in the order of their times, as sentences.</summary>
    internal static IEnumerable<Said> Steps(CorteStatus one)
    {
        List<(DateTimeOffset At, string Key, (string, object?)[] Values)> steps = [];
        void Step(DateTimeOffset? at, string key, params (string, object?)[] values)
        {
            if (at is { } known) steps.Add((known, key, values));
        }

        Step(one.Arrived, "night.arrived");
        Step(one.Verified, "night.verified");
        Step(one.Held, "night.held", ("reason", ReasonCatalogue.Say(one.HeldReason ?? "")));
        Step(one.Superseded, "night.superseded");
        Step(one.Rejected, "night.rejected");
        Step(one.Published, one.Rehearsal ? "night.rehearsed" : "night.published");
        return steps.OrderBy(step => step.At)
            .Select(step => new Said(step.Key, [("at", new Moment(step.At, Manner.At)), .. step.Values]));
    }

    /// <summary>Returns what was altered, and when it was seen.</summary>
    internal static Said Seen(AlterationStatus one) => new(
        "night.altered", ("at", new Moment(one.Detected, Manner.At)), ("paths", string.Join(", ", one.Paths)),
        ("total", one.Total));

    /// <summary>Returns when it was as sealed again.</summary>
    internal static Said Healed(AlterationStatus one) => one switch
    {
        { Healed: { } healed, ExposureSeconds: { } seconds } => new Said(
            "night.healed", ("at", new Moment(healed, Manner.At)), ("seconds", Times.Seconds(seconds))),
        { Healed: { } healed } => new Said("night.healed-only", ("at", new Moment(healed, Manner.At))),
        _ => new Said("night.not-healed"),
    };

    /// <summary>Returns why a package of the corte was rejected, in words; empty if none was.</summary>
    internal static IEnumerable<string> Reasons(Language language, CorteStatus one) =>
        one.Reasons.Select(code => Why(language, code));

    /// <summary>Returns what a reason means, with its code; only the code if this version does not know it.</summary>
    internal static string Why(Language language, string code) =>
        ReasonCatalogue.Rejections.TryGetValue(code, out var reason)
            ? $"{reason.Means.In(language).TrimEnd('.')} ({code})" : code;

    static string Line(Wording wording, CorteStatus one)
    {
        var head = wording.Html(
            one.Corte is { } corte ? new Said("night.corte", ("corte", new Moment(corte, Manner.Of)))
                : new Said("night.no-corte"));
        var reasons = Reasons(wording.Language, one).Select(HtmlReport.Encoded).ToList();
        if (one.Path is { } path) reasons.Add($"<code>{HtmlReport.Encoded(path)}</code>");
        return $"{Mark(wording, one.Rehearsal)}<strong>{head}</strong> "
            + $"{string.Join(" · ", Steps(one).Select(step => wording.Html(step)))}"
            + $" <span>{HtmlReport.Encoded(one.Package)}</span>"
            + (reasons.Count > 0 ? $"<br><small>{string.Join(' ', reasons)}</small>" : "");
    }

    static string Line(Wording wording, AlterationStatus one) =>
        Mark(wording, one.Rehearsal) + wording.Html(Seen(one))
        + $" {wording.Html(Healed(one))} <span>{HtmlReport.Encoded(one.Release)}</span>";

    /// <summary>Returns what comes before a line of a rehearsal, which is none of the election's.</summary>
    static string Mark(Wording wording, bool rehearsal) =>
        rehearsal ? wording.Html(new Said("night.rehearsal")) + " " : "";

    static string Kind(CorteStatus one) => one switch
    {
        { Published: not null } => "good",
        { Verified: null, Rejected: not null } => "bad",
        { Rejected: { } rejected, Verified: { } verified } when rejected > verified => "bad",
        _ => "wait",
    };

    static string List(IEnumerable<(string Kind, string Line)> lines) =>
        "<ol class=\"line\">\n" + string.Concat(lines.Select(line => $"<li class=\"{line.Kind}\">{line.Line}</li>\n"))
        + "</ol>\n";
}
