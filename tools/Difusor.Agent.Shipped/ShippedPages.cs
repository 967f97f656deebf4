using System.Text.Encodings.Web;
using System.Text.Json;
using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Shipped;

/// <summary>A file of the working copy that is made from the program's tables.</summary>
/// <param name="Path">Relative to the working copy.</param>
public sealed record ShippedPage(string Path, string Text);

/// <summary>
/// Makes every generated page. <c>make shipped</c> writes them; a test compares them with what the repository has.
/// </summary>
public static class ShippedPages
{
    /// <summary>For people: letters with accents stay as they are.</summary>
    internal static readonly JavaScriptEncoder Readable = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = Readable };

    /// <summary>Returns all pages.</summary>
    /// <param name="root">The working copy: a page of which only a part is made keeps the rest.</param>
    public static IReadOnlyList<ShippedPage> Of(string root) =>
    [
        new("packaging/agent.yaml", SettingsWriter.Commented("ieem-2021", Language.Es)),
        new("packaging/agent.schema.json", SettingsWriter.Schema(Language.Es).ToJsonString(Indented) + "\n"),
        new("packaging/profile.schema.json", ProfileWriter.Schema(Language.Es).ToJsonString(Indented) + "\n"),
        new("packaging/man/difusor-agent.1", ManPages.Program(Language.En)),
        new("packaging/man/es/difusor-agent.1", ManPages.Program(Language.Es)),
        new("packaging/man/difusor-agent.yaml.5", ManPages.Configuration(Language.En)),
        new("packaging/man/es/difusor-agent.yaml.5", ManPages.Configuration(Language.Es)),
        new("packaging/man/difusor-agent-profile.5", ManPages.Profile(Language.En)),
        new("packaging/man/es/difusor-agent-profile.5", ManPages.Profile(Language.Es)),
        new("packaging/completions/difusor-agent.bash", Completions.Bash()),
        new("packaging/completions/_difusor-agent", Completions.Zsh()),
        new("packaging/completions/difusor-agent.fish", Completions.Fish()),
        new("docs/eventos.md", CataloguePages.Events(Language.Es)),
        new("docs/events.md", CataloguePages.Events(Language.En)),
        new("systemd/difusor-agent.catalog", CataloguePages.SystemdCatalog()),
        new("packaging/prometheus/difusor-agent.rules.yml", AlertRules.Yaml()),
        new(CorpusPage.Path, CorpusPage.Of(root)),
        new(ContractPage.Path, ContractPage.Of(root)),
        new(GivenCodes.Path, GivenCodes.Of(root)),
    ];
}
