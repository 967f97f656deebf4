using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Report;

/// <summary>How an answer is: good, not yet what it will be, or bad.</summary>
public enum Light { Good, Wait, Bad }

/// <summary>The answer to the question whether the public is served the right thing.</summary>
public sealed record Answer(Light Light, Said Sentence);

/// <summary>Something that is wrong.</summary>
/// <param name="Mend">What to do; null if the sentence or the command says it.</param>
/// <param name="Command">The command that helps; null if there is none.</param>
public sealed record Wrong(Said Sentence, string? Mend = null, string? Command = null);

/// <summary>
/// Answers the three questions of who looks at the status at night: is the public served the right thing, what is
/// wrong, and what comes next.
/// </summary>
/// <param name="now">The time at which it is asked.</param>
/// <param name="isOld">Whether the agent has ended, or has not written for too long: then nothing good is
/// known.</param>
/// <param name="say">Returns what a trouble is; null: with all that is known of it.</param>
public sealed class StatusAnswers(
    AgentStatus status, Language language, DateTimeOffset now, bool isOld = false,
    Func<TroubleStatus, string>? say = null)
{
    bool IsAltered => status.Sentinel.State != "intact" || status.Sentinel.AlteredTotal > 0;

    /// <summary>
    /// Gets whether some probe has received what must be served now: before that nothing of it is known.
    /// </summary>
    bool IsSeen => status.Sentinel is { Probes: > 0, ProbesGood: > 0 };

    bool IsOpened => status.Gate.IsOpen || status.Gate.OpensAt <= now;

    /// <summary>Returns whether the public is served the right thing: only what was looked at counts as seen.</summary>
    public Answer Served()
    {
        if (OfATrouble() is { } trouble) return trouble;
        if (status.Published is not { } live) return Nothing();
        var corte = ("corte", (object?)new Moment(live.Corte, Manner.Of));
        if (Newer(live) is { } newer)
            return new Answer(
                Light.Wait, Say(
                    IsSeen ? "answer.served-newer" : "answer.served-newer-unseen", corte, ("seen", Seen()),
                    ("newer", new Moment(newer.Corte, Manner.Of)), ("reason", ReasonCatalogue.Say(newer.Reason))));
        if (status.Sentinel.LastFullScan is null)
            return new Answer(Light.Wait, Say("answer.served-unproven", corte));
        return new Answer(
            IsSeen ? Light.Good : Light.Wait, Say(
                IsSeen ? "answer.served" : "answer.served-unseen", corte, ("since", new Moment(live.Since, Manner.At)),
                ("authority", (object?)status.Period?.Authority ?? Say("answer.institute")),
                ("seen", Seen())));
    }

    /// <summary>Returns what is altered now, naming the first files.</summary>
    public Said Altered() => status.Sentinel switch
    {
        { Altered: [var only], AlteredTotal: <= 1 } => Say("answer.altered", ("file", only.Path)),
        { Altered: [var first, ..] } => Say(
            "answer.altered-more", ("file", first.Path), ("more", status.Sentinel.AlteredTotal - 1)),
        _ => Say("answer.altered-some"),
    };

    /// <summary>Returns what is wrong now; empty: nothing is.</summary>
    public IReadOnlyList<Wrong> Wrongs()
    {
        List<Wrong> wrongs = [];
        if (isOld)
            wrongs.Add(new Wrong(Say("answer.silent"), Messages.Say(language, "answer.silent-mend")));
        var tampered = EventCatalogue.Of(EventCode.TamperDetected);
        if (IsAltered) wrongs.Add(new Wrong(Altered(), tampered.Action.In(language)));
        foreach (var open in status.Troubles)
            if (!(IsAltered && open.Event == tampered.Id))
                wrongs.Add(new Wrong(
                    Say(
                        "answer.trouble", ("text", say?.Invoke(open) ?? open.In(language)),
                        ("ago", new Moment(open.Since, Manner.Ago))), Command: open.Command));
        if (!IsOpen(Trouble.Gate) && !IsOpen(Trouble.Clock) && status.Gate.Reason is { } reason
            && GateReasons.Named(reason)?.IsOfTheClock() == true
            && ReasonCatalogue.Holds.TryGetValue(reason, out var hold))
            wrongs.Add(new Wrong(Say("answer.as-it-is", ("text", hold.Means.In(language))), hold.Mend.In(language)));
        return wrongs;
    }

    /// <summary>Returns what comes next, and when.</summary>
    public IReadOnlyList<Said> Next()
    {
        List<Said> next = [];
        if (status.Hold is not null) next.Add(Say("answer.next-hold"));
        else if (!IsOpened) Opening(next);
        else if (!status.Gate.IsOpen) next.Add(Say("answer.next-clock"));
        else next.Add(NextCorte());
        if (status.Deliveries.FirstOrDefault(one => one.State is "arriving" or "verifying") is { } delivery)
            next.Add(Say("answer.next-arriving", ("package", delivery.Package)));
        if (status.Period is not { } period) return next;
        if (period.Rehearsals.FirstOrDefault(one => one.To > now) is { } window)
            next.Add(window.From <= now ? Say("answer.next-rehearsal", ("until", new Moment(window.To, Manner.Until)))
                : Say("answer.next-rehearsal-begins", ("from", new Moment(window.From, Manner.At))));
        return next;
    }

    /// <summary>
    /// Returns the answer that a trouble of what readers get gives; null if there is none. Each is also one of
    /// <see cref="Wrongs"/>, which says it at length, and what is there of this kind is here.
    /// </summary>
    Answer? OfATrouble()
    {
        if (isOld)
            return new Answer(
                Light.Bad, Say("answer.served-unknown", ("since", new Moment(status.WrittenAt, Manner.At))));
        if (IsAltered) return new Answer(Light.Bad, Say("answer.served-altered"));
        if (IsOpen(Trouble.Integrity)) return new Answer(Light.Bad, Say("answer.served-altered-before"));
        if (!IsOpen(Trouble.Probe)) return null;
        if (Has(EventCode.ProbeMismatch)) return new Answer(Light.Bad, Say("answer.served-mismatch"));
        // Whatever else a newer agent calls a probe's trouble.
        return Has(EventCode.ProbeStale) && !Has(EventCode.ProbeFailed)
            ? new Answer(Light.Wait, Say("answer.served-stale")) : new Answer(Light.Bad, Say("answer.served-unread"));
    }

    Answer Nothing()
    {
        var notice = (
            "notice", (object?)(IsSeen ? Say("answer.notice") : Say("answer.notice-unseen", ("seen", Seen()))));
        if (!IsOpened)
            return IsSeen ? new Answer(Light.Good, Say("answer.served-notice"))
                : new Answer(Light.Wait, Say("answer.served-notice-unseen", notice));
        if (status.Hold is not null) return new Answer(Light.Wait, Say("answer.served-withdrawn", notice));
        return new Answer(
            Light.Wait, status.Gate is { IsOpen: false, Reason: { } reason }
                ? Say("answer.served-closed", ("reason", ReasonCatalogue.Say(reason)), notice)
                : Say("answer.served-nothing", notice));
    }

    void Opening(List<Said> next)
    {
        next.Add(
            Say(
                "answer.next-opens", ("opens", new Moment(status.Gate.OpensAt, Manner.At)),
                ("left", new Moment(status.Gate.OpensAt, Manner.Left))));
        var waiting = status.Held.Where(held => held.Reason == HoldReason.BeforeOpening.Code());
        if (waiting.MaxBy(held => held.Corte) is { } due)
            next.Add(Say("answer.next-goes-out", ("corte", new Moment(due.Corte, Manner.Of))));
    }

    Said NextCorte()
    {
        if (status.Period is not { } period) return Say("answer.next-newer");
        if (period.KeepUntil < now) return Say("answer.next-over", ("since", new Moment(period.KeepUntil, Manner.At)));
        if (status.Published is not { } live) return Say("answer.next-first");
        if (live.Corte >= period.LastCorte)
            return Say("answer.next-none", ("until", new Moment(period.KeepUntil, Manner.Until)));
        var next = live.Corte + TimeSpan.FromSeconds(period.CadenceSeconds);
        var corte = ("corte", (object?)new Moment(next, Manner.Of));
        return next > now ? Say("answer.next-corte", corte, ("left", new Moment(next, Manner.Left)))
            : Say("answer.next-corte-due", corte, ("ago", new Moment(next, Manner.Ago)));
    }

    HeldStatus? Newer(PublishedStatus live) => status.Held.Where(
        held => held.Corte > live.Corte && held.Reason != HoldReason.FutureCorte.Code()
            && held.Reason != HoldReason.Publishing.Code()).MaxBy(held => held.Corte);

    Said Seen() => status.Sentinel switch
    {
        { Probes: 0 } => Say("answer.seen-nobody"),
        { ProbesGood: 0 } => Say("answer.seen-not-yet"),
        { Probes: var all, ProbesGood: var good } when good < all =>
            Say("answer.seen-partly", ("left", all - good), ("all", all)),
        _ => Say("answer.seen"),
    };

    bool Has(EventCode code) => status.Troubles.Any(open => open.Event == code.Id());

    bool IsOpen(Trouble trouble) => status.Troubles.Any(open => open.Trouble == trouble.Name());

    static Said Say(string key, params (string Name, object? Value)[] values) => new(key, values);
}
