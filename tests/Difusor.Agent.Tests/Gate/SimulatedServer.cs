using Difusor.Agent.Gate;

namespace Difusor.Agent.Tests.Gate;

/// <summary>What a lying server does: each is a way to open a gate early, or to spoil the bound.</summary>
enum Lie { None, Ahead, Behind, FarAhead, Creeping, TouchingTheEdge, AheadWithAWideClaim, Random }

/// <summary>
/// A server in virtual time, asked through the real packet codec and checks. An honest one is off by no more than the
/// root dispersion and half the root delay that it states, drifts within that, and is reached over unequal ways with
/// jitter; a liar may say anything.
/// </summary>
sealed class SimulatedServer
{
    readonly Random random;
    readonly double rootDelay, rootDispersion, offset, drift, outward, homeward, jitter, lie;
    readonly double start;

    public SimulatedServer(string name, Random random, Lie kind, double start)
    {
        (Name, this.random, Kind, this.start) = (name, random, kind, start);
        rootDelay = random.NextDouble() * 60e6;
        rootDispersion = 1e6 + random.NextDouble() * 40e6;
        drift = (random.NextDouble() - 0.5) * 2e-6;
        // The drift of half an hour fits into what is left of the claim.
        offset = (random.NextDouble() * 2 - 1) * (rootDelay / 2 + rootDispersion - 4e6 * Math.Abs(drift) * 1e6 / 2)
            .AtLeastZero();
        outward = Exponential(8e6);
        homeward = Exponential(8e6);
        jitter = random.NextDouble() * 10e6;
        lie = Math.Exp(random.NextDouble() * 16 - 4) * 1e9;
    }

    public string Name { get; }
    public Lie Kind { get; }
    public bool IsHonest => Kind == Lie.None;

    /// <summary>Asks it now. The reply, and how many true nanoseconds the question took.</summary>
    public (ServerReply Reply, double Took) Ask(VirtualHost host)
    {
        double there = outward + Exponential(jitter), held = random.NextDouble() * 2e5,
        back = homeward + Exponential(jitter);
        var query = new NtpQuery((ulong)random.NextInt64(), host.RawIn(0));
        var said = host.True + there + Error(host.True);
        var answer = NtpAnswer.Judge(query, new NtpPacket
        {
            Version = 4, Mode = NtpPacket.ServerMode, Stratum = 3, Precision = -22,
            RootDelay = (long)(IsHonest ? rootDelay : 0), RootDispersion = (long)(IsHonest ? rootDispersion : Claim()),
            Origin = new NtpTimestamp(query.Stamp), Receive = NtpTimestamp.Of((long)said),
            Transmit = NtpTimestamp.Of((long)(said + held)),
        }.ToBytes(), host.RawIn(there + held + back));
        var took = Math.Min(1e9, there + held + back);
        return took >= 1e9 || answer.Kind != ReplyKind.Answered
            ? (Silence, took) : (new ServerReply(Name, Name, ReplyKind.Answered, answer.Stratum, answer.Sample), took);
    }

    public ServerReply Silence => new(Name, Name, ReplyKind.Silent);

    double Claim() => Kind switch
    {
        Lie.AheadWithAWideClaim => 1.4e9,
        Lie.TouchingTheEdge => 5e6,
        _ => random.NextDouble() * 50e6,
    };

    double Error(double now) => Kind switch
    {
        Lie.None => offset + drift * (now - start),
        Lie.Ahead => lie,
        Lie.Behind => -lie,
        Lie.FarAhead => 86_400e9,
        Lie.Creeping => (now - start) * 400e-6,
        Lie.TouchingTheEdge => 15e6 + random.NextDouble() * 30e6,
        Lie.AheadWithAWideClaim => 1.35e9,
        _ => (random.NextDouble() * 2 - 1) * lie,
    };

    double Exponential(double mean) => -Math.Log(1 - random.NextDouble()) * mean;
}

static class Doubles
{
    public static double AtLeastZero(this double value) => Math.Max(0, value);
}
