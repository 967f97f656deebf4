using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Journal;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// One forwarder for each target of the configuration, each with its own place in the journal: one that is away holds
/// up no other.
/// </summary>
public sealed class SyslogForwarders : IDisposable
{
    readonly List<(string Target, SyslogForwarder Forwarder)> all = [];

    /// <param name="state">The folder for the places.</param>
    /// <param name="targets">As the configuration has them.</param>
    /// <param name="open">Makes the sink of a target.</param>
    /// <param name="onChange">Receives a target and its problem when it goes away, and null when it takes messages: for
    /// the first time, or again. Called on the forwarders' threads.</param>
    /// <param name="idle">After how long without anything to send each looks at its target; null: 30 s.</param>
    public SyslogForwarders(
        JournalFolder journal, string state, IReadOnlyList<string> targets, Func<SyslogTarget, IEventSink> open,
        Action<string, string?> onChange, TimeSpan? idle = null)
    {
        // With and without the usual port it is the same target.
        var read = targets.Select(text => (Text: text, Target: SyslogTarget.Read(text)!))
            .DistinctBy(one => one.Target).ToList();
        SyslogPlaces.Prepare(state, [.. read.Select(one => one.Target)]);
        foreach (var (text, target) in read)
            all.Add((text, new SyslogForwarder(
                journal, SyslogPlaces.FileOf(state, target), open(target), problem => onChange(text, problem),
                idle)));
    }

    /// <summary>Returns how far each target is.</summary>
    /// <param name="last">The number of the journal's last record.</param>
    public IReadOnlyList<SyslogStatus> Status(long last) =>
    [
        .. all.Select(one => new SyslogStatus(
            one.Target, Math.Max(0, last - one.Forwarder.Settled), one.Forwarder.Problem?.Code,
            one.Forwarder.Problem?.Since)),
    ];

    public void Start()
    {
        foreach (var (_, forwarder) in all) forwarder.Start();
    }

    /// <summary>Tells the forwarders that the journal has something new.</summary>
    public void Wake()
    {
        foreach (var (_, forwarder) in all) forwarder.Wake();
    }

    /// <summary>Sends what is left to those that take it at once. All have the same two seconds for that.</summary>
    public void Dispose()
    {
        foreach (var (_, forwarder) in all) forwarder.End();
        foreach (var (_, forwarder) in all) forwarder.Dispose();
    }
}
