using System.Diagnostics;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Control;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Night;

namespace Difusor.Agent.Linux.Threads;

/// <summary>
/// Every place at which an error that nobody foresaw ends: one for each thread, and one for each step whose subject can
/// be set aside by itself. A test puts a fault into each of them.
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
    /// <summary>SIGHUP.</summary>
    Hangup,
    /// <summary>A thread that the system has refused to start.</summary>
    ThreadStart,
    /// <summary>A task whose fault nobody has asked for.</summary>
    Forgotten,
}

/// <summary>An error that nobody foresaw has been caught at a boundary, for the loop to journal it.</summary>
/// <param name="IsSecond">Journaling it has met an error itself: this is the last attempt.</param>
sealed record FaultMet(InternalFault Fault, bool IsSecond = false) : Signal;

/// <summary>
/// Where an exception that nobody foresaw is caught. It is told on standard error and to the agent loop, and whoever
/// called knows that the step has failed: what the step touched is set aside, and the thread goes on. Of this process
/// there is one, as there is one <see cref="AppDomain.UnhandledException"/>.
/// </summary>
static class Boundary
{
    static readonly Lock telling = new();
    static FaultNoise noise = FaultNoise.Silence;
    static readonly List<FaultMet> early = [];
    static Action<FaultMet>? sink;

    /// <summary>Tests throw from here; null in every other process.</summary>
    internal static Action<BoundaryPoint>? Inject { get; set; }

    /// <summary>
    /// Says who journals the faults from now on, those before included: some threads begin before the loop does. Null:
    /// nobody, for now.
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

    /// <summary>Runs one step.</summary>
    /// <param name="passes">A <see cref="SystemFault"/> is foreseen here, and the caller's to handle.</param>
    /// <returns>False where it met an error that nobody foresaw, which has been told.</returns>
    public static bool Run(BoundaryPoint point, Action step, string? delivery = null, bool passes = false)
    {
        try
        {
            Inject?.Invoke(point);
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
    /// <param name="otherwise">What is done where it met an error that nobody foresaw.</param>
    public static void Pool(BoundaryPoint point, Action step, Action? otherwise = null) =>
        ThreadPool.UnsafeQueueUserWorkItem(_ =>
    {
        if (!Run(point, step) && otherwise is not null) Run(point, otherwise);
    }, null);

    /// <summary>Asks on the thread pool for a value that nobody depends on.</summary>
    /// <returns>The default where asking met an error.</returns>
    public static Task<T?> Ask<T>(BoundaryPoint point, Func<T> ask) where T : class => Task.Run(() =>
    {
        T? answer = null;
        Run(point, () => answer = ask());
        return answer;
    });

    /// <summary>Tells of an error that was caught. Never throws.</summary>
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
    /// What no boundary has caught has its last word on standard error and where <paramref name="mark"/> puts it, and a
    /// forgotten task ends nobody.
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

    /// <summary>Writes a point as the journal does: <c>receiving-look</c>.</summary>
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
        try { Console.Error.WriteLine(Diagnostics.Line(Serilog.Events.LogEventLevel.Fatal, line)); }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException or OutOfMemoryException)
        {
            // Nobody reads it.
        }
    }

    static long Now() => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
}
