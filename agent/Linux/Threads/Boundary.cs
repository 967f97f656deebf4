using System.Diagnostics;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Night;

namespace Difusor.Agent.Linux.Threads;

/// <summary>
/// Every place where an unexpected error ends: one for each thread, and one for each step whose subject can be set
/// aside by itself. A test puts a fault into each of them.
/// </summary>
enum BoundaryPoint
{
    /// <summary>The whole turn of the agent loop.</summary>
    Loop,
    LoopSignal, LoopHeal, LoopClock, LoopPublish, LoopArrival, LoopUpkeep, LoopWatch, LoopHear, LoopStatus, LoopSpare,
    LoopStop,
    Receiving, ReceivingRequest, ReceivingHint, ReceivingLook, ReceivingDelivery,
    Staging, StagingRead, StagingJudge,
    Time, HostTime,
    Control, ControlClient,
    Syslog,
    Watch, Rescan, RescanPass, Probe, ProbeRound,
    Notify, NotifyEvent, Heartbeat, HeartbeatBeat,
    FlushAhead, Removal, NextTree, WarmUp, ByHand,
    /// <summary>The handling of SIGHUP.</summary>
    Hangup,
    /// <summary>The start of a thread, which the system may refuse.</summary>
    ThreadStart,
    /// <summary>A task that failed, and whose fault was never read.</summary>
    Forgotten,
}

/// <summary>Tells the loop to journal an unexpected error that was caught at a boundary.</summary>
/// <param name="IsSecond">Journaling it has met an error itself: this is the last attempt.</param>
sealed record FaultMet(InternalFault Fault, bool IsSecond = false) : KeptSignal;

/// <summary>
/// Catches unexpected exceptions. Each is reported on standard error and to the agent loop, and the caller learns that
/// the step has failed: what the step touched is set aside, and the thread goes on. There is one for the process, as
/// there is one <see cref="AppDomain.UnhandledException"/>.
/// </summary>
static class Boundary
{
    /// <summary>Guards <see cref="noise"/>, <see cref="early"/> and <see cref="sink"/>.</summary>
    static readonly Lock telling = new();
    static FaultNoise noise = FaultNoise.Silence;
    static readonly List<FaultMet> early = [];
    static Action<FaultMet>? sink;

    /// <summary>Gets or sets a hook by which tests throw; null in every other process.</summary>
    internal static Action<BoundaryPoint>? Inject { get; set; }

    /// <summary>
    /// Sets who journals the faults from now on. Faults from before are journaled too, since some threads begin before
    /// the loop does. Null: for now, faults are kept.
    /// </summary>
    public static void TellTo(Action<FaultMet>? journal)
    {
        lock (telling)
        {
            (sink, noise) = (journal, FaultNoise.Silence);
            if (journal is not null)
                foreach (var met in early) journal(met);
            early.Clear();
        }
    }

    /// <summary>Lets a test throw at a point whose errors the caller catches itself.</summary>
    internal static void Reach(BoundaryPoint point) => Inject?.Invoke(point);

    /// <summary>Runs one step.</summary>
    /// <param name="passes">True: a <see cref="SystemFault"/> is foreseen here, and passes to the caller.</param>
    /// <returns>False where the step met an unexpected error, which has been reported.</returns>
    public static bool Run(BoundaryPoint point, Action step, string? delivery = null, bool passes = false)
    {
        try
        {
            Reach(point);
            step();
            return true;
        }
        catch (Exception fault) when (!passes || fault is not SystemFault)
        {
            Tell(point, fault, delivery);
            return false;
        }
    }

    /// <summary>Runs a step on the thread pool.</summary>
    /// <param name="otherwise">Runs where the step met an unexpected error.</param>
    public static void Pool(BoundaryPoint point, Action step, Action? otherwise = null) =>
        ThreadPool.UnsafeQueueUserWorkItem(_ =>
    {
        if (!Run(point, step) && otherwise is not null) Run(point, otherwise);
    }, null);

    /// <summary>Asks on the thread pool for a value that is not essential.</summary>
    /// <returns>Null where asking met an error.</returns>
    public static Task<T?> Ask<T>(BoundaryPoint point, Func<T> ask) where T : class => Task.Run(() =>
    {
        T? answer = null;
        Run(point, () => answer = ask());
        return answer;
    });

    /// <summary>Reports an error that was caught. Never throws.</summary>
    public static void Tell(BoundaryPoint point, Exception fault, string? delivery = null)
    {
        try
        {
            var step = NameOf(point);
            var told = Faults.Of(fault, step, Thread.CurrentThread.Name, delivery, 0);
            Action<FaultMet>? journal;
            lock (telling)
            {
                (var count, noise) = noise.Hear(
                    $"{step} {told.Kind} {told.Methods.AsSpan(0, Math.Min(told.Methods.Length, 160))}", Now());
                if (count == 0) return;
                (told, journal) = (told with { Count = count }, sink);
                if (journal is null && early.Count < FaultNoise.MostKinds) early.Add(new FaultMet(told));
            }
            Say(told.ToString());
            journal?.Invoke(new FaultMet(told));
        }
        catch (Exception again)
        {
            Say(again is OutOfMemoryException
                ? "INTERNAL_FAULT: no memory is left to say which"
                : $"INTERNAL_FAULT that could not be journaled: {again.GetType().Name}");
        }
    }

    /// <summary>
    /// Sets the last handlers of the process. An exception that no boundary has caught is written to standard error and
    /// passed to <paramref name="mark"/>. A failed task that is never awaited is reported, and does not end the
    /// process.
    /// </summary>
    public static void GuardProcess(Action<InternalFault> mark)
    {
        AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
        {
            var last = Faults.Of((Exception)unhandled.ExceptionObject, "process", Thread.CurrentThread.Name, null, 1);
            Say($"the agent ends: {last}");
            try { mark(last); }
            catch (SystemFault) { }
        };
        TaskScheduler.UnobservedTaskException += (_, forgotten) =>
        {
            forgotten.SetObserved();
            Tell(BoundaryPoint.Forgotten, forgotten.Exception);
        };
    }

    /// <summary>Returns a point's name as the journal has it: <c>receiving-look</c>.</summary>
    public static string NameOf(BoundaryPoint point)
    {
        var name = point.ToString();
        return string.Concat(
            name.Select(
            (letter, at) =>
            char.IsAsciiLetterUpper(letter) ? $"{(at > 0 ? "-" : "")}{char.ToLowerInvariant(letter)}"
            : $"{letter}"));
    }

    static void Say(string line)
    {
        try { StandardStreams.Errors.WriteLine(Diagnostics.Line(Serilog.Events.LogEventLevel.Fatal, line)); }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException or OutOfMemoryException)
        {
            // Standard error is closed, or no memory is left: nothing more can be done.
        }
    }

    static long Now() => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
}
