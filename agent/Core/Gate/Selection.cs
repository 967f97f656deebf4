namespace Difusor.Agent.Gate;

/// <summary>What one configured server says about true time, at the instant of the selection.</summary>
public readonly record struct Vote(string Server, TrueInterval Interval);

/// <summary>
/// Which servers agree, and on what. <see cref="Interval"/> goes from the first to the last point that more than half
/// of the answering servers consider possible. So it contains true time while a majority is honest, and each of its
/// ends is inside some honest server's interval: the other servers cannot move or widen it beyond that. (RFC 5905
/// section 11.2.1 looks for the largest agreement instead. There a lying minority that overlaps the honest servers at
/// one edge pulls the interval off true time.)
/// </summary>
public sealed record Selection(
    TrueInterval Interval, ImmutableArray<string> Chosen, ImmutableArray<string> Falsetickers)
{
    public int Answered => Chosen.Length + Falsetickers.Length;

    /// <summary>
    /// Returns the selection; null if no point is shared by at least <paramref name="quorum"/> and by more than half of
    /// the votes.
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
    /// Returns the votes of a poll at <paramref name="raw"/>. Each configured name has one vote, so a name with many
    /// addresses is not a majority by itself, and an address behind two names votes once. If a name has several
    /// addresses, their majority decides; if they disagree, the name has no vote.
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

    /// <summary>Returns the interval of one answer, carried to <paramref name="raw"/>.</summary>
    public static TrueInterval Claim(NtpSample sample, RawRate rate, long raw)
    {
        var middle = sample.Raw + sample.Offset;
        return new CarriedBound(sample.Raw, new TrueInterval(middle - sample.Distance, middle + sample.Distance), rate)
            .At(raw);
    }

    /// <summary>
    /// Returns the interval from the first to the last point that at least <paramref name="least"/> intervals cover,
    /// and how many intervals cover the most covered point.
    /// </summary>
    static (TrueInterval Interval, int Most)? Common(ImmutableArray<Vote> votes, int least)
    {
        // Intervals include their ends, so at the same point handle beginnings before ends.
        var edges =
            votes.SelectMany(vote => new[] { (At: vote.Interval.Low, Step: 1), (At: vote.Interval.High, Step: -1) })
            .OrderBy(edge => edge.At).ThenByDescending(edge => edge.Step);
        long? first = null;
        long last = 0;
        int covering = 0, most = 0;
        foreach (var (at, step) in edges)
        {
            if (step == -1 && covering >= least) last = at;
            covering += step;
            if (covering >= least) first ??= at;
            most = Math.Max(most, covering);
        }
        return first is { } low ? (new TrueInterval(low, last), most) : null;
    }
}
