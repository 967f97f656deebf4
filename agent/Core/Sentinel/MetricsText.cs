using Difusor.Agent.Events;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Sentinel;

/// <summary>What the watch and the probes measure, for the metrics.</summary>
/// <param name="Probes">By URL: whether the last round got the published bytes.</param>
public sealed record WatchMeasures(
    DateTimeOffset? LastFullScan, double? ScanSeconds, double? ScanWorkSeconds, long ScanFiles, long Overflows,
    double? DetectionDelaySeconds,
    long TamperDetected, long TamperHealed, long HealFailures, bool Blind, IReadOnlyDictionary<string, bool> Probes);

/// <summary>
/// Writes <c>metrics.prom</c> in the text format of Prometheus, for node_exporter's textfile collector. Names and units
/// follow its conventions: base units, <c>_total</c> for values that only grow, <c>_timestamp_seconds</c> for instants.
/// Each sample names the election and the instance, so those of several agents on one host are not mixed up.
/// </summary>
public static class MetricsText
{
    static readonly string[] GateCodes = [.. Enum.GetValues<GateReason>().Select(reason => reason.Code())];

    public static string Of(AgentStatus status, Tally tally, WatchMeasures watch)
    {
        var text = new Writer(("election", status.Election), ("agent", status.Instance));
        text.Family("difusor_agent_info", "gauge", "The agent's version and the election it serves.");
        text.Sample(1, ("version", status.Version));
        text.Value(
            "difusor_agent_written_timestamp_seconds", "gauge", "When these metrics were written.",
            Seconds(status.WrittenAt));
        Troubles(text, status);
        Gate(text, status);
        Published(text, status);
        text.Value(
            "difusor_agent_files_verified_total", "counter", "Files of accepted packages verified since the start.",
            tally.FilesVerified);
        text.Family(
            "difusor_agent_packages_rejected_total", "counter", "Rejected packages since the start, by reason.");
        foreach (var reason in Enum.GetValues<ReasonCode>().Select(reason => reason.Code()))
            text.Sample(tally.Rejections.GetValueOrDefault(reason), ("reason", reason));
        text.Family("difusor_agent_events_total", "counter", "Journaled events since the start, by code.");
        foreach (var code in Enum.GetValues<EventCode>()) text.Sample(tally.Count(code), ("event", code.Id()));
        if (tally.PublicationSeconds is { } latency)
            text.Value(
                "difusor_agent_last_publication_latency_seconds", "gauge",
                "From the last byte of the package to the swap, of the last publication.", latency);
        Integrity(text, status, watch);
        text.Family(
            "difusor_agent_probe_success", "gauge", "Whether the last probe of this URL got the published bytes.");
        foreach (var (url, good) in watch.Probes) text.Sample(good ? 1 : 0, ("url", url));
        return text.ToString();
    }

    static void Troubles(Writer text, AgentStatus status)
    {
        text.Family("difusor_agent_trouble", "gauge", "Whether this is wrong now: a row of the table of troubles.");
        foreach (var entry in TroubleCatalogue.All)
            text.Sample(IsOpen(status, entry.Trouble) ? 1 : 0, ("trouble", entry.Name));
        text.Value(
            "difusor_agent_corte_overdue", "gauge", "Whether the next corte is overdue.",
            IsOpen(status, Trouble.Corte) ? 1 : 0);
        text.Family(
            "difusor_agent_syslog_pending", "gauge", "Records of the journal that a syslog target has not got.");
        foreach (var syslog in status.Syslog) text.Sample(syslog.Pending, ("target", syslog.Target));
        text.Value(
            "difusor_agent_last_notify_success_timestamp_seconds", "gauge",
            "When notify.command last delivered a notification; 0: never.",
            status.Notify?.LastSuccess is { } delivered ? Seconds(delivered) : 0);
    }

    static bool IsOpen(AgentStatus status, Trouble trouble) =>
        status.Troubles.Any(open => open.Trouble == trouble.Name());

    static void Gate(Writer text, AgentStatus status)
    {
        text.Value(
            "difusor_agent_gate_open", "gauge", "Whether publication is allowed now.", status.Gate.IsOpen ? 1 : 0);
        text.Family("difusor_agent_gate_closed", "gauge", "Why the gate is closed: 1 for the reason that holds.");
        foreach (var reason in GateCodes) text.Sample(status.Gate.Reason == reason ? 1 : 0, ("reason", reason));
        text.Value(
            "difusor_agent_gate_opens_timestamp_seconds", "gauge", "When publication opens.",
            Seconds(status.Gate.OpensAt));
        text.Value(
            "difusor_agent_clock_synchronized", "gauge", "Whether a clock bound is known.",
            status.Clock.Synchronized ? 1 : 0);
        if (status.Clock is { Earliest: { } earliest, Latest: { } latest })
            text.Value(
                "difusor_agent_clock_bound_width_seconds", "gauge", "Width of the interval in which true time lies.",
                (latest - earliest).TotalSeconds);
        if (status.Clock.OffsetSeconds is { } offset)
            text.Value(
                "difusor_agent_clock_offset_seconds", "gauge", "System clock minus the middle of the bound.", offset);
    }

