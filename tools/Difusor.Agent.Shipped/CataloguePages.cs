using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Shipped;

/// <summary>Writes what is made from the catalogues: the two pages of docs/, and systemd's message catalog.</summary>
static class CataloguePages
{
    public static string Events(Language language)
    {
        var es = language == Language.Es;
        var page = new StringBuilder();
        page.Append(es
            ? """
              # Eventos y motivos

              Cada decisión del agente es un evento: un registro de la bitácora y un mensaje de syslog (RFC 5424, APP-NAME `difusor-agent`, MSGID el código, un
              SD-ELEMENT `difusor@32473` con los campos; en el formato local el código y los campos van antes de la frase). Con `unix:/dev/log` en un equipo con systemd,
              journald recibe además cada campo por separado (`DIFUSOR_SEQ`, `DIFUSOR_CORTE`…: `journalctl -t difusor-agent -o verbose`) y el MESSAGE_ID del evento (`journalctl -x`: en español, también donde el equipo no tiene ningún idioma generado; en inglés con `LC_ALL=en_US.UTF-8`, si `locale -a` lo tiene). Todo mensaje lleva `seq` y `head`. Una lista `reasons`
              se envía como `reasons_total`, `reasons` (códigos distintos) y `reason1`, `reason2`…; a lo más 20 elementos y 8 KiB por mensaje, `truncated="true"` si no cupo
              todo: la bitácora lo tiene completo. Los nombres y los códigos no cambian con el idioma; lo que se vio y lo que contestó el sistema (`error`, `detail`, y lo que
              sigue al código en `reason1`) va en el de `agent.yaml`. El colector debe guardar los datos estructurados (en rsyslog: `RSYSLOG_SyslogProtocol23Format`). Esta página se genera de `agent/Core/Texts/events.json` y `agent/Core/Texts/reasons.json`.


              """
            : """
              # Events and reasons

              Each decision of the agent is an event: a record of the journal and a syslog message (RFC 5424, APP-NAME `difusor-agent`, MSGID the code, one
              SD-ELEMENT `difusor@32473` with the fields; in the local format the code and the fields come before the sentence). With `unix:/dev/log` on a host with
              systemd, journald also gets each field of its own (`DIFUSOR_SEQ`, `DIFUSOR_CORTE`...: `journalctl -t difusor-agent -o verbose`) and the event's MESSAGE_ID (`journalctl -x`: in Spanish, also where the host has no locale generated; in English by `LC_ALL=en_US.UTF-8`, if `locale -a` has it). Each message carries `seq` and `head`. A list `reasons`
              is sent as `reasons_total`, `reasons` (its distinct codes) and `reason1`, `reason2`...; at most 20 items and 8 KiB a message, `truncated="true"` where not
              all of it fitted: the journal has it whole. Names and codes do not change with the language; what was seen and what the system answered (`error`, `detail`,
              and what follows the code in `reason1`) is in that of `agent.yaml`. The collector must keep the structured data (in rsyslog: `RSYSLOG_SyslogProtocol23Format`). This page is made from `agent/Core/Texts/events.json` and `agent/Core/Texts/reasons.json`.


              """);
        page.Append(
            es ? "## Eventos\n\n| n.º | MSGID | severidad | cuándo | qué hacer | campos |\n"
            : "## Events\n\n| no. | MSGID | severity | when | what to do | fields |\n").Append(
            "|---|---|---|---|---|---|\n");
        foreach (var entry in EventCatalogue.All)
        {
            var fields = string.Join(", ", Fields(entry.Code));
            page.Append(
                $"| {entry.Number} | `{entry.Id}` | {SeverityOf(entry, language)} | {entry.When.In(language)} | "
                + $"{entry.Action.In(language)} | {fields} |\n");
        }
        Troubles(page, language);
        Reasons(page, language, es ? "Motivos de rechazo" : "Reasons for rejection", ReasonCatalogue.Rejections);
        Reasons(page, language, es ? "Avisos" : "Warnings", ReasonCatalogue.Warnings);
        Reasons(page, language, es ? "Motivos de espera" : "Reasons to wait", ReasonCatalogue.Holds);
        return page.ToString();
    }

    /// <summary>Returns how severe an event is, and when it is worse.</summary>
    internal static string SeverityOf(EventEntry entry, Language language) =>
        entry.Severity.ToString().ToLowerInvariant() + (entry.Worse is { } worse ? $"; {worse.In(language)}" : "");

