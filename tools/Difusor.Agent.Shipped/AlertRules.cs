using Difusor.Agent.Events;

namespace Difusor.Agent.Shipped;

/// <summary>An alert rule of Prometheus.</summary>
/// <param name="Summary">What is wrong, in Spanish, after the election and the host.</param>
public sealed record AlertRule(string Alert, string Expression, bool IsCritical, string Summary);

/// <summary>
/// Writes the alert rules: one for each row of the table of troubles, and those that the agent cannot tell by itself.
/// </summary>
public static class AlertRules
{
    const string Written = "difusor_agent_written_timestamp_seconds";

    /// <summary>How each summary begins.</summary>
    public const string Subject = "{{ $labels.election }} en {{ $labels.instance }}: ";

    public static IReadOnlyList<AlertRule> All { get; } =
    [
        .. TroubleCatalogue.All.Select(entry => new AlertRule(
            entry.Alert, $"difusor_agent_trouble{{trouble=\"{entry.Name}\"}} == 1",
            entry.Severity <= Severity.Critical, $"{entry.What.Es}. En el equipo: difusor-agent status")),
        new("DifusorTampering", "increase(difusor_agent_tamper_detected_total[10m]) > 0", IsCritical: true,
            "alguien alteró lo publicado, y el agente lo restaura. Avise al Instituto."),
        new("DifusorScanStopped", "time() - difusor_agent_last_full_scan_timestamp_seconds > 1200", IsCritical: false,
            "el agente no termina una revisión completa desde hace 20 minutos."),
        // The file stays as it is where the agent was killed, and goes where it was stopped.
        new("DifusorAgentSilent", $"time() - {Written} > 60 or (last_over_time({Written}[1d]) unless {Written})",
            IsCritical: true,
            "el agente no escribe sus métricas: está detenido o muerto. En el equipo: systemctl status difusor-agent"),
    ];

    public static string Yaml()
    {
        var rules = new StringBuilder("""
            # Alert rules for difusor-agent, made from the table of troubles by `make shipped`. node_exporter's textfile collector
            # reads metrics.prom (--collector.textfile.directory=/run/difusor-agent; of another instance: its own folder).
            groups:
              - name: difusor-agent
                rules:

            """);
        foreach (var rule in All)
        {
            rules.Append($"      - alert: {rule.Alert}\n        expr: {rule.Expression}\n");
            rules.Append($"        labels: {{severity: {(rule.IsCritical ? "critical" : "warning")}}}\n");
            rules.Append("        annotations:\n          summary: \"").Append(Subject).Append(rule.Summary)
                .Append("\"\n");
        }
        return rules.ToString();
    }
}
