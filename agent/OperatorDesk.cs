using System.Text.Json.Nodes;
using Difusor.Agent.Gate;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Difusor.Agent.Texts;
using Difusor.Agent.Verification;

namespace Difusor.Agent;

/// <summary>
/// What an operator asks for, by the control socket (contract, section 8). Each action that changes something is in the journal, with
/// uid, name and reason, before it is done.
/// </summary>
sealed class OperatorDesk(ReleaseStore store, Chronicle chronicle, Timekeeper time, Publisher publisher, Intake intake, Receiving receiving, Action<Signal> post)
{
    public void Answer(OperatorRequest request, ClockReading now)
    {
        try
        {
            if (request.Action is PublishByHand publish) Publish(publish, request, now);
            else request.Answer(Do(request.Action, request.By, now));
        }
        catch (SystemFault fault)
        {
            request.Answer(Failed(fault));
            throw;
        }
    }

    OperatorReply Do(OperatorAction action, Operator by, ClockReading now) => action switch
    {
        ListReleases => OperatorReply.Of(OperatorOutcome.Done, "listed") with { Releases = [.. store.Sealed.Select(release => Describe(release, now))] },
        ActivateRelease activate => Activate(activate, by, now),
        ResumeReleases resume => Resume(resume, by, now),
        RemoveRelease remove => Remove(remove, by, now),
        WithdrawSite withdraw => Withdraw(withdraw, by, now),
        RetryRejected retry => Retry(retry, by, now),
        _ => OperatorReply.Of(OperatorOutcome.Refused, "not-understood"),
    };

    OperatorReply Activate(ActivateRelease action, Operator by, ClockReading now)
    {
        var wanted = store.Sealed.FirstOrDefault(release => release.Corte == action.Corte && release.Destination == Root.Public && !release.Future);
        if (wanted is null) return OperatorReply.Of(OperatorOutcome.Refused, "no-release", ("corte", action.Corte.ToString()));
        if (!time.OpeningProven) return OperatorReply.Of(OperatorOutcome.Refused, "gate-closed", ("reason", time.Decision?.Reason?.Code() ?? "-"));
        Record(action, by, now, ("corte", action.Corte.ToString()), ("release", wanted.Id.Value), ("hold", action.Hold));
        var previous = store.Live(Root.Public);
        var made = store.Activate(wanted, Root.Public, Newest(now), action.Hold, action.Reason, now.System);
        if (made.Release is not { } release) return OperatorReply.Of(OperatorOutcome.Failed, "vault-damaged", ("path", string.Join(", ", made.Damaged)));
        publisher.RecordPublished(release, Root.Public, previous, HostClock.Read());
        publisher.Published(release, Root.Public);
        return OperatorReply.Of(OperatorOutcome.Done, action.Hold ? "activated-held" : "activated", ("corte", release.Corte.ToString()), ("release", release.Id.Value));
    }

    OperatorReply Resume(ResumeReleases action, Operator by, ClockReading now)
    {
        if (store.Choice(Root.Public) is not { Hold: true } choice) return OperatorReply.Of(OperatorOutcome.Refused, "no-hold");
        Record(action, by, now);
        // What the operator went back from stays overruled: the next newer corte replaces what is live now.
        store.Choose(Root.Public, choice.Release is null ? null : choice with { Hold = false });
        publisher.PublishDue(now, told: choice.Overruled);
        return store.Live(Root.Public) is { } live
            ? OperatorReply.Of(OperatorOutcome.Done, "resumed", ("corte", live.Corte.ToString())) : OperatorReply.Of(OperatorOutcome.Done, "resumed-unpublished");
    }

    /// <summary>What readers get, and what the site would go back to, stays.</summary>
    OperatorReply Remove(RemoveRelease action, Operator by, ClockReading now)
    {
        (string, string) id = ("release", action.Release);
        if (store.Sealed.FirstOrDefault(release => release.Id.Value == action.Release) is not { } unwanted)
            return OperatorReply.Of(OperatorOutcome.Refused, "no-such-release", id);
        if (store.IsServed(unwanted)) return OperatorReply.Of(OperatorOutcome.Refused, "release-in-use", id);
        Record(action, by, now, ("corte", unwanted.Corte.ToString()), ("release", action.Release), ("package", unwanted.Package));
        store.Remove([unwanted]);
        return OperatorReply.Of(OperatorOutcome.Done, "removed", id, ("corte", unwanted.Corte.ToString()));
    }

