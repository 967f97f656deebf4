using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Daemon;

/// <summary>What an operator asks of the command of the notices.</summary>
sealed partial class AgentParts
{
    /// <summary>
    /// Sends a test notice. Whoever asked for it gets the answer when the command has ended, which may take long.
    /// </summary>
    public void TestNotice(OperatorRequest request, ClockReading now)
    {
        var by = request.By;
        var hasCommand = Configured.Settings.Notify.Command is not null;
        try
        {
            Recorder.Record(
                new Events.OperatorAction(
                    request.Action.Name, by.Uid, by.Name, null, Done: hasCommand,
                    Refusal: hasCommand ? null : "no-notify"), now);
        }
        catch (IOException fault)
        {
            request.Answer(OperatorCommands.Failed(fault));
            throw;
        }
        var line = NoticeText.Test($"{by.Name} ({by.Uid})", Clock.BestTime(now), Configured.Settings.Language);
        if (!notifier.Test(line, run => Signals.Post(new NoticeTested(request, run))))
            request.Answer(OperatorReply.Of(OperatorOutcome.Refused, "no-notify"));
    }
}

/// <summary>Says how the test of the notices went that an operator asked for.</summary>
sealed record NoticeTested(OperatorRequest Request, NotifyRun Run) : Signal
{
    public void Answer() => Request.Answer(
        Run.Delivered ? OperatorReply.Of(OperatorOutcome.Done, "notified")
        : Run.Exit is { } exit ? OperatorReply.Of(
            OperatorOutcome.Failed, "notify-failed", ("exit", exit.ToString(CultureInfo.InvariantCulture)),
            ("said", Run.Said ?? "-"))
        : OperatorReply.Of(OperatorOutcome.Failed, "notify-ended", ("said", Run.Said ?? "-")));
}
