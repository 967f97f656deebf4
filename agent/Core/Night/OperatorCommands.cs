using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Night;

/// <summary>
/// Carries out what an operator asks through the control socket (contract, section 8). Each action that changes
/// something is in the journal, with uid, name and reason, before it is done.
/// </summary>
public sealed class OperatorCommands(
    IReleases releases, EventRecorder recorder, NightClock clock, Publisher publisher, VerdictHandler verdicts,
    IReceiver receiver)
{
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
        var wanted = releases.Sealed.FirstOrDefault(
            release => release.Corte == action.Corte && release.Destination == Root.Public && !release.Future);
        if (wanted is null)
            return OperatorReply.Of(OperatorOutcome.Refused, "no-release", ("corte", action.Corte.ToString()));
        if (!clock.OpeningProven)
            return OperatorReply.Of(
                OperatorOutcome.Refused, "gate-closed", ("reason", clock.Decision?.Reason?.Code() ?? "-"));
        recorder.Record(
            Tell(action, by) with { Corte = action.Corte, Release = wanted.Id.Value, Hold = action.Hold }, now);
        var previous = releases.Live(Root.Public);
        var made = releases.Activate(wanted, Root.Public, Newest(now), action.Hold, action.Reason, now.System);
        if (made.Release is not { } release)
            return OperatorReply.Of(OperatorOutcome.Failed, "vault-damaged", ("path", string.Join(", ", made.Damaged)));
        publisher.RecordActivated(release, previous);
        return OperatorReply.Of(
            OperatorOutcome.Done, action.Hold ? "activated-held" : "activated", ("corte", release.Corte.ToString()),
            ("release", release.Id.Value));
    }

    OperatorReply Resume(ResumeReleases action, Operator by, ClockReading now)
    {
        if (releases.Choice(Root.Public) is not { Hold: true } choice)
            return OperatorReply.Of(OperatorOutcome.Refused, "no-hold");
        recorder.Record(Tell(action, by), now);
        // What the operator went back from stays overruled: the next newer corte replaces what is live now.
        releases.Choose(Root.Public, choice.Release is null ? null : choice with { Hold = false });
        publisher.PublishDue(now, told: choice.Overruled);
        return releases.Live(Root.Public) is { } live
            ? OperatorReply.Of(OperatorOutcome.Done, "resumed", ("corte", live.Corte.ToString()))
                : OperatorReply.Of(OperatorOutcome.Done, "resumed-unpublished");
    }

    /// <summary>Removes a release, but never one that readers get or that the site would go back to.</summary>
    OperatorReply Remove(RemoveRelease action, Operator by, ClockReading now)
    {
        (string, string) id = ("release", action.Release);
        if (releases.Sealed.FirstOrDefault(release => release.Id.Value == action.Release) is not { } unwanted)
            return OperatorReply.Of(OperatorOutcome.Refused, "no-such-release", id);
        if (releases.IsServed(unwanted)) return OperatorReply.Of(OperatorOutcome.Refused, "release-in-use", id);
        recorder.Record(
            Tell(action, by) with { Corte = unwanted.Corte, Release = action.Release, Package = unwanted.Package },
            now);
        releases.Remove([unwanted]);
        return OperatorReply.Of(OperatorOutcome.Done, "removed", id, ("corte", unwanted.Corte.ToString()));
    }

    OperatorReply Withdraw(WithdrawSite action, Operator by, ClockReading now)
    {
        var keepUntil = clock.Profile.KeepUntil;
        if (!action.Force && (clock.Bound(now)?.Earliest ?? now.System) < keepUntil)
            return OperatorReply.Of(
                OperatorOutcome.Refused, "keep-until", ("keep_until", new Corte(keepUntil).ToString()));
        recorder.Record(Tell(action, by) with { Corte = releases.Live(Root.Public)?.Corte, Force = action.Force }, now);
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
            return OperatorReply.Of(
                OperatorOutcome.Refused, why, ("opens", new Corte(clock.Election.Opens).ToString()));
        if (clock.Simulacro is { } running && bound!.Value.Earliest < running.Ends)
            return OperatorReply.Of(OperatorOutcome.Refused, "simulacro-running");
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
            return OperatorReply.Of(OperatorOutcome.Refused, "no-simulacro");
        recorder.Record(Tell(action, by), now);
        clock.Rehearse(running with { Ends = bound.Latest });
        return OperatorReply.Of(OperatorOutcome.Done, "simulacro-ended");
    }

    /// <summary>Starts the verification of a package outside the loop, because it may take long.</summary>
    void Publish(PublishByHand action, OperatorRequest request, ClockReading now)
    {
        if (action.Waive.FirstOrDefault(code => !PublishByHand.Waivable.Contains(code)) is { } refused)
        {
            request.Answer(
                OperatorReply.Of(
                OperatorOutcome.Refused, "not-waivable", ("code", refused),
                ("waivable", string.Join(", ", PublishByHand.Waivable))));
            return;
        }
        recorder.Record(Tell(action, request.By) with { Package = action.Path, Waived = action.Waive }, now);
        receiver.Judge(action, request);
    }

    /// <summary>Answers a request that met an unforeseen error.</summary>
    public static void FailedUnforeseen(OperatorRequest request) =>
        request.Answer(OperatorReply.Of(OperatorOutcome.Failed, "failed", ("fault", EventCode.InternalFault.Id())));

    /// <summary>Completes the verdict on a package that an operator named, and answers.</summary>
    public void Take(Arrival arrival, OperatorRequest request, ClockReading now)
    {
        try
        {
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
        var package = ("package", arrival.Verdict.Package);
        return outcome switch
        {
            PackageState.Published =>
                OperatorReply.Of(
                    OperatorOutcome.Done, "published", package, ("corte", arrival.Verdict.Corte.ToString()!)),
            PackageState.Rejected => OperatorReply.Of(OperatorOutcome.Refused, "rejected", package) with
            {
                Reasons = [
                    .. Told.Of(arrival.Verdict.Reasons)
                    .Select(reason => new ReplyReason(reason.Code, reason.Path, reason.Detail))],
                ReasonsTotal = arrival.Verdict.ReasonsTotal,
            },
            PackageState.Held =>
                OperatorReply.Of(
                    OperatorOutcome.Refused, "held", package,
                    ("reason", publisher.HeldReason(arrival.Release!, now).Code())),
            PackageState.Superseded or PackageState.Duplicate =>
                OperatorReply.Of(OperatorOutcome.Refused, outcome.Word(), package),
        };
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

    static Events.OperatorAction Tell(OperatorCommand action, Operator by) =>
        new(action.Name, by.Uid, by.Name, action.Why);
}
