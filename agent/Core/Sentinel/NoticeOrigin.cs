using System.Text.Json;
using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Sentinel;

/// <summary>
/// Where a notice comes from, for whoever is woken by it: which host, which site, in which language and zone.
/// </summary>
/// <param name="Site">The name that readers type; null if no probe says it.</param>
/// <param name="Offset">The offset of the election's zone.</param>
public sealed record NoticeOrigin(string Host, string? Site, Language Language, TimeSpan Offset)
{
    static readonly JsonSerializerOptions Readable = new() { Encoder = PrintableJson.Encoder };

    public static NoticeOrigin Of(Settings settings, string host, TimeSpan offset) =>
        new(host, SiteOf(settings.Sentinel), settings.Language, offset);

    /// <summary>
    /// Completes a notice with <c>host</c>, <c>site</c>, <c>language</c>, <c>when</c> (its <c>at</c> as people say it)
    /// and <c>do</c> (what to do about its event).
    /// </summary>
    /// <param name="notice">One JSON object.</param>
    public string Complete(string notice)
    {
        if (JsonNode.Parse(notice) is not JsonObject told) return notice;
        told["host"] = Host;
        told["site"] = Site;
        told["language"] = Language.Tag();
        if ((string?)told["at"] is { } at && DateTimeOffset.TryParse(
            at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            told["when"] = Times.Show(time.ToOffset(Offset), Language);
        if ((string?)told["event"] is { } id && EventCatalogue.Named(id) is { } known)
            told["do"] ??= JsonValue.Create(known.Action.In(Language));
        return told.ToJsonString(Readable);
    }

    /// <summary>
    /// Returns the site of the first probe: of <c>https://SITE@127.0.0.1/</c> it is the part before the @.
    /// </summary>
    static string? SiteOf(SentinelSettings sentinel) => sentinel.Probes
        .Select(probe => probe.Url.UserInfo.Length > 0 ? probe.Url.UserInfo
            : probe.Url.IsLoopback ? null : probe.Url.DnsSafeHost)
        .FirstOrDefault(site => site is not null);
}
