using System.Text.Json.Nodes;
using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Texts;

/// <summary>The table of troubles and its texts.</summary>
public sealed class TroubleCatalogueTests
{
    [Fact]
    public void EachTroubleHasItsRowAndItsOwnEventsAndAlert()
    {
        Assert.Equal(Enum.GetValues<Trouble>(), TroubleCatalogue.All.Select(entry => entry.Trouble));
        Assert.All(TroubleCatalogue.All, entry => Assert.Equal(entry, TroubleCatalogue.Named(entry.Name)));
        var begins = TroubleCatalogue.All.SelectMany(entry => entry.Begins).ToList();
        Assert.Equal(begins.Distinct(), begins);
        var alerts = TroubleCatalogue.All.Select(entry => entry.Alert).ToList();
        Assert.Equal(alerts.Distinct(), alerts);
    }

    [Fact]
    public void EachEventOfAWarningOrWorseThatLastsBeginsATrouble()
    {
        // What happens once, and is no state.
        EventCode[] once =
            [EventCode.ClockFalseticker, EventCode.CorteNotShown, EventCode.OperatorAction];
        Assert.Equal(
            Enum.GetValues<EventCode>().Where(code => EventCatalogue.Of(code).Severity <= Severity.Warning)
                .Except(once).Order(),
            TroubleCatalogue.All.SelectMany(entry => entry.Begins).Order());
    }

    [Fact]
    public void ASentenceNamesFieldsThatSomeOfItsEventsHasAndTheSameInBothLanguages()
    {
        foreach (var entry in TroubleCatalogue.All)
        {
            var fields = entry.Begins.SelectMany(code => EventCatalogue.Of(code).Fields)
                .Select(field => $"{{{field.Name}}}").ToHashSet();
            var spanish = MessagesTests.Placeholders(entry.Sentence.Es);
            Assert.True(spanish.SetEquals(MessagesTests.Placeholders(entry.Sentence.En)), entry.Name);
            // A probe's address is given to a command in parts.
            string[] parts = entry.Trouble == Trouble.Probe ? ["{address}", "{resolve}", "{connect}", "{asked}"] : [];
            Assert.Empty(spanish.Concat(MessagesTests.Placeholders(entry.Help).Except(parts)).Except(fields));
        }
    }

    [Fact]
    public void NeitherASentenceNorACommandHasAHoleForAnyOfItsEvents()
    {
        foreach (var entry in TroubleCatalogue.All)
            foreach (var code in entry.Begins)
            {
                JsonObject fields = [];
                foreach (var field in EventCatalogue.Of(code).Fields.Where(field => !field.Optional))
                    fields[field.Name] = field.Type switch
                    {
                        "number" => 3,
                        "boolean" => true,
                        "strings" or "findings" => new JsonArray("algo"),
                        _ => "algo",
                    };
                string[] told = [entry.Told(Language.Es, fields), entry.Told(Language.En, fields)];
                foreach (var text in told.Append(entry.HelpWith(fields) ?? ""))
                    Assert.DoesNotMatch(@"(^|[ (])-($|[ ).,:;])|[\[\]{}]|  | [.,;:]|:[.,;]|\(\)", text);
            }
    }

    [Fact]
    public void ACommandThatTheEventNamesIsTheHelp()
    {
        var sentinel = TroubleCatalogue.Of(Trouble.Sentinel);
        Assert.Equal("sysctl -w a=1", sentinel.HelpWith(new JsonObject { ["command"] = "sysctl -w a=1" }));
        Assert.Null(sentinel.HelpWith([]));
    }

    [Fact]
    public void ADropThatCannotBeReadIsNotToldAsADiskWithoutRoom()
    {
        JsonObject fields = new() { ["error"] = "open '/srv/d': Permission denied", ["drop"] = "/srv/d" };
        var storage = TroubleCatalogue.Of(Trouble.Storage);
        Assert.StartsWith(
            "Problema de almacenamiento: no se puede leer la carpeta de entrega /srv/d: ",
            storage.Told(Language.Es, fields), StringComparison.Ordinal);
        Assert.StartsWith(
            "Storage trouble: the drop directory /srv/d cannot be read: ", storage.Told(Language.En, fields),
            StringComparison.Ordinal);
        Assert.Equal("df -h /srv/d; difusor-agent check", storage.HelpWith(fields));
        JsonObject acuses = new() { ["error"] = "access /srv/a: No such file", ["receipts"] = "/srv/a" };
        Assert.StartsWith(
            "Problema de almacenamiento: no se puede escribir en la carpeta de acuses /srv/a: ",
            storage.Told(Language.Es, acuses), StringComparison.Ordinal);
        Assert.Equal("df -h /srv/a; difusor-agent check", storage.HelpWith(acuses));
        Assert.Equal("df -h", storage.HelpWith(new JsonObject { ["error"] = "write: No space left on device" }));
        Assert.Contains(
            "la carpeta de entrega /srv/d", EventCatalogue.Sentence(Language.Es, "STORAGE_FAILED", fields),
            StringComparison.Ordinal);
    }

    [Fact]
    public void WhatBelongsToARehearsalSaysSoFirst()
    {
        JsonObject fields = new()
        {
            ["package"] = "P", ["corte"] = "2021-06-06T20:00-05:00", ["reason"] = "clock-drift",
            ["root"] = "rehearsal",
        };
        Assert.StartsWith(
            "Simulacro: Paquete P ", EventCatalogue.Sentence(Language.Es, "PACKAGE_HELD", fields),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "Rehearsal: Package P ", EventCatalogue.Sentence(Language.En, "PACKAGE_HELD", fields),
            StringComparison.Ordinal);
        fields["root"] = "public";
        Assert.StartsWith(
            "Paquete P ", EventCatalogue.Sentence(Language.Es, "PACKAGE_HELD", fields), StringComparison.Ordinal);
        fields["root"] = 3;
        Assert.StartsWith(
            "Paquete P ", EventCatalogue.Sentence(Language.Es, "PACKAGE_HELD", fields), StringComparison.Ordinal);
    }
}
