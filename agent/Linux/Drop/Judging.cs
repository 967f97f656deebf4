using System.Collections.Immutable;
using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux;

/// <summary>What came of trying a verdict on what is staged.</summary>
/// <param name="Differs">The drop holds something else by now: no verdict.</param>
/// <param name="Weight">Whether the verdict stands.</param>
sealed record Judgement(bool Differs, Verdict? Verdict, Weight Weight, ImmutableArray<string> Awaited)
{
    public static Judgement Different { get; } = new(true, null, Weight.TooEarly, []);
}

/// <summary>Tries a verdict on a reception that nobody changes meanwhile: first every source is compared with what was staged of it.</summary>
/// <param name="live">What the published release holds; empty where there is none.</param>
/// <param name="judged">The cortes that have had a verdict.</param>
sealed class Judging(SafeFolder drop, ReceivingRules rules, Func<IReadOnlyList<ReleaseFile>> live, Func<IReadOnlySet<Corte>> judged)
{
    /// <param name="beside">HASH files beside an archive.</param>
    public Judgement Judge(Reception reception, Occasion occasion, IReadOnlyCollection<RawPath> beside)
    {
        var tree = reception.Tree!;
        var delivery = reception.Delivery;
        // The comparison goes on beside the verdict, which needs only the agent's own copy; whoever is ready first helps with what is left.
        var comparison = new Comparison(drop, delivery, rules.Settings);
        var beginning = Task.Run(comparison.Work);
        var offer = OfferOf(reception, delivery.IsArchive ? ReadBeside(delivery.Root, beside) : []);
        Completeness? completeness = null;
        if (occasion is not Occasion.Whole && !delivery.IsArchive && delivery.Excess is null)
        {
            completeness = Completeness.Of(offer, tree, rules.Verification, [.. live().Select(file => file.Path)]);
            if (occasion == Occasion.Last) offer = offer with { Warnings = [.. offer.Warnings, .. completeness.GoneWarnings] };
        }
        var verdict = Verifier.Judge(offer, tree, rules.Verification);
        comparison.Work();
        beginning.GetAwaiter().GetResult();
        if (delivery.Excess is null && !comparison.IsSame) return Judgement.Different;
        var circumstances = CircumstancesOf(reception, delivery, occasion);
        if (verdict.Accepted && circumstances.IsWrittenOver && completeness is { State: not CompletenessState.Whole })
        {
            circumstances = circumstances with { OfOtherCortes = OtherCortes.Of(verdict, tree, circumstances.Unchanged, judged()) };
            if (occasion == Occasion.Last) verdict = verdict with { Reasons = [.. OtherCortes.Reasons(circumstances.OfOtherCortes, verdict.Corte!.Value)] };
        }
        var (weight, awaited) = Weighing.Of(occasion, verdict, completeness, circumstances);
        return new Judgement(false, verdict, weight, awaited);
    }

    static PackageOffer OfferOf(Reception reception, ImmutableArray<HashText> beside)
    {
        var delivery = reception.Delivery;
        var offer = new PackageOffer(reception.Name, delivery.Findings);
        if (reception.Archive is not { } archive) return offer;
        return offer with
        {
            Findings = [.. offer.Findings, .. archive.Unpacking.Findings],
            Folder = archive.Unpacking.Folder,
            Stopped = archive.Unpacking.Stopped,
            Outer = beside.IsEmpty ? null : new OuterHash(delivery.At(delivery.Root)!.Name!, beside, archive.Own),
        };
    }

    /// <summary>The HASH files beside archives, this one's own first: all of them together are no more than one within a package may be.</summary>
    internal ImmutableArray<HashText> ReadBeside(RawPath archive, IEnumerable<RawPath> beside)
    {
        var texts = ImmutableArray.CreateBuilder<HashText>();
        var left = (long)HashFileReader.MostBytesBeside * 8;
        foreach (var path in beside.OrderByDescending(path => HashFileName.SidecarTarget(path.Bytes) is { } target && archive.Bytes.StartsWith(target, StringComparison.Ordinal)))
            if (ReadBeside(path) is { } text && (left -= text.Bytes.Length) >= 0) texts.Add(text);
        return texts.ToImmutable();
    }

    /// <summary>One of them; null where it is none that could be read.</summary>
    HashText? ReadBeside(RawPath path)
    {
        if (path.Read(rules.Settings.Limits.Paths).Path is not { } name) return null;
        using var source = drop.TryOpenFile(path.ToBytes(), out _);
        if (source is null || SafeFolder.IdentityOf(source, name.Value) is not { Kind: FileKind.Regular, Size: <= HashFileReader.MostBytesBeside } identity) return null;
        var bytes = new byte[identity.Size];
        var length = 0;
        while (length < bytes.Length && RandomAccess.Read(source, bytes.AsSpan(length), length) is var read and > 0) length += read;
        return new HashText(name, bytes.AsMemory(0, length));
    }

    /// <summary>What only a quiet delivery is weighed by is not looked for on another occasion.</summary>
    Circumstances CircumstancesOf(Reception reception, Delivery delivery, Occasion occasion)
    {
        HashSet<string> refused = new(StringComparer.Ordinal), unchanged = new(StringComparer.Ordinal);
        if (occasion is not Occasion.Whole)
        {
            // After a restart nothing is known of the tree's files at their last verdict but what was published of them.
            var published = reception.Before is null && rules.Settings.Drop.Layout == DropLayout.Tree
                ? live().ToDictionary(file => file.Path, file => file.Sha256) : [];
            foreach (var file in delivery.Files)
            {
                if (file.Name is not { } name) continue;
                if (file.Finding is not null) refused.Add(name.Value);
                if (reception.Before is { } earlier ? file.Identity is { } now && earlier.IsUnchanged(file.Path, now)
                    : file.Entry is { } entry && published.TryGetValue(name, out var digest) && digest == entry.Sha256) unchanged.Add(name.Value);
            }
        }
        return new Circumstances(
            rules.Settings.Drop.Layout, delivery.IsArchive, reception.Archive?.Unpacking.Ends ?? true, refused,
            unchanged, reception.Before?.Memory.Accepted ?? false);
    }
}
