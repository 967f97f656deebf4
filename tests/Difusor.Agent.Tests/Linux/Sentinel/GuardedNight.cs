using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Difusor.Agent.Daemon;
using Difusor.Agent.Events;
using Difusor.Agent.Gate;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests.Linux;

/// <summary>A real store with a guard over it, as the agent loop has them; the test is the loop.</summary>
sealed class GuardedNight : IDisposable
{
    readonly TreeWatch watch;

    public GuardedNight(IReadOnlyDictionary<string, string> first, IReadOnlyDictionary<string, string> second)
    {
        TamperResponder = new TamperResponder(Night.Store, Night.Folders, State, (happened, _) => Events.Add(happened));
        watch = new TreeWatch(State, Signals.Add);
        watch.Start();
        Older = Night.Publish(20, first);
        TamperResponder.Follow();
        Live = Night.Publish(40, second);
        TamperResponder.Follow();
        Bounded.Until(() => State.Status.WatchedFolders > 0, "a watch on all folders");
    }

    public StoreNight Night { get; } = new();
    public PublishedState State { get; } = new();
    public TamperResponder TamperResponder { get; }
    public Release Older { get; }
    public Release Live { get; }
    public List<AgentEvent> Events { get; } = [];
    public BlockingCollection<Signal> Signals { get; } = [];
    public SitePaths Paths => new(Night.Folders.Public, TreeOf(Live), TreeOf(Older), Night.Folders.Staging);

    public string TreeOf(Release release) => Path.Combine(Night.Folders.Public, "releases", release.Id.Value);

    /// <summary>
    /// Lets the loop turn until an event of this kind has been recorded, and everything is intact again.
    /// </summary>
    public JsonObject Until(EventCode code, Func<AgentEvent, bool>? such = null)
    {
        if (Found() is { } before) return before;
        foreach (var altered in Bounded.Each(Signals,
            $"{code}; there were {string.Join(", ", Events.Select(happened => happened.Code))}").OfType<TreeAltered>())
        {
            TamperResponder.Take(altered, Now);
            if (Found() is { } found) return found;
        }
        throw new InvalidOperationException("the signals have ended");

        JsonObject? Found() =>
            Events.Find(happened => happened.Code == code && such?.Invoke(happened) != false)?.Fields;
    }

    /// <summary>Waits until the watch tells of the root itself, and heals nothing.</summary>
    public void Altered(string code) => Bounded.Each(Signals, $"a root that is {code}").OfType<TreeAltered>()
        .First(altered =>
            altered.Alterations.Any(found => found.Code == code && found.Path == "." && found.Release is null));

    /// <summary>A tick: what is held back, or waits for another attempt.</summary>
    public void Tick(TimeSpan later = default)
    {
        var now = Now;
        TamperResponder.Tick(now with { System = now.System + later });
    }

    public void Dispose()
    {
        watch.Dispose();
        TamperResponder.Dispose();
        Night.Dispose();
        Signals.Dispose();
    }

    static ClockReading Now => HostClock.Read();
}
