using System.Text.Json;
using System.Text.Json.Serialization;

namespace Difusor.Agent.Publication;

/// <summary>How an operator's request ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OperatorOutcome>))]
public enum OperatorOutcome
{
    [JsonStringEnumMemberName("done")] Done,
    /// <summary>The rules forbid it: exit 1.</summary>
    [JsonStringEnumMemberName("refused")] Refused,
    /// <summary>The environment failed: exit 3.</summary>
    [JsonStringEnumMemberName("failed")] Failed,
}

/// <summary>
/// The agent's answer to an operator, one JSON line. <paramref name="Message"/> is a key in section <c>operator</c> of
/// messages.json, so that each operator reads it in their own language; <paramref name="Values"/> are that sentence's
/// values.
/// </summary>
/// <param name="Releases">The answer to <see cref="ListReleases"/>, newest first.</param>
/// <param name="Reasons">Why a package was rejected.</param>
public sealed record OperatorReply(
    OperatorOutcome Outcome, string Message, IReadOnlyDictionary<string, string> Values,
    IReadOnlyList<StoredRelease>? Releases = null, IReadOnlyList<ReplyReason>? Reasons = null)
{
    /// <summary>Gets how many reasons there are in all; <see cref="Reasons"/> has the first.</summary>
    public int ReasonsTotal { get; init; }

    public static OperatorReply Of(
        OperatorOutcome outcome, string message, params (string Name, string Value)[] values) =>
        new(outcome, message, values.ToDictionary(value => value.Name, value => value.Value));

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, OperatorJson.Default.OperatorReply);

    public static OperatorReply? Read(ReadOnlySpan<byte> json)
    {
        try { return JsonSerializer.Deserialize(json, OperatorJson.Default.OperatorReply); }
        catch (JsonException) { return null; }
    }
}

/// <summary>A stored release as <c>releases list</c> shows it.</summary>
/// <param name="State"><c>live</c>, <c>held</c> or <c>stored</c>.</param>
/// <param name="Root"><c>public</c> or <c>rehearsal</c>.</param>
public sealed record StoredRelease(
    string Release, DateTimeOffset Corte, string? Series, int Files, long Bytes, string State, string Root,
    string? Reason = null);

/// <summary>One reason of a rejection, as in <c>verify --json</c>.</summary>
public sealed record ReplyReason(string Code, string? Path, string Detail);