    static void Published(Writer text, AgentStatus status)
    {
        text.Value(
            "difusor_agent_held_releases", "gauge", "Verified releases that wait to be published.", status.Held.Count);
        text.Value(
            "difusor_agent_deliveries_in_progress", "gauge",
            "Deliveries that are arriving, being verified or stalled, or that wait for their turn.",
            Math.Max(status.DeliveriesTotal, status.Deliveries.Count));
        if (status.Published is not { } published) return;
        text.Value(
            "difusor_agent_published_corte_timestamp_seconds", "gauge", "The corte that is published.",
            Seconds(published.Corte));
        text.Value(
            "difusor_agent_published_corte_age_seconds", "gauge", "Age of the published corte by the system clock.",
            (status.WrittenAt - published.Corte).TotalSeconds);
        text.Value(
            "difusor_agent_published_since_timestamp_seconds", "gauge", "When it was published.",
            Seconds(published.Since));
        text.Value("difusor_agent_published_files", "gauge", "Files of the published release.", published.Files);
    }

    static void Integrity(Writer text, AgentStatus status, WatchMeasures watch)
    {
        text.Family("difusor_agent_integrity_state", "gauge", "1 for the state of what is published.");
        foreach (var state in new[] { "intact", "healing", "tampered" })
            text.Sample(status.Sentinel.State == state ? 1 : 0, ("state", state));
        text.Value(
            "difusor_agent_tamper_detected_total", "counter",
            "Alterations of what is published found since the start: each path counts.", watch.TamperDetected);
        text.Value(
            "difusor_agent_tamper_healed_total", "counter",
            "Healings since the start: one mends all the paths altered then.", watch.TamperHealed);
        text.Value(
            "difusor_agent_heal_failures_total", "counter", "Healings that failed since the start.",
            watch.HealFailures);
        text.Value(
            "difusor_agent_watch_overflows_total", "counter", "Overflows of the kernel's event queue since the start.",
            watch.Overflows);
        text.Value(
            "difusor_agent_watch_blind", "gauge",
            "Whether some folder is not watched, so that only the re-hash sees it.", watch.Blind ? 1 : 0);
        if (watch.DetectionDelaySeconds is { } delay)
            text.Value(
                "difusor_agent_watch_detection_delay_seconds", "gauge",
                "From the last canary's change to the watch's notice of it.", delay);
        if (watch.LastFullScan is not { } scan) return;
        text.Value(
            "difusor_agent_last_full_scan_timestamp_seconds", "gauge", "When the last full re-hash ended.",
            Seconds(scan));
        text.Value(
            "difusor_agent_last_full_scan_duration_seconds", "gauge", "How long it took, rests included.",
            watch.ScanSeconds ?? 0);
        text.Value(
            "difusor_agent_last_full_scan_work_seconds", "gauge", "How long it worked.", watch.ScanWorkSeconds ?? 0);
        text.Value("difusor_agent_last_full_scan_files", "gauge", "Files that it read.", watch.ScanFiles);
    }

    static double Seconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / 1000.0;

    /// <param name="common">The labels that each sample has.</param>
    sealed class Writer(params (string Name, string Value)[] common)
    {
        readonly StringBuilder text = new();
        string? name;

        public void Family(string family, string type, string help)
        {
            name = family;
            text.Append(CultureInfo.InvariantCulture, $"# HELP {family} {help}\n# TYPE {family} {type}\n");
        }

        public void Value(string family, string type, string help, double value)
        {
            Family(family, type, help);
            Sample(value);
        }

        public void Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels)
        {
            text.Append(name);
            var mark = '{';
            ReadOnlySpan<(string, string)> all = [.. common, .. labels];
            foreach (var (label, content) in all)
            {
                text.Append(mark).Append(label).Append("=\"").Append(Escaped(content)).Append('"');
                mark = ',';
            }
            text.Append(CultureInfo.InvariantCulture, $"}} {value}\n");
        }

        public override string ToString() => text.ToString();

        static string Escaped(string value) =>
            value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal);
    }
}