    /// <summary>The table of troubles: what may be wrong, what shows it, what ends it, and who tells it.</summary>
    static void Troubles(StringBuilder page, Language language)
    {
        page.Append(language == Language.Es
            ? """

              ## Problemas

              Un problema dura desde el evento que lo muestra hasta que algo lo termina, también tras un reinicio del agente: lo dice la bitácora. Mientras
              dura lo muestran `status`, la página, la métrica `difusor_agent_trouble{trouble="NOMBRE"}` y su alerta; no se envía el latido (`notify.heartbeat`), y
              `notify.command` recibe una línea cuando empieza, cuando empeora y cuando termina. `TROUBLE_ENDED` puede terminar cualquiera.

              | nombre | qué pasa | eventos que lo muestran | lo termina | eventos que lo terminan | alerta | comando |
              |---|---|---|---|---|---|---|

              """
            : """

              ## Troubles

              A trouble lasts from the event that shows it until something ends it, also over a restart of the agent: the journal says so. Meanwhile `status`,
              the page, the metric `difusor_agent_trouble{trouble="NAME"}` and its alert show it; the heartbeat (`notify.heartbeat`) is silent, and
              `notify.command` gets a line when it begins, becomes worse and ends. `TROUBLE_ENDED` may end any.

              | name | what is wrong | events that show it | ends by | events that end it | alert | command |
              |---|---|---|---|---|---|---|

              """);
        foreach (var entry in TroubleCatalogue.All)
            page.Append(
                $"| `{entry.Name}` | {entry.What.In(language)} | {Ids(entry.Begins)} | {entry.EndsBy.In(language)} | "
                + $"{Ids(entry.Ends)} | `{entry.Alert}` | `{string.Concat(entry.Help.Split('[', ']'))}` |\n");
    }

    static string Ids(IEnumerable<EventCode> codes) => string.Join(", ", codes.Select(code => $"`{code.Id()}`"));

    static IEnumerable<string> Fields(EventCode code) =>
        from field in EventFields.ShapeOf(code).Properties
        where field.Get is not null
        let mayBeAbsent = field.IsGetNullable || Nullable.GetUnderlyingType(field.PropertyType) is not null
        select $"`{field.Name}`{(mayBeAbsent ? "?" : "")}";

    /// <summary>Returns what mends a reason, and what else does where its detail says so.</summary>
    static string MendsOf(ReasonEntry entry, Language language) => string.Join(
        ' ', entry.MendWhere.Select(one => $"{Details.In(language, one.Detail)}: {one.Mend.In(language)}")
        .Prepend(entry.Mend.In(language)));

    static void Reasons(
        StringBuilder page, Language language, string title, IReadOnlyDictionary<string, ReasonEntry> entries)
    {
        var es = language == Language.Es;
        page.Append($"\n## {title}\n\n");
        page.Append(
            es ? "| código | qué significa | quién actúa | qué lo remedia | clave | dispensable |\n"
            : "| code | what it means | who acts | what mends it | key | waivable |\n").Append(
            "|---|---|---|---|---|---|\n");
        foreach (var entry in entries.Values.OrderBy(entry => entry.Code, StringComparer.Ordinal))
        {
            var who = (entry.Who, es) switch
            {
                (Actor.Institute, true) => "el Instituto", (Actor.Operator, true) => "usted", (Actor.Either, true) =>
                    "el Instituto o usted", (Actor.Nobody, true) => "nadie",
                (Actor.Institute, _) => "the institute", (Actor.Operator, _) => "you", (Actor.Either, _) =>
                    "the institute or you", _ => "nobody",
            };
            page.Append(
                $"| `{entry.Code}` | {entry.Means.In(language)} | {who} | {MendsOf(entry, language)} | "
                + $"{(entry.Key is null ? "" : $"`{entry.Key}`")} | {(entry.Waivable ? es ? "sí" : "yes" : "")} |\n");
        }
    }

    /// <summary>
    /// journalctl's catalog (systemd.io, "Journal Message Catalogs"): what has no language is for every reader whose
    /// locale has none either, as C; so it is Spanish, which is the agent's own language where nothing else is said.
    /// </summary>
    public static string SystemdCatalog()
    {
        var catalog = new StringBuilder("# Made from agent/Core/Texts/events.json by `make shipped`.\n");
        foreach (var entry in EventCatalogue.All)
            foreach (var (language, tag) in new[] { (Language.Es, ""), (Language.En, " en") })
                catalog.Append(
                    $"\n-- {EventCatalogue.MessageId(entry.Code)}{tag}\nSubject: {entry.Id}: "
                    + $"{entry.When.In(language).TrimEnd('.')}\nDefined-By: "
                    + $"difusor-agent\n\n{entry.When.In(language)}\n\n{entry.Action.In(language)}\n");
        return catalog.ToString();
    }
}
