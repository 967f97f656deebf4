using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Difusor.Agent.Configuration;
using Difusor.Agent.Conformity;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Tests.Conformity;
using Difusor.Agent.Tests.Gate;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Texts;

/// <summary>What a text tells people to do leads to the end of what is wrong.</summary>
public sealed partial class RemedyTests
{
    const string Again = "difusor-agent config reload && difusor-agent retry";

    static readonly string[] Keys =
        [.. KeysOf(SettingsWriter.Show(new Settings { Election = "ieem-2021" }), "").Where(key => key.Contains('.'))];

    /// <summary>Pages that are made from the texts of the program.</summary>
    static readonly string[] Made = ["docs/eventos.md", "docs/events.md"];

    /// <summary>A retry alone judged by the configuration from before the change.</summary>
    [Fact]
    public void WhoeverChangesAKeyLoadsItBeforeTheRetry()
    {
        var texts = OneLanguageTests.All().SelectMany(text => new[] { text.Es, text.En }).ToList();
        var right = texts.Count(text => text.Contains(Again, StringComparison.Ordinal));
        Assert.True(right > 20, "the texts were not read");
        Assert.DoesNotContain(texts, text => Forgets(text));
        Assert.DoesNotContain(Documents().SelectMany(Blocks), block => Forgets(block));

        static bool Forgets(string text) =>
            Retry().IsMatch(text.Replace(Again, "", StringComparison.Ordinal)) && Names(text);
    }

    /// <summary>A key that ends a rejection needs the reload and the retry, both of them.</summary>
    [Fact]
    public void ARejectionThatAKeyEndsSaysHowItIsJudgedAgain() =>
        Assert.Empty(
            from entry in ReasonCatalogue.Rejections.Values
            from text in new[] { entry.Mend.Es, entry.Mend.En }
            where Names(text) && !text.Contains(Again, StringComparison.Ordinal)
            select $"{entry.Code}: {text}");

    /// <summary>Three sentences of <c>status</c> told its reader to run <c>status</c>.</summary>
    [Fact]
    public void WhatStatusShowsSendsNobodyToStatus()
    {
        string[] sections = ["status.", "answer.", "night.", "plot.", "page.", "cause.", "alteration.", "action.",
            "refusal.", "release.", "previous."];
        var shown = Messages.All.Where(
                text => sections.Any(section => text.Key.StartsWith(section, StringComparison.Ordinal)))
            .Select(text => text.Value)
            .Concat(TroubleCatalogue.All.SelectMany(
                entry => new[] { entry.What, entry.Sentence, entry.EndsBy, new Text(entry.Help, entry.Help) }))
            .Concat(EventCatalogue.All.Select(entry => entry.Sentence))
            .Append(EventCatalogue.Of(EventCode.TamperDetected).Action)
            .Concat(new[] { ReasonCatalogue.Rejections, ReasonCatalogue.Warnings, ReasonCatalogue.Holds }
                .SelectMany(section => section.Values)
                .SelectMany(entry => new[] { entry.Means, entry.Mend, entry.Said }.OfType<Text>()))
            .Concat(Details.All.Select(detail => detail.Text)).ToList();
        Assert.True(shown.Count > 300, "the texts were not read");
        Assert.DoesNotContain(
            shown.SelectMany(text => new[] { text.Es, text.En }),
            text => text.Contains("difusor-agent status", StringComparison.Ordinal)
                && !text.Contains("systemctl status", StringComparison.Ordinal));
    }

    /// <summary>check sent to status, which sent to check: neither had the command.</summary>
    [Fact]
    public void WhatCheckShowsSendsNobodyToStatusNorBackToCheck()
    {
        var texts = Messages.All.Where(text => text.Key.StartsWith("check.", StringComparison.Ordinal)
                && text.Key != "check.not-root")
            .SelectMany(text => new[] { text.Value.Es, text.Value.En }).ToList();
        Assert.True(texts.Count > 400, "the texts were not read");
        Assert.DoesNotContain(texts, SendsBack);
        var troubles = TroubleCatalogue.All.Select(entry => new TroubleStatus(
            entry.Begins[0].Id(), entry.Name, VirtualHost.Opens, "X",
            entry.HelpWith(new JsonObject { ["url"] = "X", ["command"] = "X", ["drop"] = "/x" }))).ToList();
        // Each alone, each with the one after it, and all.
        var some = troubles.Select(one => new[] { one })
            .Concat(troubles.Zip(troubles.Skip(1), (a, b) => new[] { a, b }))
            .Append([.. troubles]);
        Assert.All(some, open =>
        {
            var host = ConformityRulesTests.Nothing with
            {
                Agent = new AgentFacts(
                    true, true, "1.0", "difusor-agent", ConformityRulesTests.Status with { Troubles = open }),
            };
            Assert.All(LiveRules.Rows(host, ConformityRulesTests.Defaults), row =>
            {
                Assert.False(SendsBack(row.Command ?? ""), row.Command);
                Assert.True(
                    row.Standing == Standing.Pass || row.Id == "heal" || row.Id == "probes"
                    || row.Mend is not null || row.Command is not null, row.Id);
            });
        });

        static bool SendsBack(string text) => text.Contains("difusor-agent status", StringComparison.Ordinal)
            || text.Replace("check --anexo1", "", StringComparison.Ordinal)
                .Contains("difusor-agent check", StringComparison.Ordinal);
    }

    static bool Names(string text) => Keys.Any(key => text.Contains(key, StringComparison.Ordinal));

    static IEnumerable<string> Documents() =>
        new[] { "", "docs", "packaging" }.SelectMany(
                folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.md"))
            .Where(path => !Made.Any(page => path.EndsWith(page, StringComparison.Ordinal))
                && !path.EndsWith("CHANGELOG.md", StringComparison.Ordinal)
                && !path.EndsWith("contract.md", StringComparison.Ordinal))
            .Select(File.ReadAllText);

    /// <summary>Returns the paragraphs of a document, and each row of its tables and blocks of commands.</summary>
    static IEnumerable<string> Blocks(string document) =>
        document.Split("\n\n").SelectMany(
            block => block is ['|' or '`', ..] ? block.Split('\n') : [block.Replace('\n', ' ')]);

    static IEnumerable<string> KeysOf(JsonObject map, string place)
    {
        foreach (var (name, value) in map)
            if (value is JsonObject below)
                foreach (var key in KeysOf(below, $"{place}{name}.")) yield return key;
            else yield return place + name;
    }

    [GeneratedRegex("\\bretry\\b")]
    private static partial Regex Retry();
}
