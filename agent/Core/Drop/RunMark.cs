using System.Text.Json;
using System.Text.Json.Nodes;
using Difusor.Agent.Events;

namespace Difusor.Agent.Drop;

/// <summary>
/// A delivery that the agent does not touch until an operator runs <c>retry</c> or the sender changes it.
/// </summary>
/// <param name="Fingerprint">Its files at the first look after it was set aside; null before that look.</param>
public sealed record SetAsideMark(RawPath Root, string? Fingerprint);

/// <summary>
/// What a run keeps on disk, so that the next run learns how this one ended and what it had in hand. It is immutable:
/// each step returns the next mark. A death blames a delivery only if it was alone in hand, and only in the same boot.
/// If several were in hand, they become suspects and are taken one at a time, until each has had its verdict or has
/// left.
/// </summary>
/// <param name="Boot">The kernel's id of this boot.</param>
public sealed record RunMark(string Boot, int Pid)
{
    /// <summary>A delivery is set aside after this many deaths with it alone in hand.</summary>
    public const int MostDeaths = 2;

    /// <summary>
    /// At most this many deliveries in hand are remembered at a death; with so many in hand, none of them is blamed.
    /// </summary>
    public const int MostSuspects = 64;

    /// <summary>Gets why the run stopped; null while it runs.</summary>
    public string? Stopped { get; init; }

    /// <summary>Gets the fault that nothing caught; null if there was none.</summary>
    public string? LastWord { get; init; }

    /// <summary>
    /// Gets the deliveries that were in hand when a run ended, each with the number of deaths while it was alone in
    /// hand.
    /// </summary>
    public ImmutableSortedDictionary<RawPath, int> Suspects { get; init; } =
        ImmutableSortedDictionary<RawPath, int>.Empty;

    public ImmutableSortedDictionary<RawPath, SetAsideMark> SetAside { get; init; } =
        ImmutableSortedDictionary<RawPath, SetAsideMark>.Empty;

    /// <summary>
    /// Gets how many deliveries may be in hand at once: one while there are suspects; null (no such limit) if there are
    /// none.
    /// </summary>
    public int? AtOnce => Suspects.IsEmpty ? null : 1;

    /// <summary>Begins a run.</summary>
    /// <param name="previous">What the previous run left; null if there was none.</param>
    /// <param name="inHand">What that run last had in hand.</param>
    /// <param name="boot">The id of this boot.</param>
    /// <returns>The mark of this run, how the last run ended (null: there was none), and which deliveries were set
    /// aside just now.</returns>
    public static (RunMark Mark, RunEnd? Previous, ImmutableArray<RawPath> NewlySetAside) After(
        RunMark? previous, IReadOnlyCollection<RawPath> inHand, string boot, int pid)
    {
        var fresh = new RunMark(boot, pid);
        if (previous is null) return (fresh, null, []);
        fresh = fresh with { Suspects = previous.Suspects, SetAside = previous.SetAside };
        if (previous.Stopped is not null) return (fresh, RunEnd.Stopped, []);
        if (previous.Boot != boot) return (fresh, RunEnd.Reboot, []);
        var suspected = inHand.Where(root => !fresh.SetAside.ContainsKey(root)).Distinct().ToList();
        if (suspected.Count != 1)
        {
            foreach (var one in suspected.Take(MostSuspects))
                if (!fresh.Suspects.ContainsKey(one)) fresh = fresh with { Suspects = fresh.Suspects.Add(one, 0) };
            return (fresh, RunEnd.Ended, []);
        }
        var root = suspected[0];
        var deaths = fresh.Suspects.GetValueOrDefault(root) + 1;
        return deaths < MostDeaths
            ? (fresh with { Suspects = fresh.Suspects.SetItem(root, deaths) }, RunEnd.Ended, [])
            : (fresh with { Suspects = fresh.Suspects.Remove(root),
                SetAside = fresh.SetAside.SetItem(root, new SetAsideMark(root, null)) }, RunEnd.Ended, [root]);
    }

    /// <summary>Records that a delivery has come to its end: it is not a suspect any more.</summary>
    public RunMark Cleared(RawPath root) => Suspects.ContainsKey(root) ? this with { Suspects = Suspects.Remove(root) }
        : this;

    /// <summary>Removes deliveries that have left the drop from the suspects and from those set aside.</summary>
    public RunMark Only(Func<RawPath, bool> isThere)
    {
        var (suspects, aside) = (
            Suspects.Keys.Where(root => !isThere(root)).ToList(), SetAside.Keys.Where(root => !isThere(root)).ToList());
        return suspects.Count + aside.Count == 0 ? this
            : this with { Suspects = Suspects.RemoveRange(suspects), SetAside = SetAside.RemoveRange(aside) };
    }

