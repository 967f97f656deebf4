using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Difusor.Agent.Cli;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Shipped;

/// <summary>
/// Writes the man pages, in both languages, from help.json, the command tree, settings.json and the table of keys.
/// </summary>
static class ManPages
{
    public static string Program(Language language)
    {
        var page = Start("difusor-agent", 1, HelpText.Of("").Does.In(language), language);
        page.Append(
            $".SH {Heading(language, "SINOPSIS", "SYNOPSIS")}\n.B "
            + $"difusor-agent\n{Text($"{HelpPage.Value(language, "COMMAND")} {HelpPage.Everywhere(language)}")}\n");
        page.Append($".SH {Heading(language, "COMANDOS", "COMMANDS")}\n");
        foreach (var command in CommandTree.All(language)
            .Where(command => command is not RootCommand && command.Subcommands.Count == 0))
        {
            page.Append(
                $".SS {Text(HelpPage.Usage(command, language).Replace($" {HelpPage.Everywhere(language)}", ""))}\n"
                    + $"{Text(command.Description!)}\n");
            if (HelpText.Of(HelpPage.PathOf(command)).Changes == false)
                page.Append($"{Text(Messages.Say(language, "help.only-shows"))}\n");
            foreach (var (name, text) in HelpText.Of(HelpPage.PathOf(command))
                .Parts.OrderBy(part => part.Key, StringComparer.Ordinal)) page.Append(
                $".TP\n.B {Text(HelpPage.Value(language, name))}\n{Text(CommandSyntax.Filled(text.In(language)))}\n");
            foreach (var example in HelpText.Of(HelpPage.PathOf(command)).Examples)
                page.Append($".PP\n{Text(example.Does.In(language))}:\n.PP\n.RS\n.EX\n{Text(example.Run)}\n.EE\n.RE\n");
        }
        page.Append($".SH {Heading(language, "OPCIONES DE TODOS LOS COMANDOS", "OPTIONS OF EVERY COMMAND")}\n");
        foreach (var (name, text) in HelpText.Of("").Parts.OrderBy(part => part.Key, StringComparer.Ordinal))
            page.Append($".TP\n.B {Text(name)}\n{Text(CommandSyntax.Filled(text.In(language)))}\n");
        page.Append($".SH {Heading(language, "ESTADO DE SALIDA", "EXIT STATUS")}\n");
        foreach (var (code, es, en) in new[]
        {
            (0, "Sí, o hecho.", "Yes, or done."),
            (1, "La respuesta es no: rechazado, cadena rota, negado.",
                "The answer is no: rejected, chain broken, refused."),
            (2, "Uso o configuración incorrectos.", "Bad usage or configuration."),
            (3, "Falló el entorno: disco, permisos, red.", "The environment failed: I/O, permission, network."),
        }) page.Append($".TP\n.B {code}\n{Text(language == Language.Es ? es : en)}\n");
        Events(page, language);
        page.Append(
            $".SH {Heading(language, "ARCHIVOS", "FILES")}\n.TP\n.I /etc/difusor-agent/agent.yaml\n"
            + $"{Text(Heading(language, "La configuración", "The configuration") + ": difusor-agent.yaml(5).")}\n"
            + ".TP\n.I /etc/difusor-agent/fetch.env\n"
            + $"{Text(language == Language.Es
                ? "Si el Instituto no envía los paquetes: de dónde los descarga difusor-agent-fetch.timer. Vea "
                    + "/usr/share/doc/difusor-agent/docs/descarga.md."
                : "If the institute does not push its packages: where difusor-agent-fetch.timer fetches them. See "
                    + "/usr/share/doc/difusor-agent/docs/fetch.md.")}\n");
        return page.Append(
            $".SH {Heading(language, "VÉASE TAMBIÉN", "SEE ALSO")}\n.BR difusor-agent.yaml (5),\n"
            + ".BR difusor-agent-profile (5)\n").ToString();
    }

    /// <summary>Each event of the catalogue: its MSGID and severity, when it comes, what the operator does.</summary>
    static void Events(StringBuilder page, Language language)
    {
        page.Append($".SH {Heading(language, "EVENTOS", "EVENTS")}\n{Text(language == Language.Es
            ? "Cada decisión es un registro de la bitácora y un mensaje de syslog con estos MSGID. journalctl -x "
                + "muestra lo mismo."
            : "Each decision is a record of the journal and a syslog message with one of these MSGIDs. journalctl -x "
                + "shows the same.")}\n");
        foreach (var entry in EventCatalogue.All)
            page.Append(
                $".TP\n.BR {Text(entry.Id)} \" "
                + $"({entry.Severity.ToString().ToLowerInvariant()})\"\n"
                + $"{Text($"{entry.When.In(language)} {entry.Action.In(language)}")}\n");
    }

    public static string Configuration(Language language)
    {
        var page = Start(
            "difusor-agent.yaml", 5, language == Language.Es ? "configuración de difusor-agent"
            : "configuration of difusor-agent", language);
        page.Append($".SH {Heading(language, "DESCRIPCIÓN", "DESCRIPTION")}\n{Text(language == Language.Es
            ? "YAML estricto: una clave desconocida o repetida, un tipo equivocado o un valor fuera de rango es un "
                + "error con archivo, línea y columna, y el agente no arranca. Las duraciones son como 500ms, 10s, "
                + "20m, 2h; los tamaños como 64KiB, 10MiB, 2GiB. Revise con: difusor-agent config validate"
            : "Strict YAML: an unknown or repeated key, a wrong type or a value out of range is an error with file, "
                + "line and column, and the agent does not start. Durations are like 500ms, 10s, 20m, 2h; sizes like "
                + "64KiB, 10MiB, 2GiB. Check with: difusor-agent config validate")}\n");
        page.Append($".SH {Heading(language, "CLAVES", "KEYS")}\n");
        Keys(page, SettingsWriter.Schema(language), "", language);
        return page.Append(
            $".SH {Heading(language, "VÉASE TAMBIÉN", "SEE ALSO")}\n.BR difusor-agent (1),\n"
            + ".BR difusor-agent-profile (5)\n").ToString();
    }

    public static string Profile(Language language)
    {
        var page = Start(
            "difusor-agent-profile", 5, language == Language.Es ? "perfil de una elección, para difusor-agent"
            : "an election's profile, for difusor-agent", language);
        page.Append($".SH {Heading(language, "DESCRIPCIÓN", "DESCRIPTION")}\n{Text(language == Language.Es
            ? "Una elección es un archivo YAML, ID.yaml, en /etc/difusor-agent/elections o en "
                + "/usr/share/difusor-agent/elections, que se nombra con election en agent.yaml. Es tan estricto como "
                + "difusor-agent.yaml(5). Uno nuevo lo empieza: difusor-agent profile new ID. Lo revisa: "
                + "difusor-agent profile validate ARCHIVO"
            : "An election is a YAML file, ID.yaml, in /etc/difusor-agent/elections or in "
                + "/usr/share/difusor-agent/elections, and election in agent.yaml names it. It is as strict as "
                + "difusor-agent.yaml(5). A new one is begun by: difusor-agent profile new ID. It is checked by: "
                + "difusor-agent profile validate FILE")}\n");
        page.Append($".SH {Heading(language, "CLAVES", "KEYS")}\n");
        Keys(page, ProfileWriter.Schema(language), "", language);
        return page.Append(
            $".SH {Heading(language, "VÉASE TAMBIÉN", "SEE ALSO")}\n.BR difusor-agent (1),\n"
            + ".BR difusor-agent.yaml (5)\n").ToString();
    }

    static readonly JsonSerializerOptions Relaxed = new() { Encoder = ShippedPages.Readable };

    static void Keys(StringBuilder page, JsonObject schema, string place, Language language)
    {
        foreach (var (name, value) in (JsonObject)schema["properties"]!)
        {
            var key = (JsonObject)value!;
            var below = place.Length == 0 ? name : $"{place}.{name}";
            if (key["properties"] is not null)
            {
                page.Append($".SS {Text(below)}\n{Text((string)key["description"]!)}\n");
                Keys(page, key, below, language);
                continue;
            }
            var fallback = !key.ContainsKey("default") ? Heading(language, "obligatoria", "required")
                : $"{Heading(language, "si se omite", "default")}: {key["default"]?.ToJsonString(Relaxed) ?? "null"}";
            page.Append(
                $".TP\n.BR {Text(below)} \" "
                + $"({Text(fallback.Replace("\"", ""))})\"\n{Text((string)key["description"]!)}\n");
            // What lies in each item of a list, or in a mapping that may be left out.
            if ((key["items"] ?? key["anyOf"]?[0]) is JsonObject inner && inner["properties"] is not null)
                Keys(page, inner, below, language);
        }
    }

    static StringBuilder Start(string name, int section, string does, Language language) =>
        new($".\\\" Written by `make shipped`\n.TH {name.ToUpperInvariant()} {section} \"\" \"difusor-agent\"\n.SH "
            + $"{Heading(language, "NOMBRE", "NAME")}\n{Text(name)} \\- {Text(does)}\n");

    static string Heading(Language language, string es, string en) => language == Language.Es ? es : en;

    static string Text(string text)
    {
        var escaped = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? "\\&" + escaped : escaped;
    }
}
