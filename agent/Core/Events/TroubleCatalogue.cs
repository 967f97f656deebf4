using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Events;

/// <summary>What can be wrong, in the order in which it is shown: what readers notice comes first.</summary>
[JsonConverter(typeof(KebabCase<Trouble>))]
public enum Trouble
{
    Integrity, Probe, Gate, Clock, Corte, Package, Delivery, Ignored, SetAside, Drop, Storage, Sentinel, Syslog, Notify,
    AfterPublication, Configuration, Fault,
}

/// <summary>A row of the table of troubles. Everything that tells a trouble takes it from here.</summary>
/// <param name="Alert">The name of its alert rule.</param>
/// <param name="Begins">The events that show it, from the least bad to the worst.</param>
/// <param name="Ends">The events that end it. <see cref="TroubleEnded"/> may end any.</param>
/// <param name="What">What is wrong, in a few words.</param>
/// <param name="Sentence">What is wrong, with the fields of the event that shows it, as in an event's sentence.</param>
/// <param name="EndsBy">What ends it.</param>
/// <param name="Help">The command that helps; it may name fields too.</param>
public sealed record TroubleEntry(
    Trouble Trouble, string Alert, ImmutableArray<EventCode> Begins, ImmutableArray<EventCode> Ends, Text What,
    Text Sentence, Text EndsBy, string Help)
{
    /// <summary>Gets its name in JSON, metrics and alert rules.</summary>
    public string Name => Trouble.Name();

    /// <summary>Gets how severe it is at its worst.</summary>
    public Severity Severity => Begins.Min(code => EventTraits.Of(code).Usual);

    /// <summary>Returns how bad it is while an event shows it; 0 where the event does not.</summary>
    public int Badness(EventCode code) => Begins.IndexOf(code) + 1;

    /// <summary>
    /// Returns what is wrong, as a sentence for people, and what would resolve its reasons, if it has some. What
    /// belongs to a rehearsal says so first.
    /// </summary>
    /// <param name="fields">The fields of the event that shows it.</param>
    public string Told(Language language, JsonObject fields) => Printable.Line(
        $"{EventCatalogue.Rehearsal(language, fields)}{EventCatalogue.Filled(language, Sentence, fields)} "
            + (fields["reasons"] is JsonArray ? ReasonCatalogue.MendsOf(language, fields) : "")).TrimEnd();

    /// <summary>Returns the command that helps; null where there is none for this state of it.</summary>
    public string? HelpWith(JsonObject fields) =>
        Printable.Line(EventCatalogue.Filled(Language.En, new Text(Help, Help), WithAddress(fields)))
            is { Length: > 0 } command ? command : null;

    /// <summary>Returns the fields with those that a command needs to ask for a probe's address.</summary>
    static JsonObject WithAddress(JsonObject fields)
    {
        if ((fields["url"] as JsonValue)?.TryGetValue(out string? url) != true) return fields;
        var more = (JsonObject)fields.DeepClone();
        foreach (var (field, value) in ProbeAddress.ForCurl(url!)) more[field] = value;
        return more;
    }
}

/// <summary>
/// The table of troubles: what begins each, what ends it, what tells it. <c>status</c>, the page, the metrics, the
/// alert rules, the heartbeat, the notifications and the docs come from it. The texts are in troubles.json.
/// </summary>
public static class TroubleCatalogue
{
    /// <summary>In the order of <see cref="Trouble"/>.</summary>
    static readonly (string Alert, EventCode[] Begins, EventCode[] Ends)[] Rows =
    [
        ("DifusorAltered", [EventCode.TamperDetected, EventCode.HealFailed], [EventCode.TamperHealed]),
        ("DifusorProbe", [EventCode.ProbeFailed, EventCode.ProbeStale, EventCode.ProbeMismatch],
            [EventCode.ProbeRecovered]),
        ("DifusorGateClosed", [EventCode.GateClosed], [EventCode.GateOpened]),
        ("DifusorClock", [EventCode.ClockUncertain, EventCode.ClockJump, EventCode.ClockDrift],
            [EventCode.ClockSynchronized]),
        ("DifusorCorteOverdue", [EventCode.CorteOverdue], [EventCode.CorteResumed]),
        ("DifusorRejecting", [EventCode.PackageRejected], [EventCode.PackageVerified, EventCode.CortePublished]),
        ("DifusorDeliveryStalled", [EventCode.DeliveryStalled], [EventCode.CortePublished]),
        ("DifusorDeliveryIgnored", [EventCode.DeliveryIgnored], []),
        ("DifusorSetAside", [EventCode.DeliverySetAside], [EventCode.OperatorAction]),
        ("DifusorDropCrowded", [EventCode.DropServiceStopped, EventCode.DropCrowded, EventCode.DropClosed],
            [EventCode.DropClear]),
        ("DifusorStorage", [EventCode.StorageLow, EventCode.StorageFailed], [EventCode.StorageRecovered]),
        ("DifusorSentinelBlind", [EventCode.SentinelBlind], [EventCode.SentinelSees]),
        ("DifusorSyslog", [EventCode.SyslogFailed], [EventCode.SyslogRecovered]),
        ("DifusorNotify", [EventCode.NotifyFailed], []),
        ("DifusorAfterPublication", [EventCode.HookFailed], [EventCode.HookRecovered]),
        ("DifusorConfiguration", [EventCode.ConfigChanged, EventCode.ConfigRejected],
            [EventCode.ConfigReloaded, EventCode.AgentStarted]),
        ("DifusorInternalFault", [EventCode.InternalFault], []),
    ];

    static readonly string[] Names = [.. Enum.GetNames<Trouble>().Select(KebabCase.Of)];
    static readonly Lazy<ImmutableArray<TroubleEntry>> Entries = new(Read);

    /// <summary>Gets all rows in the order of <see cref="Trouble"/>.</summary>
    public static ImmutableArray<TroubleEntry> All => Entries.Value;

    public static TroubleEntry Of(Trouble trouble) => All[(int)trouble];

    /// <summary>Returns the name of a trouble in JSON, metrics and alert rules.</summary>
    public static string Name(this Trouble trouble) => Names[(int)trouble];

    /// <summary>Returns the row with this name; null if this version does not know it.</summary>
    public static TroubleEntry? Named(string name) => Array.IndexOf(Names, name) is var at and >= 0 ? All[at] : null;

    static ImmutableArray<TroubleEntry> Read()
    {
        using var file = TextFile.Read("troubles.json");
        return [.. Enum.GetValues<Trouble>().Select(
            trouble => ReadEntry(trouble, Rows[(int)trouble], file.RootElement.GetProperty(trouble.Name())))];
    }

    static TroubleEntry ReadEntry(
        Trouble trouble, (string Alert, EventCode[] Begins, EventCode[] Ends) row, JsonElement texts) => new(
        trouble, row.Alert, [.. row.Begins], [.. row.Ends], TextFile.Both(texts.GetProperty("what")),
        TextFile.Both(texts.GetProperty("sentence")), TextFile.Both(texts.GetProperty("ends")),
        texts.GetProperty("help").GetString()!);
}
