using Difusor.Agent.Gate;

namespace Difusor.Agent.Tests.Gate;

/// <summary>
/// One night in virtual time, made of its seed: servers of which a majority of those that answer is honest, a crystal
/// that is wrong and wanders, a system clock that is off, slewed at chrony's 8.3 %, or set by a day; from minutes
/// before the opening to minutes after it.
/// </summary>
sealed class SimulatedNight
{
    const double Slew = 0.083;
    static readonly double Opens = TrueInterval.Nanoseconds(VirtualHost.Opens);

    readonly Random random;
    readonly VirtualHost host;
    readonly SimulatedServer[] servers;
    readonly double crystal, wander, begins;
    readonly int tampering;
    double systemGoal;

    public SimulatedNight(int seed)
    {
        random = new Random(seed);
        Seed = seed;
        host = new VirtualHost(VirtualHost.Opens.AddSeconds(-random.Next(5, 1500)));
        begins = host.True;
        crystal = (random.NextDouble() * 2 - 1) * 300e-6;
        wander = random.NextDouble() * 10e-6;
        var count = random.Next(2, 8);
        var liars = random.Next(0, (count + 1) / 2);
        servers = [
            .. Enumerable.Range(0, count)
            .Select(at =>
            new SimulatedServer($"s{at}", random, at < liars ? (Lie)random.Next(1, 8) : Lie.None, host.True))];
        Liars = liars;
        tampering = random.Next(6);
        host.SystemError = tampering == 0 ? 0.4e9 : (random.NextDouble() * 2 - 1) * 0.05e9;
    }

    public int Seed { get; }
    public int Liars { get; }
    public int Servers => servers.Length;

    /// <summary>
    /// How long after the opening, in true time, the gate opened; null where it did not within the night.
    /// </summary>
    public TimeSpan? OpenedAfter { get; private set; }

    /// <summary>What must never be, in words.</summary>
    public string? Broken { get; private set; }

    public IEnumerable<string> NamedLiars => host.Clock.Falsetickers.Keys;

    public void Run()
    {
        for (var poll = 0; Broken is null && host.True < Opens + 180e9; poll++)
        {
            Ask();
            Wait((poll < 3 ? 2e9 : 64e9) * (0.999 + random.NextDouble() * 0.002));
        }
    }

    void Ask()
    {
        var started = host.Reading;
        var asked = servers.Select(
            server => (server, said: random.Next(12) == 0 ? (server.Silence, 1e9) : server.Ask(host))).ToArray();
        // A majority of those that answer is honest: that is what the bound is promised for.
        var honest = asked.Count(each => each.server.IsHonest && each.said.Item1.Sample is not null);
        var liars = 0;
        var replies = asked.Select(
            each => each.server.IsHonest || each.said.Item1.Sample is null || ++liars < honest ? each.said.Item1
            : each.server.Silence).ToImmutableArray();
        Pass(asked.Max(each => each.said.Item2));
        host.Take(new NtpPoll(replies, started, host.Reading));
        Look();
    }

    /// <summary>
    /// Waits as the agent loop does: to the next poll, and to each deadline of the gate before it; now and then it
    /// looks in between.
    /// </summary>
    void Wait(double nanoseconds)
    {
        var until = host.True + nanoseconds;
        while (Broken is null && host.True < until)
        {
            var wake = host.Decide().Wake is { } own ? own.Ticks * 100d / (1 + host.RawError) + 100 : double.MaxValue;
            Pass(Math.Min(Math.Min(until - host.True + 1, wake), 1 + random.NextDouble() * 20e9));
            Look();
        }
    }

    void Pass(double nanoseconds)
    {
        // At most 1 s at one rate: the crystal follows the temperature.
        for (var left = nanoseconds; left > 0; left -= 1e9)
        {
            host.RawError = crystal + wander * Math.Sin((host.True - begins) / 600e9);
            var step = Math.Max(100, Math.Min(left, 1e9));
            Tamper(step);
            host.Pass(TimeSpan.FromTicks((long)Math.Ceiling(step / 100)));
        }
    }

    void Tamper(double step)
    {
        if (tampering == 1 && random.Next(200) == 0) systemGoal = (random.NextDouble() * 2 - 1) * 5e9;
        if (tampering == 2 && random.Next(400) == 0)
            systemGoal = host.SystemError = host.SystemError > 1e12 ? 0 : 86_400e9;
        if (tampering == 3 && random.Next(400) == 0) systemGoal = host.SystemError = host.SystemError < -1e9 ? 0 : -5e9;
        host.SystemError += Math.Clamp(systemGoal - host.SystemError, -Slew * step, Slew * step);
    }

    void Look()
    {
        if (!host.BoundHoldsTrueTime)
            Broken = $"the bound {host.Clock.At(host.Reading)} does not hold {host.True:F0}, "
                + $"{(host.True - Opens) / 1e9:F1} s from the opening, after {host.Clock.SelectionsInARow} selections";
        if (!host.Decide().Open) return;
        if (host.True < Opens) Broken = $"open {(Opens - host.True) / 1e9} s early";
        if (host.Proven) return;
        host.Proven = true;
        OpenedAfter = TimeSpan.FromTicks((long)((host.True - Opens) / 100));
    }
}
