using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Texts;

public class EventCatalogueTests
{
    [Fact]
    public void EveryEventOfTheProgramHasItsEntryAtItsPlace() =>
        Assert.Equal(Enum.GetValues<EventCode>(), EventCatalogue.All.Select(entry => entry.Code));

    [Fact]
    public void TheRecordOfEachEventIsAtItsPlace() =>
        Assert.Equal(
            Enum.GetNames<EventCode>(),
            Enum.GetValues<EventCode>().Select(code => EventFields.ShapeOf(code).Type.Name));

    /// <summary>An event that nobody records, or that no test expects, is none.</summary>
    [Fact]
    public void EachEventIsRecordedAndExpectedByATest()
    {
        var program = string.Concat(Repository.Sources()
            .Where(file => !file.Contains("/Core/Events/", StringComparison.Ordinal)).Select(File.ReadAllText));
        var tests = string.Concat(
            Repository.SourcesBelow("tests/Difusor.Agent.Tests").Select(File.ReadAllText));
        Assert.All(Enum.GetNames<EventCode>(), name =>
        {
            Assert.Matches(new Regex($@"(?<!\.)\b{name}\b"), program);
            Assert.Matches(new Regex($@"EventCode\.{name}\b|<{name}>|\bnew {name}\("), tests);
        });
    }

    [Fact]
    public void ASentenceNamesOnlyFieldsThatTheEventHasAndTheSameInBothLanguages()
    {
        foreach (var entry in EventCatalogue.All)
        {
            var fields = entry.Fields.Select(field => $"{{{field.Name}}}").ToHashSet();
            var spanish = MessagesTests.Placeholders(entry.Sentence.Es);
            Assert.True(spanish.SetEquals(MessagesTests.Placeholders(entry.Sentence.En)), entry.Id);
            Assert.Empty(spanish.Except(fields));
        }
    }

    [Fact]
    public void ASentenceWithoutItsOptionalValuesHasNoHoleInIt()
    {
        foreach (var entry in EventCatalogue.All)
        {
            JsonObject fields = [];
            foreach (var field in entry.Fields.Where(field => !field.Optional))
                fields[field.Name] =
                    field.Type switch { "number" => 3, "boolean" => true, "strings" or "findings" =>
                    new JsonArray("algo"), _ => "algo" };
            foreach (var sentence in new[] { entry.Sentence.In(Language.Es), entry.Sentence.In(Language.En) })
                Assert.Equal(sentence.Count(c => c == '['), sentence.Count(c => c == ']'));
            foreach (var language in new[] { Language.Es, Language.En })
                Assert.DoesNotMatch(
                    @"(^|[ (])-($|[ ).,:;])|[\[\]{}]|  | [.,;:]|:[.,;]|\(\)",
                    EventCatalogue.Sentence(language, entry.Id, fields));
        }
    }

    [Fact]
    public void ASentenceNamesTheFirstFilesAndCountsTheRest()
    {
        JsonObject fields = new() { ["package"] = "PREP.zip", ["quarantine"] = "Q1", ["reasons"] = new JsonArray() };
        for (var i = 1; i <= 5; i++)
            fields["reasons"]!.AsArray()
                .Add((JsonNode)new JsonObject { ["code"] = "missing-file", ["path"] = $"{i}.html",
                ["detail"] = "sha256.txt lists it" });
        Assert.Equal(
            "Paquete PREP.zip RECHAZADO: un archivo HASH nombra un archivo que no llegó (missing-file): "
            + "1.html (lo nombra sha256.txt); 2.html (lo nombra sha256.txt); 3.html (lo nombra sha256.txt) (y 2 más)."
            + " Lo publicado no cambia. Copia en cuarentena: Q1."
            + " Pida al Instituto que reenvíe el archivo o el paquete completo.",
            EventCatalogue.Sentence(Language.Es, "PACKAGE_REJECTED", fields));
    }

    [Fact]
    public void ANumberInASentenceIsWrittenAsPeopleWriteIt() =>
        Assert.EndsWith(
            "el reloj del equipo difiere 0.000003 s.", EventCatalogue.Sentence(Language.Es, "CLOCK_SYNCHRONIZED",
            new JsonObject { ["earliest"] = "E", ["latest"] = "L", ["offset_seconds"] = 3E-06 }));

    [Fact]
    public void AWaivedReasonRaisesTheOperatorsActionToAlert()
    {
        Assert.Equal(
            Severity.Warning,
            EventShapes.SeverityOf("OPERATOR_ACTION", new JsonObject { ["waived"] = new JsonArray() }));
        Assert.Equal(
            Severity.Alert,
            EventShapes.SeverityOf("OPERATOR_ACTION", new JsonObject { ["waived"] = new JsonArray("no-html") }));
        Assert.Equal(
            Severity.Alert, EventShapes.SeverityOf("CONFIG_REJECTED", new JsonObject { ["opens_changed"] = true }));
    }

    [Fact]
    public void AStartAfterAnEndWithoutAWordIsAWarning()
    {
        Assert.Equal(
            Severity.Warning, EventShapes.SeverityOf("AGENT_STARTED", new JsonObject { ["previous"] = "ended" }));
        foreach (var previous in new JsonNode?[] { "stopped", "reboot", null, 3 })
            Assert.Equal(
                Severity.Notice, EventShapes.SeverityOf("AGENT_STARTED", new JsonObject { ["previous"] = previous }));
    }

    [Theory]
    [InlineData("silent", null, "La hora confiable no es tan buena como debe: ningún servidor NTP contesta.")]
    [InlineData("wide", 0.7,
        "La hora confiable no es tan buena como debe: los servidores NTP coinciden solo en un intervalo amplio; se "
        + "conoce con ±0.7 s, máximo 0.5 s.")]
    public void APartWithoutItsValueIsLeftOutAndACodeHasItsWords(string cause, double? uncertainty, string expected) =>
        Assert.Equal(expected, EventCatalogue.Sentence(Language.Es, "CLOCK_UNCERTAIN",
            new JsonObject { ["cause"] = cause, ["uncertainty_seconds"] = uncertainty,
                ["max_uncertainty_seconds"] = 0.5 }));

    [Fact]
    public void AFieldMayBeAnyNumber()
    {
        foreach (var seconds in new JsonNode[] { 3, 3L, 3.0, 3u, JsonNode.Parse("3")! })
            Assert.Contains(
                ", 3 s.",
                EventCatalogue.Sentence(
                Language.En, "CLOCK_JUMP", new JsonObject { ["cause"] = "suspended", ["seconds"] = seconds }),
                StringComparison.Ordinal);
    }

    [Fact]
    public void BracketsOfASenderStayHis() =>
        Assert.StartsWith(
            "Paquete [{series}] (corte 2021-06-06T20:00-05:00) verificado y retenido en privado: aún no es la hora "
            + "de apertura. ", EventCatalogue.Sentence(Language.Es, "PACKAGE_HELD",
            new JsonObject { ["package"] = "[{series}]", ["corte"] = "2021-06-06T20:00-05:00", ["release"] = "R",
                ["reason"] = "before-opening" }));

    [Fact]
    public void AnEventOfANewerAgentIsShownByItsId() =>
        Assert.Equal("SOMETHING_NEW", EventCatalogue.Sentence(Language.En, "SOMETHING_NEW", []));
}