    /// <summary>
    /// Compares what a look found of a delivery that is set aside with what was found before. If it has changed, it is
    /// a new delivery and is no longer set aside.
    /// </summary>
    public RunMark Looked(RawPath root, string fingerprint) => SetAside.GetValueOrDefault(root) switch
    {
        null => this,
        { Fingerprint: null } first =>
            this with { SetAside = SetAside.SetItem(root, first with { Fingerprint = fingerprint }) },
        { Fingerprint: var known } when known == fingerprint => this,
        _ => this with { SetAside = SetAside.Remove(root) },
    };

    /// <summary>Clears all suspects and all that is set aside: the operator's <c>retry</c>.</summary>
    public RunMark Forgiven() =>
        Suspects.IsEmpty && SetAside.IsEmpty ? this
        : this with { Suspects = Suspects.Clear(), SetAside = SetAside.Clear() };

    public string ToJson() => new JsonObject
    {
        ["boot"] = Boot, ["pid"] = Pid, ["stopped"] = Stopped, ["last_word"] = LastWord,
        ["suspects"]
        = new JsonArray(
            [.. Suspects.Select(one => new JsonObject { ["name"] = one.Key.Bytes, ["deaths"] = one.Value })]),
        ["set_aside"]
        = new JsonArray(
            [.. SetAside.Values.Select(
            one => new JsonObject { ["name"] = one.Root.Bytes, ["fingerprint"] = one.Fingerprint })]),
    }.ToJsonString() + "\n";

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <returns>The mark; null if the text is not valid.</returns>
    public static RunMark? Read(string text)
    {
        try
        {
            if (JsonNode.Parse(text) is not JsonObject mark || (string?)mark["boot"] is not { } boot) return null;
            var suspects = ImmutableSortedDictionary.CreateBuilder<RawPath, int>();
            foreach (var one in Items(mark["suspects"]))
                if (NameIn(one) is { } root) suspects[root] = (int?)one["deaths"] ?? 0;
            var aside = ImmutableSortedDictionary.CreateBuilder<RawPath, SetAsideMark>();
            foreach (var one in Items(mark["set_aside"]))
                if (NameIn(one) is { } root) aside[root] = new SetAsideMark(root, (string?)one["fingerprint"]);
            return new RunMark(boot, (int?)mark["pid"] ?? 0)
            {
                Stopped = (string?)mark["stopped"], LastWord = (string?)mark["last_word"] is { } word
                    ? Printable.Of(word, 1000) : null,
                Suspects = suspects.ToImmutable(), SetAside = aside.ToImmutable(),
            };
        }
        catch (Exception problem)
            when (problem is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    static IEnumerable<JsonObject> Items(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>();

    static RawPath? NameIn(JsonObject one) =>
        (string?)one["name"] is { } name && !name.Any(c => c is '\0' or > 'ÿ') ? new RawPath(name) : null;
}

/// <summary>
/// Writes and reads the file beside the mark that says which deliveries a run has in hand. If there are many, it names
/// only the first <see cref="RunMark.MostSuspects"/>.
/// </summary>
public static class InHandMark
{
    public static string Write(string boot, int pid, IReadOnlyCollection<RawPath> inHand) => new JsonObject
    {
        ["boot"] = boot, ["pid"] = pid,
        ["in_hand"]
        = new JsonArray([.. inHand.Take(RunMark.MostSuspects).Select(root => JsonValue.Create(root.Bytes))]),
    }.ToJsonString() + "\n";

    /// <summary>Reads the file for the run of <paramref name="mark"/>.</summary>
    /// <returns>The deliveries; none if the file belongs to another run or is not valid.</returns>
    public static ImmutableArray<RawPath> Read(string text, RunMark mark)
    {
        try
        {
            if (JsonNode.Parse(text) is not JsonObject said || (string?)said["boot"] != mark.Boot
                || (int?)said["pid"] != mark.Pid) return [];
            return [.. (said["in_hand"] as JsonArray ?? []).Select(name => (string?)name).OfType<string>()
                .Where(name => !name.Any(c => c is '\0' or > 'ÿ')).Take(RunMark.MostSuspects)
                    .Select(name => new RawPath(name))];
        }
        catch (Exception problem)
            when (problem is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            return [];
        }
    }
}
