using System.Collections.Immutable;

namespace Difusor.Agent.Gate;

/// <summary>What one configured server says of true time, at the instant for which a selection is made.</summary>
public readonly record struct Vote(string Server, TrueInterval Interval);

/// <summary>
/// Which servers agree, and on what. <see cref="Interval"/> reaches from the first to the last point that more than
/// half of those that answered hold possible. So true time is in it while a majority is honest, and each end of it is
/// one that an honest server named: the rest can neither move nor widen it beyond that. (RFC 5905 section 11.2.1 looks
/// for the largest agreement instead; there a lying minority that overlaps the honest ones at one edge pulls the
/// interval off true time.)
/// </summary>
public sealed record Selection(
    TrueInterval Interval, ImmutableArray<string> Chosen, ImmutableArray<string> Falsetickers)
{
    public int Answered => Chosen.Length + Falsetickers.Length;

    /// <summary>
    /// Null where fewer than <paramref name="quorum"/>, or no more than half of the votes, share a point.
    /// </summary>
    public static Selection? Among(ImmutableArray<Vote> votes, int quorum)
    {
        var majority = votes.Length / 2 + 1;
        if (votes.IsEmpty || Common(votes, majority) is not { } common || common.Most < quorum) return null;
        var chosen = votes.Where(vote => vote.Interval.Meets(common.Interval)).Select(vote => vote.Server)
            .ToImmutableArray();
        return new Selection(common.Interval, chosen, [.. votes.Select(vote => vote.Server).Except(chosen)]);
    }

    /// <summary>
    /// The votes of a poll as of <paramref name="raw"/>: one a configured name, so that a name with many addresses is
    /// no majority by itself, and an address behind two names votes once. Of several addresses the majority speaks;
    /// where they disagree the name is mute.
    /// </summary>
    public static ImmutableArray<Vote> Votes(NtpPoll poll, RawRate rate, long raw) =>
    [
        .. poll.Replies.Where(reply => reply.Sample is not null).DistinctBy(reply => reply.Address)
            .GroupBy(reply => reply.Server)
            .Select(group =>
                (group.Key,
                Said: group.Select(reply => new Vote(reply.Address, Claim(reply.Sample!.Value, rate, raw)))
                .ToImmutableArray()))
            .Select(server => (server.Key, Common: Common(server.Said, server.Said.Length / 2 + 1)))
            .Where(server => server.Common is not null)
            .Select(server => new Vote(server.Key, server.Common!.Value.Interval)),
    ];

    /// <summary>The interval of one answer, carried to <paramref name="raw"/>.</summary>
    public static TrueInterval Claim(NtpSample sample, RawRate rate, long raw)
    {
        var middle = sample.Raw + sample.Offset;
        return new CarriedBound(sample.Raw, new TrueInterval(middle - sample.Distance, middle + sample.Distance), rate)
            .At(raw);
    }

    /// <summary>
    /// From the first to the last point that at least <paramref name="least"/> intervals cover, and how many cover the
    /// most covered one.
    /// </summary>
    static (TrueInterval Interval, int Most)? Common(ImmutableArray<Vote> votes, int least)
    {
        // At one point an interval begins before another ends: both include their ends.
        var edges =
            votes.SelectMany(vote => new[] { (At: vote.Interval.Low, Step: 1), (At: vote.Interval.High, Step: -1) })
            .OrderBy(edge => edge.At).ThenByDescending(edge => edge.Step);
        long? first = null;
        long last = 0;
        int covering = 0, most = 0;
        foreach (var (at, step) in edges)
        {
            if (step < 0 && covering >= least) last = at;
            covering += step;
            if (covering >= least) first ??= at;
            most = Math.Max(most, covering);
        }
        return first is { } low ? (new TrueInterval(low, last), most) : null;
    }
}
