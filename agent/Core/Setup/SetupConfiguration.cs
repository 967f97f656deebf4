using System.Text.Json;
using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Setup;

/// <summary>The agent.yaml that setup writes, or what it changes in the system administrator's.</summary>
static class SetupConfiguration
{
    public const string DefaultTarget = "unix:/dev/log";
    const string LoopbackProbe = "@127.0.0.1/";

    /// <summary>
    /// Returns agent.yaml with the values that setup knows better than the defaults; what the system administrator has
    /// chosen stays. Where there is none, the commented one that ships is the beginning.
    /// </summary>
    public static string Of(SetupWish wish, SetupInstance instance, HostFacts host)
    {
        if (host.Files.TryGetValue(instance.Config, out var text)
            && host is { Places: { } places, Settings: { } settings })
            return Edited(text, places, Wanted(wish, instance, host, settings, places));
        var fresh = SettingsWriter.Commented(wish.Election!, Language.Es);
        var read = SettingsReader.Read(Encoding.UTF8.GetBytes(fresh), instance.Config);
        return read.Value is { } shipped
            ? Edited(fresh, read.Places, [.. Folders(instance), .. Wanted(wish, instance, host, shipped, read.Places)])
            : fresh;
    }

    static IEnumerable<(string Key, string Value)> Folders(SetupInstance instance) => instance.IsFirst ? []
        :
        [
            ("paths.drop", instance.Home + "/entrega"), ("paths.receipts", instance.Home + "/acuses"),
            ("paths.state", instance.State), ("paths.run", instance.Run),
        ];

    static List<(string Key, string Value)> Wanted(
        SetupWish wish, SetupInstance instance, HostFacts host, Settings settings,
        IReadOnlyDictionary<string, Position> places)
    {
        var edits = new List<(string Key, string Value)>();
        if (wish.Election is { } election && election != settings.Election) edits.Add(("election", Scalar(election)));
        if (settings.Sentinel.Probes.Count == 0
            || settings.Sentinel.Probes.Any(
            probe => probe.Url.OriginalString.Contains(LoopbackProbe, StringComparison.Ordinal)
            && !probe.Url.OriginalString.Contains($"//{wish.Site}@", StringComparison.Ordinal)))
            edits.Add(("sentinel.probes", Probes(wish.Site, host.SiteResolves)));
        if (settings.Syslog.All is [var only] && host.RsyslogDropInExists
            && (only == DefaultTarget || OfRsyslog(instance).Contains(only)))
        {
            if (places.ContainsKey("syslog.target")) edits.Add(("syslog.target", Quoted(DefaultTarget)));
            edits.Add(("syslog.targets", Targets(instance)));
        }
        return edits;
    }

    /// <summary>
    /// Returns where events go after setup: to journald, which shows the catalogue's texts, and by its own socket to
    /// rsyslog, whose file an auditor reads.
    /// </summary>
    static string Targets(SetupInstance instance) =>
        $"[{Quoted(DefaultTarget)}, {Quoted("unix:" + instance.SyslogSocket)}]";

    /// <summary>Returns the targets that setup has ever chosen for rsyslog.</summary>
    public static string[] OfRsyslog(SetupInstance instance) =>
        ["unix:" + instance.SyslogSocket, "unix:" + instance.FormerSyslogSocket];

    public static string Quoted(string target) => $"\"{target}\"";

    /// <summary>Returns a text as YAML writes it on one line: plain where nothing in it has a meaning.</summary>
    public static string Scalar(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '/' or '-')
            ? text : $"\"{JsonEncodedText.Encode(text)}\"";

    /// <summary>Makes edits from the last position to the first, because an edit moves only what follows it.</summary>
    public static string Edited(
        string text, IReadOnlyDictionary<string, Position> places, IEnumerable<(string Key, string Value)> edits)
    {
        foreach (var (key, value) in edits.OrderByDescending(edit => PlaceOf(edit.Key).Line))
            text = ConfigEdit.Set(text, places, key, value);
        return text;

        Position PlaceOf(string key) =>
            places.TryGetValue(key, out var at) || places.TryGetValue(key.Split('.')[0], out at) ? at
                : new(int.MaxValue, 1);
    }

    /// <summary>
    /// Returns the probes: one by loopback, which needs no name server, and one by the public name if that resolves
    /// from here.
    /// </summary>
    static string Probes(string site, bool resolves) =>
        $"[{{url: \"https://{site}{LoopbackProbe}\", every: "
            + $"60s}}{(resolves ? $", {{url: \"https://{site}/\", every: 5m}}" : "")}]";
}
