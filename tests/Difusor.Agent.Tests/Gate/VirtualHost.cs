using Difusor.Agent.Configuration;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Tests.Gate;

/// <summary>
/// A host in virtual time, with the gate's three parts put together as the agent loop does: true time goes on by <see
/// cref="Pass"/>, the raw clock and the system clock follow with their own faults, and servers answer as they are told.
/// </summary>
sealed class VirtualHost
{
    public static readonly DateTimeOffset Opens = DateTimeOffset.Parse("2021-06-06T20:00:00-05:00");

    public static ElectionProfile Profile { get; } = new()
    {
        Id = "ieem-2021", Title = "PREP 2021", Authority = "IEEM", TimeZone = "America/Mexico_City", Opens = Opens,
        KeepUntil = DateTimeOffset.Parse("2021-06-07T23:59:59-05:00"), FirstCorte = Opens, LastCorte = Opens.AddDays(1),
        Cadence = TimeSpan.FromMinutes(20),
        Rehearsals = [
            .. new[] { "05-31", "06-01", "06-02" }.Select(
            day => new Window(
            DateTimeOffset.Parse($"2021-{day}T09:00:00-05:00"),
            DateTimeOffset.Parse($"2021-{day}T17:00:00-05:00")))],
    };

    readonly ClockSettings settings;
    double raw = 1_000_000_000_000, boot = 7_000_000_000_000, monotonic = 1_000_000_000_000;

    public VirtualHost(DateTimeOffset starts, ClockSettings? settings = null, ElectionProfile? profile = null)
    {
        True = TrueInterval.Nanoseconds(starts);
        this.settings = settings ?? new ClockSettings();
        Gate = new PublicationGate(profile ?? Profile, this.settings);
        Discipline = new ClockDiscipline(this.settings);
    }

    public PublicationGate Gate { get; }
    public ClockDiscipline Discipline { get; }
    public ClockState Clock { get; private set; } = ClockState.Unknown;
    public bool Proven { get; set; }
    public List<Difusor.Agent.Events.AgentEvent> Events { get; } = [];

    /// <summary>Nanoseconds since 1970.</summary>
    public double True { get; private set; }

    /// <summary>The system clock less true time, in nanoseconds.</summary>
    public double SystemError { get; set; }

    /// <summary>A raw second lasts so much less than a true one; as a fraction.</summary>
    public double RawError { get; set; }

    public ClockReading Reading =>
        new((long)raw, (long)boot, (long)monotonic,
        DateTimeOffset.UnixEpoch.AddTicks((long)((True + SystemError) / 100)));

    public void Pass(TimeSpan time)
    {
        double nanoseconds = time.Ticks * 100d, own = nanoseconds * (1 + RawError);
        True += nanoseconds;
        raw += own;
        boot += own;
        monotonic += own;
    }

    public void Suspend(TimeSpan time)
    {
        True += time.Ticks * 100d;
        boot += time.Ticks * 100d;
    }

    /// <summary>A poll whose servers are off by so many seconds each, all with this distance; NaN is silent.</summary>
    public ClockStep Poll(double distanceSeconds, params double[] offsets) =>
        Poll([.. offsets.Select((offset, at) => Reply($"s{at}", offset, distanceSeconds))]);

    public ClockStep Poll(ImmutableArray<ServerReply> replies) => Take(new NtpPoll(replies, Reading, Reading));

    public ClockStep Take(NtpPoll poll)
    {
        var step = Discipline.Take(Clock, poll, Proven);
        Clock = step.State;
        Events.AddRange(step.Events);
        return step;
    }

    /// <summary>Four honest servers, 20 ms away.</summary>
    public ClockStep PollGood() => Poll(0.02, 0.001, -0.003, 0.002, 0);

    public ServerReply Reply(string name, double offsetSeconds, double distanceSeconds) => double.IsNaN(offsetSeconds)
        ? new ServerReply(name, name, ReplyKind.Silent)
        : new ServerReply(
            name, name, ReplyKind.Answered, 2,
            new NtpSample((long)raw, (long)(True + offsetSeconds * 1e9) - (long)raw, 0, (long)(distanceSeconds * 1e9)));

    public GateDecision Decide() => Gate.Decide(Clock, Reading, Proven);

    /// <summary>CLOCK_MONOTONIC_RAW after so many more true nanoseconds.</summary>
    public long RawIn(double nanoseconds) => (long)(raw + nanoseconds * (1 + RawError));

    public bool BoundHoldsTrueTime =>
        Clock.At(Reading) is not { } bound || (bound.Low <= True + 1000 && True - 1000 <= bound.High);
}
