using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Night;

/// <summary>
/// Carries out what an operator asks through the control socket (contract, section 8). Each action that changes
/// something is in the journal, with uid, name and reason, before it is done; one that is refused is there too.
/// </summary>
public sealed class OperatorCommands(
    IReleases releases, EventRecorder recorder, NightClock clock, Publisher publisher, VerdictHandler verdicts,
    IReceiver receiver)
{
    readonly GivenCorte given = new(clock);

    public void Answer(OperatorRequest request, ClockReading now)
    {
        try
        {
            if (request.Action is PublishByHand publish) Publish(publish, request, now);
            else request.Answer(Do(request.Action, request.By, now));
        }
        catch (IOException fault)
        {
            request.Answer(Failed(fault));
            throw;
        }
    }

    OperatorReply Do(OperatorCommand action, Operator by, ClockReading now) => action switch
    {
        ListReleases =>
            OperatorReply.Of(OperatorOutcome.Done, "listed")
            with { Releases = [.. releases.Sealed.Select(release => Describe(release, now))] },
        ActivateRelease activate => Activate(activate, by, now),
        ResumeReleases resume => Resume(resume, by, now),
        RemoveRelease remove => Remove(remove, by, now),
        WithdrawSite withdraw => Withdraw(withdraw, by, now),
        RetryRejected retry => Retry(retry, by, now),
        BeginSimulacro begin => Begin(begin, by, now),
        EndSimulacro end => End(end, by, now),
        _ => OperatorReply.Of(OperatorOutcome.Refused, "not-understood"),
    };

    OperatorReply Activate(ActivateRelease action, Operator by, ClockReading now)
    {
        var told = Tell(action, by) with { Hold = action.Hold };
        var named = releases.Sealed.Where(action.Names).ToList();
        if ((named.Find(release => release.Destination == Root.Public) ?? named.FirstOrDefault()) is not { } wanted)
            return Refuse(told with { Release = action.Which }, Refused("no-release", ("which", action.Which)), now);
        told = told with { Corte = wanted.Corte, Release = wanted.Id.Value };
        if (WhyNotActivated(wanted, now) is { } refusal) return Refuse(told, refusal, now);
        recorder.Record(told, now);
        var previous = releases.Live(Root.Public);
        var made = releases.Activate(wanted, Root.Public, Newest(now), action.Hold, action.Reason, now.System);
        if (made.Release is not { } release)
            return Refuse(
                told,
                OperatorReply.Of(
                    OperatorOutcome.Failed, "vault-damaged",
                    ("path", Told.Short(string.Join(", ", made.Damaged.Take(Told.Most))))), now);
        publisher.RecordActivated(release, previous);
        return OperatorReply.Of(
            OperatorOutcome.Done, action.Hold ? "activated-held" : "activated", ("corte", release.Corte.ToString()),
            ("release", release.Id.Value));
    }

    /// <summary>
    /// Returns why a stored release may not be made live now; null if it may. To go back to what was once public is
    /// allowed from the opening on. What never was needs the gate open, as any package does.
    /// </summary>
    OperatorReply? WhyNotActivated(Release wanted, ClockReading now)
    {
        (string, string) release = ("release", wanted.Id.Value);
        if (wanted.Destination == Root.Rehearsal) return Refused("of-a-rehearsal", release);
        var closed = clock.Decision.Reason;
        if (publisher.WasPublic(wanted) && clock.HasOpened && closed != GateReason.BeforeOpening) return null;
        if (closed is null && wanted.Destination is not null && PublicationOrder.Counts(wanted, clock.Bound(now)))
            return null;
        return Waits("not-activated", wanted, now, release);
    }

    OperatorReply Resume(ResumeReleases action, Operator by, ClockReading now)
    {
        if (releases.Choice(Root.Public) is not { Hold: true } choice)
            return Refuse(Tell(action, by), Refused("no-hold"), now);
        recorder.Record(Tell(action, by), now);
        // What the operator went back from stays overruled: the next newer corte replaces what is live now.
        releases.Choose(Root.Public, choice.Release is null ? null : choice with { Hold = false });
        publisher.PublishDue(now, told: choice.Overruled);
        if (releases.Live(Root.Public) is { } live)
            return OperatorReply.Of(OperatorOutcome.Done, "resumed", ("corte", live.Corte.ToString()));
        return clock.Decision.Reason is { } reason
            ? OperatorReply.Of(OperatorOutcome.Done, "resumed-closed", ("reason", reason.Code()))
            : OperatorReply.Of(OperatorOutcome.Done, "resumed-unpublished");
    }

    /// <summary>Removes a release, but never one that readers get or that the site would go back to.</summary>
    OperatorReply Remove(RemoveRelease action, Operator by, ClockReading now)
    {
        (string, string) id = ("release", action.Release);
        var told = Tell(action, by) with { Release = Told.Short(action.Release) };
        if (releases.Sealed.FirstOrDefault(release => release.Id.Value == action.Release) is not { } unwanted)
            return Refuse(told, Refused("no-such-release", id), now);
        told = told with { Corte = unwanted.Corte, Package = unwanted.Package };
        if (releases.IsServed(unwanted)) return Refuse(told, Refused("release-in-use", id), now);
        recorder.Record(told, now);
        releases.Remove([unwanted]);
        return OperatorReply.Of(OperatorOutcome.Done, "removed", id, ("corte", unwanted.Corte.ToString()));
    }

    OperatorReply Withdraw(WithdrawSite action, Operator by, ClockReading now)
    {
        var keepUntil = clock.Profile.KeepUntil;
        var told = Tell(action, by) with { Corte = releases.Live(Root.Public)?.Corte, Force = action.Force };
        if (!action.Force && (clock.Bound(now)?.Earliest ?? now.System) < keepUntil)
            return Refuse(told, Refused("keep-until", ("keep_until", new Corte(keepUntil).ToString())), now);
        recorder.Record(told, now);
        releases.Choose(Root.Public, new OperatorChoice(null, Newest(now), Hold: true, action.Reason, now.System));
        publisher.Withdraw();
        return OperatorReply.Of(OperatorOutcome.Done, "withdrawn");
    }

    ReleaseRank? Newest(ClockReading now) => PublicationOrder.Newest(publisher.StateOf(Root.Public, now));

    OperatorReply Retry(RetryRejected action, Operator by, ClockReading now)
    {
        recorder.Record(Tell(action, by), now);
        receiver.Rejudge();
        return OperatorReply.Of(OperatorOutcome.Done, "retrying");
    }

    OperatorReply Begin(BeginSimulacro action, Operator by, ClockReading now)
    {
        var bound = clock.Bound(now);
        if (Simulacro.Refused(clock.Election, bound) is { } why)
            return Refuse(
                Tell(action, by), Refused(why, ("opens", new Corte(clock.Election.Opens).ToString())), now);
        if (clock.Simulacro is { } running && bound!.Value.Earliest < running.Ends)
            return Refuse(Tell(action, by), Refused("simulacro-running"), now);
        recorder.Record(Tell(action, by), now);
        var begun = Simulacro.Of(bound!.Value, clock.Election.Opens.Offset);
        clock.Rehearse(begun);
        return OperatorReply.Of(
            OperatorOutcome.Done, "simulacro-begun", ("opens", new Corte(begun.Opens).ToString()),
            ("ends", new Corte(begun.Ends).ToString()));
    }

    OperatorReply End(EndSimulacro action, Operator by, ClockReading now)
    {
        if (clock.Simulacro is not { } running || clock.Bound(now) is not { } bound || bound.Earliest >= running.Ends)
            return Refuse(Tell(action, by), Refused("no-simulacro"), now);
        recorder.Record(Tell(action, by), now);
        clock.Rehearse(running with { Ends = bound.Latest });
        return OperatorReply.Of(OperatorOutcome.Done, "simulacro-ended");
    }

    /// <summary>
    /// Starts the verification of a package outside the loop, because it may take long. The journal has the command
    /// once there is a verdict: only then it is known what had to be waived.
    /// </summary>
    void Publish(PublishByHand action, OperatorRequest request, ClockReading now)
    {
        if (action.Waive.FirstOrDefault(code => !PublishByHand.Waivable.Contains(code)) is { } refused)
            Refuse(
                request, Refused(
                    "not-waivable", ("code", refused), ("waivable", string.Join(", ", PublishByHand.Waivable))), now);
        else if (action.Corte is { } stamp && given.WhyNot(stamp, now) is { } refusal) Refuse(request, refusal, now);
        else receiver.Judge(action, request);
    }

    /// <summary>Answers a request that met an unforeseen error.</summary>
    public static void FailedUnforeseen(OperatorRequest request) =>
        request.Answer(OperatorReply.Of(OperatorOutcome.Failed, "failed", ("fault", EventCode.InternalFault.Id())));

    /// <summary>Records that a package named by an operator came to nothing, and answers.</summary>
    public void Refuse(OperatorRequest request, OperatorReply reply, ClockReading now)
    {
        try { request.Answer(Refuse(TellPublish(request), reply, now)); }
        catch (IOException fault)
        {
            request.Answer(Failed(fault));
            throw;
        }
    }

    /// <summary>Completes the verdict on a package that an operator named, and answers.</summary>
    public void Take(Arrival arrival, OperatorRequest request, ClockReading now)
    {
        try
        {
            arrival.ByHand = TellPublish(request);
            arrival.Given = arrival.ByHand.Corte;
            if (GivenCorte.WhyNot(arrival) is { } refusal)
            {
                var reply = Refuse(arrival.ByHand, refusal, now);
                arrival.Staged.DiscardDuplicate();
                request.Answer(reply);
                return;
            }
            verdicts.Take(arrival, now);
        }
        catch (IOException fault)
        {
            request.Answer(Failed(fault));
            throw;
        }
        if (arrival.Outcome is { } outcome) request.Answer(Reply(arrival, outcome, now));
    }

    OperatorReply Reply(Arrival arrival, PackageState outcome, ClockReading now)
    {
        (string, string) package = ("package", arrival.Verdict.Package);
        return outcome switch
        {
            PackageState.Published =>
                OperatorReply.Of(
                    OperatorOutcome.Done, "published", package, ("corte", arrival.Verdict.Corte.ToString()!)),
            PackageState.Rejected => Refused("rejected", package) with
            {
                Reasons = [
                    .. Told.Of(arrival.Verdict.Reasons)
                    .Select(reason => new ReplyReason(reason.Code, reason.Path, reason.Detail))],
                ReasonsTotal = arrival.Verdict.ReasonsTotal,
            },
            PackageState.Held => Waits("held", Stored(arrival), now, package),
            PackageState.Superseded when arrival.Twin is { } twin
                && publisher.DecisionOnTwin(twin, now) is Decision.Duplicate =>
                Refused("went-back", package, ("release", twin.Id.Value)),
            PackageState.Superseded or PackageState.Duplicate =>
                Refused(outcome.Word(), package, ("release", Stored(arrival).Id.Value)),
        };
    }

    static Release Stored(Arrival arrival) => (arrival.Release ?? arrival.Twin)!;

    /// <summary>
    /// Returns the answer about a stored release that may not be public now: why, and from when on that may be waived.
    /// </summary>
    OperatorReply Waits(string message, Release release, ClockReading now, (string, string) subject)
    {
        var reason = publisher.HeldReason(release, now);
        (string, string) why = ("reason", reason.Code());
        if (reason.Gate() is not { } gate) return Refused(message, subject, why);
        if (!gate.IsOfTheClock())
            return Refused(message, subject, why, ("opens_at", new Corte(clock.Profile.Opens).ToString()));
        return Refused(
            message, subject, why, ("waivable", clock.Gate.MayWaive(gate, clock.Bound(now), now) ? "now" : "later"),
            ("waivable_from", new Corte(clock.Gate.WaivableFrom).ToString()));
    }

    StoredRelease Describe(Release release, ClockReading now)
    {
        var live = releases.Live(release.Destination ?? Root.Public) == release;
        var held = !live && publisher.Held(now).Contains(release);
        return new StoredRelease(release.Id.Value, release.Corte.At, release.Series, release.Files, release.Bytes,
            live ? "live" : held ? "held" : "stored", release.Destination == Root.Rehearsal ? "rehearsal" : "public",
            held ? publisher.HeldReason(release, now).Code() : null);
    }

    /// <summary>Returns the answer for a system fault.</summary>
    public static OperatorReply Failed(IOException fault) =>
        OperatorReply.Of(OperatorOutcome.Failed, "failed", ("fault", fault.Message));

    /// <summary>Records that a command was refused, and returns the answer.</summary>
    OperatorReply Refuse(Events.OperatorAction told, OperatorReply reply, ClockReading now)
    {
        recorder.Record(told with { Done = false, Refusal = reply.Message }, now);
        return reply;
    }

    static OperatorReply Refused(string message, params (string Name, string Value)[] values) =>
        OperatorReply.Of(OperatorOutcome.Refused, message, values);

    static Events.OperatorAction Tell(OperatorCommand action, Operator by) =>
        new(action.Name, by.Uid, by.Name, action.Why);

    Events.OperatorAction TellPublish(OperatorRequest request)
    {
        var told = Tell(request.Action, request.By);
        return request.Action is PublishByHand publish
            ? told with { Package = Told.Short(publish.Path), Corte = given.Read(publish.Corte) } : told;
    }
}
