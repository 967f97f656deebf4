using System.Text.Json;
using System.Text.Json.Serialization;
using Difusor.Agent.Events;

namespace Difusor.Agent.Publication;

/// <summary>
/// A request of an operator to the running agent (contract, section 8): one JSON line on the control socket, in which
/// <c>action</c> says which request it is.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "action",
    UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(ListReleases), "list")]
[JsonDerivedType(typeof(ActivateRelease), "activate")]
[JsonDerivedType(typeof(ResumeReleases), "resume")]
[JsonDerivedType(typeof(RemoveRelease), "remove")]
[JsonDerivedType(typeof(PublishByHand), "publish")]
[JsonDerivedType(typeof(RetryRejected), "retry")]
[JsonDerivedType(typeof(WithdrawSite), "withdraw")]
[JsonDerivedType(typeof(TestNotice), "notify-test")]
[JsonDerivedType(typeof(ReloadConfiguration), "reload")]
[JsonDerivedType(typeof(ShowConfiguration), "configuration")]
[JsonDerivedType(typeof(BeginSimulacro), "simulacro")]
[JsonDerivedType(typeof(EndSimulacro), "simulacro-end")]
public abstract record OperatorCommand
{
    /// <summary>The longest reason, in characters: it should be a sentence, and it is journaled.</summary>
    public const int LongestReason = 1000;

    /// <summary>Gets the name used in events: <c>activate</c>, <c>publish</c>, ...</summary>
    [JsonIgnore]
    public abstract string Name { get; }

    /// <summary>Gets the operator's reason; null if the action takes none.</summary>
    [JsonIgnore]
    public virtual string? Why => null;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, OperatorJson.Default.OperatorCommand);

    /// <returns>
    /// The action; null if the agent does not know it, its reason is empty or too long, or it names no release.
    /// </returns>
    public static OperatorCommand? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var action = JsonSerializer.Deserialize(json, OperatorJson.Default.OperatorCommand);
            return action is null or { Why: not null and ({ Length: > LongestReason } or "") }
                || string.IsNullOrWhiteSpace(action.Why ?? "-")
                || (action is ActivateRelease { Which: var which } && !ActivateRelease.IsName(which)) ? null : action;
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException) { return null; }
    }
}

/// <summary>Asks which releases are stored.</summary>
public sealed record ListReleases : OperatorCommand
{
    public override string Name => "list";
}

/// <summary>Has agent.yaml read again, as SIGHUP does, and waits for what comes of it.</summary>
public sealed record ReloadConfiguration : OperatorCommand
{
    /// <summary>The answer's message if the file was not taken.</summary>
    public const string Rejected = "config-rejected";

    /// <summary>
    /// What the names of values begin with that say what is odd about a file that was taken: <c>warning1</c>, ...
    /// </summary>
    public const string Warning = "warning";

    public override string Name => "reload";
}

/// <summary>
/// Asks for the configuration that the agent works with, without its secrets: two YAML texts, <c>settings</c> and
/// <c>profile</c>.
/// </summary>
public sealed record ShowConfiguration : OperatorCommand
{
    public override string Name => "configuration";
}

/// <summary>
/// Makes a stored release live, verified again from the vault. With Hold, nothing replaces it until
/// <see cref="ResumeReleases"/>.
/// </summary>
/// <param name="Which">A release's ID, or a corte: then its newest release.</param>
public sealed record ActivateRelease(string Which, string Reason, bool Hold) : OperatorCommand
{
    public override string Name => "activate";
    public override string Why => Reason;

    /// <summary>Returns whether a text names a release or a corte.</summary>
    public static bool IsName(string text) => ReleaseId.Read(text) is not null || Corte.Read(text) is not null;

    /// <summary>Returns whether the operator means this release.</summary>
    public bool Names(Release release) =>
        ReleaseId.Read(Which) is { } id ? release.Id == id : release.Corte == Corte.Read(Which);
}

/// <summary>Ends the operator's hold.</summary>
public sealed record ResumeReleases : OperatorCommand
{
    public override string Name => "resume";
}

/// <summary>Removes a stored release that is not public: held, of the future, or superseded.</summary>
/// <param name="Release">Its ID, as <c>releases list</c> shows it.</param>
public sealed record RemoveRelease(string Release, string Reason) : OperatorCommand
{
    public override string Name => "remove";
    public override string Why => Reason;
}

/// <summary>Verifies and publishes a package by hand.</summary>
/// <param name="Path">An absolute path.</param>
/// <param name="Waive">Codes that neither reject it nor hold it back from the public.</param>
/// <param name="Corte">
/// The corte of a package that states none, as the operator typed it; null if none is given.
/// </param>
public sealed record PublishByHand(string Path, string Reason, IReadOnlyList<string> Waive, string? Corte = null)
    : OperatorCommand
{
    /// <summary>
    /// Gets the codes that an operator may waive: some of a verdict's reasons and, from ten minutes after the opening,
    /// the clock's (contract, section 8).
    /// </summary>
    public static IReadOnlyList<string> Waivable { get; } =
    [
        .. ReasonCodes.Waivable,
        .. Enum.GetValues<GateReason>().Where(reason => reason.IsOfTheClock()).Select(reason => reason.Code()),
    ];

    public override string Name => "publish";
    public override string Why => Reason;
}

/// <summary>Judges rejected packages again, after a change of configuration.</summary>
public sealed record RetryRejected : OperatorCommand
{
    internal const string ActionName = "retry";

    public override string Name => ActionName;
}

/// <summary>Takes the site down to the notice page. With Force, also before <c>keep_until</c>.</summary>
public sealed record WithdrawSite(string Reason, bool Force) : OperatorCommand
{
    internal const string ActionName = "withdraw";

    public override string Name => ActionName;
    public override string Why => Reason;
}

/// <summary>Sends a test by the command of the notices.</summary>
public sealed record TestNotice : OperatorCommand
{
    public override string Name => "notify-test";
}

/// <summary>Begins a rehearsal without the institute: see <c>Night.Simulacro</c>.</summary>
public sealed record BeginSimulacro : OperatorCommand
{
    public override string Name => "simulacro";
}

/// <summary>Ends the rehearsal without the institute, and takes down what it has published.</summary>
public sealed record EndSimulacro : OperatorCommand
{
    public override string Name => "simulacro-end";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true, MaxDepth = 4)]
[JsonSerializable(typeof(OperatorCommand))]
[JsonSerializable(typeof(OperatorReply))]
sealed partial class OperatorJson : JsonSerializerContext;
