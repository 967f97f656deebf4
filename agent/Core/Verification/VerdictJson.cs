using System.Text.Json;

namespace Difusor.Agent.Verification;

/// <summary>
/// Writes a verdict as one line of JSON: <c>verify --json</c> and <c>verdict.json</c> (contract, section 9).
/// </summary>
public static class VerdictJson
{
    /// <summary>
    /// Writes the line of <c>verdict.json</c> a few findings at a time, because there may be ten thousand.
    /// </summary>
    public static void Write(Stream into, Verdict verdict)
    {
        using (var json = new Utf8JsonWriter(into, PrintableJson.Line)) Write(json, verdict, seconds: null);
        into.Write("\n"u8);
    }

    /// <param name="seconds">How long the verification took; null leaves the field out.</param>
    public static void Write(Utf8JsonWriter json, Verdict verdict, double? seconds)
    {
        json.WriteStartObject();
        json.WriteString("package", verdict.Package);
        json.WriteString("verdict", verdict.Accepted ? "accepted" : "rejected");
        json.WriteString("corte", verdict.Corte?.ToString());
        json.WriteString("series", verdict.Series);
        json.WriteNumber("files", verdict.Files);
        json.WriteNumber("bytes", verdict.Bytes);
        json.WriteString("algorithm", verdict.Algorithm?.Name());
        json.WriteString("manifest_sha256", verdict.ManifestSha256);
        WriteFindings(json, "reasons", verdict.Reasons, verdict.ReasonsTotal);
        WriteFindings(json, "warnings", verdict.Warnings, verdict.WarningsTotal);
        if (seconds is { } took) json.WriteNumber("seconds", Math.Round(took, 3));
        json.WriteEndObject();
    }

    /// <summary>
    /// Writes a list of findings, and how many there are in all, because the list may have only the first.
    /// </summary>
    public static void WriteFindings(Utf8JsonWriter json, string key, ImmutableArray<Finding> findings, int total)
    {
        json.WriteNumber($"{key}_total", total);
        json.WriteStartArray(key);
        foreach (var finding in findings)
        {
            finding.WriteTo(json);
            if (json.BytesPending > MostPending) json.Flush();
        }
        json.WriteEndArray();
    }

    const int MostPending = 64 << 10;
}
