using System.Text.Json.Nodes;
using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Events;

/// <summary>What of an event's lists and codes is said, and what of a damaged event is read.</summary>
public sealed class EventTextTests
{
    static JsonArray Missing(int count) => [.. Enumerable.Range(1, count).Select(number => (JsonNode)new JsonObject
    {
        ["code"] = "missing-file", ["path"] = $"{number}.html", ["detail"] = "x",
    })];

    [Theory]
    [InlineData(1, ""), InlineData(2, ""), InlineData(3, ""), InlineData(4, "(and 1 more)")]
    [InlineData(5, "(and 2 more)")]
    public void WhatOfAListIsNotShownIsCounted(int count, string more)
    {
        var said = EventCatalogue.Sentence(Language.En, "PACKAGE_REJECTED", new JsonObject
        {
            ["package"] = "P", ["quarantine"] = "Q", ["reasons"] = Missing(count),
        });
        Assert.Equal(more.Length > 0, said.Contains("more)", StringComparison.Ordinal));
        Assert.Contains(more, said, StringComparison.Ordinal);
        Assert.Contains($"{Math.Min(3, count)}.html", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Language.Es), InlineData(Language.En)]
    public void WhatWasWaivedIsSaidInWords(Language language)
    {
        var said = EventCatalogue.Sentence(language, "OPERATOR_ACTION", new JsonObject
        {
            ["action"] = "publish", ["by"] = "ana (1000)", ["waived"] = new JsonArray("no-html", "of-tomorrow"),
        });
        Assert.Contains(ReasonCatalogue.Words(language, "no-html")!, said, StringComparison.Ordinal);
        Assert.Contains("of-tomorrow", said, StringComparison.Ordinal);
    }

    /// <summary>A journal that somebody has edited is told as such; nothing is taken for something else.</summary>
    [Fact]
    public void AnEventWhoseFieldsAreOfAnotherKindIsNone()
    {
        const string Opens = "2021-06-06T20:00:00-05:00";
        static JsonObject Of(string text) => (JsonObject)JsonNode.Parse(text)!;
        Assert.NotNull(EventFields.Read("GATE_OPENED", Of($"{{\"opens_at\":\"{Opens}\",\"proof\":true}}")));
        Assert.Null(EventFields.Read("GATE_OPENED", Of("{\"opens_at\":\"noon\",\"proof\":true}")));
        Assert.Null(EventFields.Read("GATE_OPENED", Of("{\"opens_at\":7,\"proof\":true}")));
        Assert.Null(EventFields.Read("GATE_OPENED", Of("{\"window\":\"a/b\",\"proof\":true}")));
        foreach (var corte in new[] { "\"noon\"", "7", "\"\"" })
            Assert.Null(EventFields.Read("CORTE_PUBLISHED", Of($"{{\"corte\":{corte}}}")));
        Assert.Null(EventFields.Read("CORTE_PUBLISHED", Of($"{{\"corte\":\"{Opens}\",\"release\":\"..\"}}")));
    }
}
