using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Difusor.Agent.Cli;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Report;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Shipped;
using Difusor.Agent.Tests.Cli;
using Difusor.Agent.Tests.Gate;
using Difusor.Agent.Tests.Night;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Texts;

/// <summary>What people read is in their language, and no code stands in it without its words.</summary>
public sealed class OneLanguageTests
{
    const string Answered = "open /srv/difusor/entrega: Permission denied (EACCES)";

    [Theory, InlineData(Language.Es), InlineData(Language.En)]
    public void NoTextHasAWordOfTheOtherLanguage(Language language) =>
        Assert.Empty(All().SelectMany(text => OneLanguage.Foreign(language, text.In(language))));

    [Theory, InlineData(Language.Es), InlineData(Language.En)]
    public void ASentenceOfAnEventIsOfOneLanguageAndHasNoBareCode(Language language)
    {
        foreach (var entry in EventCatalogue.All)
            foreach (var fields in Samples(entry))
                AssertOf(language, EventCatalogue.Sentence(language, entry.Id, fields));
    }

    [Theory, InlineData(Language.Es), InlineData(Language.En)]
    public void ATroubleIsToldInOneLanguageWithoutABareCode(Language language)
    {
        foreach (var entry in TroubleCatalogue.All)
            foreach (var fields in entry.Begins.SelectMany(code => Samples(EventCatalogue.Of(code))))
                AssertOf(language, entry.Told(language, fields));
    }

    /// <summary>People read these lines by journalctl and in /var/log: beside the sentence stood English.</summary>
    [Theory, InlineData(Language.Es), InlineData(Language.En)]
    public void TheFieldsInSyslogAndJournaldAreOfOneLanguageExceptCodes(Language language)
    {
        var identity = new SyslogIdentity(16, null, 1, TimeZoneInfo.Utc, "x@1", language);
        var hash = new string('0', 64);
        foreach (var entry in EventCatalogue.All)
            foreach (var fields in Samples(entry))
            {
                var record = new JournalRecord(1, null, DateTimeOffset.UnixEpoch, entry.Id, fields, hash, hash);
                foreach (var pair in SyslogFields.Plain(record, identity, SyslogFields.MessageLimit))
                    Assert.Empty(OneLanguage.Foreign(language, OneLanguage.WithoutCodes(pair.Value)));
            }
    }

    /// <summary>«recibido 1202…. se esperaban»: a value that is part of a sentence began one.</summary>
    [Theory, InlineData(Language.Es), InlineData(Language.En)]
    public void NoSentenceBeginsWithASmallLetter(Language language)
    {
        foreach (var entry in EventCatalogue.All)
            foreach (var fields in Samples(entry))
            {
                foreach (var name in new[] { "error", "detail" })
                    if (fields.ContainsKey(name)) fields[name] = "still the notice page";
                Assert.Empty(OneLanguage.SmallBeginnings(EventCatalogue.Sentence(language, entry.Id, fields)));
                foreach (var trouble in TroubleCatalogue.All.Where(trouble => trouble.Begins.Contains(entry.Code)))
                    Assert.Empty(OneLanguage.SmallBeginnings(trouble.Told(language, fields)));
            }
    }

    [Fact]
    public void AUnitSaysInBothLanguagesWhatItIs()
    {
        var units = Directory.GetFiles(Path.Combine(Repository.Root, "systemd"), "difusor-agent*")
            .Where(file => Path.GetExtension(file) is ".service" or ".timer")
            .ToList();
        Assert.Equal(6, units.Count);
        foreach (var unit in units)
        {
            var said = File.ReadLines(unit).First(line => line.StartsWith("Description=", StringComparison.Ordinal))
                .Split(" / ");
            Assert.Equal(2, said.Length);
            Assert.Empty(OneLanguage.Foreign(Language.Es, said[0]));
            Assert.Empty(OneLanguage.Foreign(Language.En, said[1]));
        }
    }

    [Fact]
    public void EachStateOfAReceiptHasItsWords() =>
        Assert.All(Enum.GetValues<PackageState>(), state => Assert.True(Messages.Has($"state.{state.Word()}")));