    OperatorReply Withdraw(WithdrawSite action, Operator by, ClockReading now)
    {
        var keepUntil = time.Profile.KeepUntil;
        if (!action.Force && (time.Bound(now)?.Earliest ?? now.System) < keepUntil)
            return OperatorReply.Of(OperatorOutcome.Refused, "keep-until", ("keep_until", new Corte(keepUntil).ToString()));
        Record(action, by, now, ("corte", store.Live(Root.Public)?.Corte.ToString()), ("force", action.Force));
        store.Choose(Root.Public, new OperatorChoice(null, Newest(now), Hold: true, action.Reason, now.System));
        store.Withdraw(Root.Public);
        publisher.PublishedSince = null;
        return OperatorReply.Of(OperatorOutcome.Done, "withdrawn");
    }

    ReleaseRank? Newest(ClockReading now) => PublicationOrder.Newest(publisher.StateOf(Root.Public, now));

    OperatorReply Retry(RetryRejected action, Operator by, ClockReading now)
    {
        Record(action, by, now);
        receiving.Rejudge();
        return OperatorReply.Of(OperatorOutcome.Done, "retrying");
    }

    /// <summary>Verification may take long, so it is not the loop's: the verdict comes back as a signal.</summary>
    void Publish(PublishByHand action, OperatorRequest request, ClockReading now)
    {
        if (action.Waive.FirstOrDefault(code => !PublishByHand.Waivable.Contains(code)) is { } refused)
        {
            request.Answer(OperatorReply.Of(OperatorOutcome.Refused, "not-waivable", ("code", refused), ("waivable", string.Join(", ", PublishByHand.Waivable))));
            return;
        }
        Record(action, request.By, now, ("package", action.Path), ("waived", new JsonArray([.. action.Waive.Select(code => JsonValue.Create(code))])));
        Boundary.Pool(BoundaryPoint.ByHand, () =>
        {
            try
            {
                if (receiving.Judge(action.Path) is { } judged) post(new JudgedByHand(judged, request, action.Waive));
                else request.Answer(OperatorReply.Of(OperatorOutcome.Failed, "no-package", ("path", action.Path)));
            }
            catch (SystemFault fault)
            {
                request.Answer(Failed(fault));
            }
        }, otherwise: () => FailedUnforeseen(request));
    }

    /// <summary>Answers a request that met an error which nobody foresaw.</summary>
    public static void FailedUnforeseen(OperatorRequest request) =>
        request.Answer(OperatorReply.Of(OperatorOutcome.Failed, "failed", ("fault", EventCode.InternalFault.Id())));

    /// <summary>The verdict over a package that an operator named.</summary>
    public void Take(JudgedByHand byHand, ClockReading now)
    {
        var arrival = new Arrival(byHand.Judged) { Waived = byHand.Waived };
        arrival.Ended = state => byHand.Request.Answer(Outcome(arrival, state, now));
        try
        {
            intake.Take(arrival, now);
        }
        catch (SystemFault fault)
        {
            byHand.Request.Answer(Failed(fault));
            throw;
        }
    }

    OperatorReply Outcome(Arrival arrival, string state, ClockReading now)
    {
        var package = ("package", arrival.Verdict.Package);
        return state switch
        {
            "published" => OperatorReply.Of(OperatorOutcome.Done, "published", package, ("corte", arrival.Verdict.Corte.ToString()!)),
            "rejected" => OperatorReply.Of(OperatorOutcome.Refused, "rejected", package)
                with { Reasons = [.. Told.Of(arrival.Verdict.Reasons).Select(reason => new ReplyReason(reason.Code, reason.Path, reason.Detail))], ReasonsTotal = arrival.Verdict.ReasonsTotal },
            "held" => OperatorReply.Of(OperatorOutcome.Refused, "held", package, ("reason", publisher.HeldReason(arrival.Release!, now))),
            _ => OperatorReply.Of(OperatorOutcome.Refused, state, package),
        };
    }

    StoredRelease Describe(Release release, ClockReading now)
    {
        var live = store.Live(release.Destination ?? Root.Public) == release;
        var held = !live && publisher.Held(now).Contains(release);
        return new StoredRelease(release.Id.Value, release.Corte.At, release.Series, release.Files, release.Bytes,
            live ? "live" : held ? "held" : "stored", release.Destination == Root.Rehearsal ? "rehearsal" : "public", held ? publisher.HeldReason(release, now) : null);
    }

    static OperatorReply Failed(SystemFault fault) => OperatorReply.Of(OperatorOutcome.Failed, "failed", ("fault", fault.Message));

    void Record(OperatorAction action, Operator by, ClockReading now, params ReadOnlySpan<(string Name, JsonNode? Value)> more)
    {
        var fields = new JsonObject { ["action"] = action.Name, ["uid"] = by.Uid, ["name"] = by.Name, ["reason"] = action.Why };
        foreach (var (name, value) in more) fields[name] = value;
        chronicle.Record(EventCode.OperatorAction, now, fields);
    }
}

/// <summary>A package that an operator named has its verdict.</summary>
sealed record JudgedByHand(DeliveryJudged Judged, OperatorRequest Request, IReadOnlyList<string> Waived) : Signal;
