using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Night;

/// <summary>The releases of a night in memory. They outlive a restart of what decides, as the disk does.</summary>
sealed class MemoryReleases : IReleases
{
    readonly List<Release> stored = [];
    readonly Release?[] live = new Release?[2], previous = new Release?[2];
    readonly OperatorChoice?[] choices = new OperatorChoice?[2];
    long sequence;

    /// <summary>The flush after a swap, as <see cref="Refuses"/> names it.</summary>
    public const string AfterSwap = "AfterSwap";

    /// <summary>The call that the disk refuses, once; null: none.</summary>
    public string? Refuses { get; set; }

    /// <summary>Verdicts of what was set aside.</summary>
    public List<Verdict> Quarantined { get; } = [];

    /// <summary>Whether nothing of what is rejected was copied, as of an archive that cannot be opened.</summary>
    public bool KeepsNothing { get; set; }

    /// <summary>What the quarantine was last pruned to; null: it never was.</summary>
    public (int Keep, long Size)? QuarantinePruned { get; private set; }

    /// <summary>Staged packages that were discarded because the same bytes are there.</summary>
    public List<string> Discarded { get; } = [];

    /// <summary>Paths whose vault copy proves true no longer.</summary>
    public List<RelativePath> Damaged { get; } = [];

    public IReadOnlyList<Release> Sealed => [.. stored.OrderByDescending(release => release.Rank)];
    public Release? Live(Root root) => live[(int)root];
    public Release? Previous(Root root) => previous[(int)root];
    public bool IsServed(Release release) => live.Contains(release) || previous.Contains(release);
    public OperatorChoice? Choice(Root root) => choices[(int)root];

    public void Choose(Root root, OperatorChoice? choice)
    {
        MayRefuse(nameof(Choose));
        choices[(int)root] = choice;
    }

    public Release Publish(Release release, Root root, DateTimeOffset now)
    {
        MayRefuse(nameof(Publish));
        if (live[(int)root] != release) (previous[(int)root], live[(int)root]) = (live[(int)root], release);
        MayRefuse(AfterSwap);
        return release;
    }

    public Activation Activate(
        Release stored, Root root, ReleaseRank? newest, bool hold, string reason, DateTimeOffset now)
    {
        MayRefuse(nameof(Activate));
        if (Damaged.Count > 0) return new Activation(null, [.. Damaged]);
        var made = Add(
            stored with { Destination = root, Future = false, SealedAt = now,
            MadeFrom = stored.MadeFrom ?? stored.Id });
        Choose(root, new OperatorChoice(made.Id, newest > made.Rank ? newest : made.Rank, hold, reason, now));
        return new Activation(Publish(made, root, now), []);
    }

    public void Withdraw(Root root)
    {
        MayRefuse(nameof(Withdraw));
        (previous[(int)root], live[(int)root]) = (live[(int)root], null);
    }

    public Release Assign(Release release, Root destination)
    {
        MayRefuse(nameof(Assign));
        var assigned = release with { Destination = destination };
        stored[stored.IndexOf(release)] = assigned;
        return assigned;
    }

    public void Remove(IReadOnlyList<Release> unwanted)
    {
        MayRefuse(nameof(Remove));
        Assert.NotEmpty(unwanted);
        Assert.All(unwanted, release => Assert.DoesNotContain(release, live));
        stored.RemoveAll(unwanted.Contains);
    }

    public IReadOnlyList<Release> Prune(int keep, IReadOnlySet<ReleaseId> waiting)
    {
        var roots = new[] { Root.Public, Root.Rehearsal }.Select(
            root => new RootPair(Live(root)?.Id, Previous(root)?.Id)).ToList();
        var outdated = Retention.Outdated(Sealed, roots, waiting, keep);
        if (outdated.Count > 0) Remove(outdated);
        return outdated;
    }

    public IReadOnlyList<string> PruneQuarantine(int keep, long size)
    {
        QuarantinePruned = (keep, size);
        return [];
    }

    /// <summary>A verified package that lies in staging.</summary>
    public IStagedPackage Stage(string package) => new Staged(this, package);

    Release Add(Release draft)
    {
        var release = draft with { Sequence = ++sequence, Id = ReleaseId.For(draft.Corte, sequence) };
        stored.Add(release);
        return release;
    }

    void MayRefuse(string call)
    {
        if (Refuses != call) return;
        Refuses = null;
        throw new IOException($"{call}: no space left on device");
    }

    sealed class Staged(MemoryReleases all, string package) : IStagedPackage
    {
        public Release Seal(Verdict verdict, Root? destination, bool future, DateTimeOffset now)
        {
            all.MayRefuse(nameof(Seal));
            return all.Add(new Release(
                default, 0, package, verdict.Corte!.Value, verdict.Series, verdict.ManifestSha256, verdict.Files,
                verdict.Bytes, destination,
                future, 0, now, []));
        }

        public string? Quarantine(Verdict verdict, DateTimeOffset now)
        {
            all.MayRefuse(nameof(Quarantine));
            all.Quarantined.Add(verdict);
            return all.KeepsNothing ? null : $"quarantine/{package}";
        }

        public void DiscardDuplicate() => all.Discarded.Add(package);
    }
}