    [Theory, InlineData(Language.Es), InlineData(Language.En)]
    public void EachRefusalHasItsWords(Language language)
    {
        foreach (var key in Messages.All.Keys.Where(key => key.StartsWith("refusal.", StringComparison.Ordinal)))
            AssertOf(language, EventCatalogue.Sentence(language, "OPERATOR_ACTION", new JsonObject
            {
                ["action"] = "publish", ["uid"] = 1000, ["done"] = false, ["refusal"] = key["refusal.".Length..],
            }));
    }

    [Theory, InlineData(Language.Es), InlineData(Language.En)]
    public void StatusPageAndReportAreOfOneLanguage(Language language)
    {
        var night = new NightScene(settings: NightScene.Configuration() with { Language = language });
        night.To("19:30");
        night.Deliver("20:00");
        AssertShown(language, night);
        night.To("20:01");
        night.Deliver("20:20", "", null, ReasonCode.DigestMismatch, ReasonCode.NoHtml);
        night.Publish("20:20", [], ReasonCode.UncoveredFile);
        night.Quietly("21:30");
        AssertShown(language, night);
    }

    [Theory, InlineData(Language.Es), InlineData(Language.En)]
    public void HelpIsOfOneLanguage(Language language)
    {
        foreach (var path in CommandTree.All(language).Select(HelpPage.PathOf))
        {
            var hearing = new Hearing(language);
            Assert.Equal(
                ExitCode.Done, hearing.Run([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]));
            Assert.Empty(OneLanguage.Foreign(language, hearing.Output));
            if (language == Language.Es)
                Assert.DoesNotMatch(
                    @"\b(FILE|TEXT|PATH|NAME|ADDRESS|COMMAND|FOLDER|TIME|RELEASE|CODE)\b", hearing.Output);
        }
    }

