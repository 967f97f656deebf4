using System.Text.Json;
using System.Text.Json.Serialization;

namespace Difusor.Agent.Journal;

/// <summary>How the command of the notices has done, as far as its exit code tells.</summary>
/// <param name="LastSuccess">When it last succeeded; null if it never has.</param>
/// <param name="LastFailure">When it last failed; null if it never has.</param>
/// <param name="Exit">The exit code of that failure; null if it did not end in time, or could not be started.</param>
/// <param name="Said">The beginning of its errors then; null if there were none.</param>
public sealed record NotifyStatus(
    DateTimeOffset? LastSuccess, DateTimeOffset? LastFailure = null, int? Exit = null, string? Said = null)
{
    /// <summary>Gets whether it succeeded the last time.</summary>
    [JsonIgnore]
    public bool Works => LastSuccess is { } good && !(LastFailure > good);
}

/// <summary>What <c>notify.json</c> remembers over a restart.</summary>
/// <param name="CommandSha256">Which command it is about: another one has proven nothing.</param>
public sealed record NotifyRecord(string CommandSha256, NotifyStatus Status)
{
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, NotifyJson.Default.NotifyRecord);

    /// <returns>The record; null if the text is not valid.</returns>
    public static NotifyRecord? Read(ReadOnlySpan<byte> json)
    {
        try { return JsonSerializer.Deserialize(json, NotifyJson.Default.NotifyRecord); }
        catch (JsonException) { return null; }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NotifyRecord))]
sealed partial class NotifyJson : JsonSerializerContext;