    [Fact]
    public void ANumberAndItsNounAgree()
    {
        foreach (var (files, said) in new[] { (1, "1 archivo, "), (2, "2 archivos, ") })
            Assert.StartsWith(
                $"Publicado el corte C (P): {said}", EventCatalogue.Sentence(Language.Es, "CORTE_PUBLISHED",
                new JsonObject
                {
                    ["corte"] = "C", ["package"] = "P", ["files"] = files, ["bytes"] = 9, ["manifest_sha256"] = "h",
                }), StringComparison.Ordinal);
        Assert.Equal(
            "1 archivo, 3 kB", Messages.Say(Language.Es, "status.files", ("files", "1"), ("bytes", "3 kB")));
        Assert.Contains(
            "1 falla,", Messages.Say(
                Language.Es, "check.conforms-not", ("fail", 1), ("pass", 2), ("warn", 0), ("hand", 0)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void AHeldPackageIsNotToldWhatMendsARejectedOne()
    {
        var told = EventCatalogue.Sentence(Language.Es, "PACKAGE_HELD", new JsonObject
        {
            ["package"] = "P", ["corte"] = "C", ["release"] = "R", ["reason"] = "future-corte",
        });
        Assert.Contains("se publica por sí solo cuando llegue su hora", told, StringComparison.Ordinal);
        Assert.DoesNotContain("Se juzga de nuevo", told, StringComparison.Ordinal);
    }

    [Fact]
    public void AnArchiveThatIsCutOffDoesNotLackItself()
    {
        var until = DateTimeOffset.Parse("2021-06-06T20:30:00-05:00");
        Assert.Equal(
            "La entrega X.zip está incompleta. Se espera hasta 2021-06-06T20:30:00-05:00.", EventCatalogue.Sentence(
                Language.Es, "DELIVERY_STALLED",
                DeliveryStalled.Of("X.zip", ToldNames.Of(["X.zip"]), until, null).Fields));
        Assert.Contains(
            "falta: a.html.", EventCatalogue.Sentence(
                Language.Es, "DELIVERY_STALLED",
                DeliveryStalled.Of("X", ToldNames.Of(["a.html"]), until, null).Fields), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatTheJournalHasLostIsToldAtTheStart()
    {
        var started = new AgentStarted("1", "e", 1, RunEnd.Stopped, null, null, null, null, "records 5 to 9 are gone");
        Assert.Equal(Severity.Warning, started.Severity);
        Assert.Contains(
            "Falla de la bitácora: faltan los registros 5 a 9.",
            EventCatalogue.Sentence(Language.Es, "AGENT_STARTED", started.Fields), StringComparison.Ordinal);
    }

    static void AssertOf(Language language, string text)
    {
        Assert.Empty(OneLanguage.Foreign(language, text));
        Assert.Empty(OneLanguage.Bare(language, text));
    }

    static void AssertShown(Language language, NightScene night)
    {
        var (status, hearing, tally) = (night.Status(), new Hearing(language), new Tally());
        foreach (var record in night.Journal.Records) tally.Hear(record);
        new StatusView(hearing.CliOutput).Draw(status, night.Now.System, isOld: false);
        var report = new NightPage(ReportedNight.Of(night.Journal.Records, VirtualHost.Profile), language);
        foreach (var text in new[]
        {
            hearing.Output, OneLanguage.Visible(StatusPage.Of(language, status, tally, [])),
            OneLanguage.Visible(report.Write("", whole: true, "0", 0)),
        })
            AssertOf(
                language, text.Replace(VirtualHost.Profile.Title, "", StringComparison.Ordinal)
                    .Replace(VirtualHost.Profile.Authority, "", StringComparison.Ordinal));
    }

    /// <summary>Returns every text of the program that people read.</summary>
    internal static IEnumerable<Text> All() =>
        Messages.All.Values
            .Concat(EventCatalogue.All.SelectMany(entry => new[] { entry.When, entry.Sentence, entry.Action }))
            .Concat(TroubleCatalogue.All.SelectMany(entry => new[] { entry.What, entry.Sentence, entry.EndsBy }))
            .Concat(new[] { ReasonCatalogue.Rejections, ReasonCatalogue.Warnings, ReasonCatalogue.Holds }.SelectMany(
                section => section.Values).SelectMany(
                entry => new[] { entry.Means, entry.Mend, entry.Said }.OfType<Text>()))
            .Concat(HelpText.All.Values.SelectMany(text => text.Parts.Values.Append(text.Does)))
            .Concat(KeyTexts.Settings.All.Values).Concat(KeyTexts.Profile.All.Values)
            .Concat(Details.All.Select(detail => detail.Text));

    /// <summary>Returns fields for each code that the event may have, with all that is optional.</summary>
    static IEnumerable<JsonObject> Samples(EventEntry entry)
    {
        var coded = EventFields.ShapeOf(entry.Code).Properties.Where(
            property => property.Get is not null && Enumeration(property.PropertyType) is not null
                && property.Name is not ("root" or "trouble")).ToList();
        var most = coded.Select(property => CodesIn(property.PropertyType).Count).Append(Actions.Length).Max();
        for (var at = 0; at < most; at++)
        {
            JsonObject fields = [];
            foreach (var field in entry.Fields)
                fields[field.Name] = field.Name switch
                {
                    "action" => Actions[at % Actions.Length],
                    "error" or "detail" => Answered,
                    "cause" when entry.Code == EventCode.AgentStopped => "SIGTERM",
                    "refusal" => "held",
                    "waived" => new JsonArray("no-html", "clock-drift"),
                    "trouble" => Enum.GetValues<Trouble>()[at % Enum.GetValues<Trouble>().Length].Name(),
                    "root" => "public",
                    "message" => "x",
                    _ => Value(field),
                };
            foreach (var property in coded)
                fields[property.Name] = CodesIn(property.PropertyType)[at % CodesIn(property.PropertyType).Count];
            yield return fields;
        }
    }

    static JsonNode Value(EventField field) => field.Type switch
    {
        "number" => 3,
        "boolean" => true,
        "strings" => new JsonArray("a.html", "b.html"),
        "findings" => new JsonArray([.. Findings(field.Name)]),
        _ => "X1",
    };

    static IEnumerable<JsonNode?> Findings(string field) =>
        (field switch
        {
            "changes" => Enum.GetNames<AlterationKind>().Select(KebabCase.Of),
            "warnings" => ReasonCatalogue.Warnings.Keys,
            _ => ReasonCatalogue.Rejections.Keys,
        }).Order(StringComparer.Ordinal).Select(JsonNode? (code) => new JsonObject
        {
            ["code"] = code, ["path"] = "a.html", ["detail"] = "no HASH file lists it",
        });

    static readonly string[] Actions =
    [
        .. typeof(OperatorCommand).GetCustomAttributes<JsonDerivedTypeAttribute>()
            .Select(one => (string)one.TypeDiscriminator!).Except(["list", "configuration"]),
    ];

    static Type? Enumeration(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } known ? known : null;

    static List<string> CodesIn(Type type) => [.. OneLanguage.CodesOf(Enumeration(type)!)];
}
