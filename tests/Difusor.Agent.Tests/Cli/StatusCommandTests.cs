using System.Text.Json;
using Difusor.Agent.Cli;
using Difusor.Agent.Journal;
using Difusor.Agent.Tests.Texts;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Cli;

public sealed class StatusCommandTests : IDisposable
{
    static readonly DateTimeOffset Now = DateTimeOffset.Parse("2021-06-06T18:47:00-05:00");
    readonly string file = Path.Combine(Directory.CreateTempSubdirectory("status-").FullName, "status.json");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);

    static AgentStatus Status => new()
    {
        Version = "0.1.0", Pid = Environment.ProcessId, WrittenAt = Now, Election = "ieem-2021",
        Gate = new GateStatus("closed", "before-opening", DateTimeOffset.Parse("2021-06-06T20:00:00-05:00")),
        Clock = new ClockStatus(true, Now.AddMilliseconds(-20), Now.AddMilliseconds(20), 0.012),
        Held = [new HeldStatus("r-1", DateTimeOffset.Parse("2021-06-06T20:20:00-05:00"), "before-opening")],
        Deliveries = [new DeliveryStatus("20210606_2040_PREP_MEX", "stalled", 1391, 11_800_000)],
        LastRejections = [
            new RejectionStatus(
            "20210606_2020_PREP_MEX", null, Now,
            [new RejectionReason("digest-mismatch", "index.html", "sha256 differs"),
            new RejectionReason("digest-mismatch", "b", "")])],
        Sentinel = new SentinelStatus("intact", Now, 0) { Probes = 1, ProbesGood = 1 },
        Journal = new JournalStatus(42, new string('a', 64)),
    };

    (ExitCode Code, string Output, string Errors) Show(
        AgentStatus status, bool json = false, Language language = Language.Es, double secondsLater = 0)
    {
        File.WriteAllBytes(file, status.ToJson());
        var hearing = new Hearing(language);
        var code = StatusCommand.Show(file, json, hearing.CliOutput, Now.AddSeconds(secondsLater));
        return (code, hearing.Output, hearing.Errors);
    }

    [Fact]
    public void TheNightIsToldInSpanish()
    {
        var (code, output, errors) = Show(Status);
        Assert.Equal(ExitCode.Done, code);
        Assert.Empty(errors);
        Assert.Contains(
            "CERRADA: aún no es la hora de apertura; abre el 6 de junio de 2021, 20:00:00 (UTC-5)\n", output);
        Assert.Contains("6 de junio de 2021, 18:47:00 (UTC-5) ±0.020 s; el reloj del equipo difiere +0.012 s", output);
        Assert.Contains("20210606_2040_PREP_MEX  DETENIDA, incompleta  1,391 archivos, 11.8 MB", output);
        Assert.Contains("(digest-mismatch) index.html (+1)", output);
    }

    [Fact]
    public void TheThreeQuestionsAreAnsweredFirstAndTheCountdownStandsThereOnce()
    {
        var output = Show(Status).Output;
        Assert.StartsWith(
            """
            ¿Recibe el público lo correcto?
              Sí: la página de aviso, porque antes de la apertura no se permite publicar.
            ¿Qué está mal?
              Nada.
            ¿Qué sigue, y cuándo?
              La publicación abre a las 20:00; faltan 1 h 13 min.
              Entonces el corte de las 20:20, que ya está verificado, se publica por sí solo.

            """, output, StringComparison.Ordinal);
        Assert.Equal(2, output.Split("1 h 13 min").Length);
    }

    [Fact]
    public void TheNightIsALineForEachCorte()
    {
        var (_, output, _) = Show(Status with
        {
            Cortes =
            [
                new CorteStatus(Now.AddMinutes(-47), "PREP_1800")
                {
                    Arrived = Now.AddMinutes(-47), Verified = Now.AddMinutes(-46), Published = Now.AddMinutes(-45),
                },
                new CorteStatus(Now.AddMinutes(-27), "PREP_1820")
                    { Rejected = Now.AddMinutes(-26), Reasons = ["no-html"] },
            ],
            Alterations = [new AlterationStatus("R", Now.AddMinutes(-9), ["index.html"], 1, Now.AddMinutes(-9), 0.5)],
        });
        Assert.Contains(
            "18:00  llegó a las 18:00, verificado a las 18:01, publicado a las 18:02  PREP_1800", output,
            StringComparison.Ordinal);
        Assert.Contains("18:20  RECHAZADO a las 18:21", output, StringComparison.Ordinal);
        Assert.Contains("Se vio a las 18:38: index.html (cambios: 1).", output, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingIsSaidToBeIntactWhileNothingIsPublished()
    {
        var published = Status with { Published = new PublishedStatus(Now, Now, "r-1", 12), Held = [] };
        var altered = Status with { Sentinel = new SentinelStatus("tampered", Now, 0) };
        foreach (var (status, says, page) in new[]
        {
            (Status, "nada publicado: no hay qué comparar", "la página de aviso"),
            (published, "sin alteraciones", "byte por byte el paquete"),
            (altered, "LO PUBLICADO FUE ALTERADO", "Se alteró lo publicado."),
        })
        {
            Assert.Contains(says, Show(status).Output, StringComparison.Ordinal);
            Assert.Contains(
                page, OneLanguage.Visible(
                    Difusor.Agent.Sentinel.StatusPage.Of(
                        Language.Es, status, new Difusor.Agent.Sentinel.Tally(), [])), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WhatTheOpeningWaitsForIsSaidInBothLanguages()
    {
        var status = Status with { Gate = Status.Gate with { Missing = new MissingStatus(4380, 2, 65) } };
        Assert.Contains(
            "una mayoría de servidores NTP: no la hay desde hace 1 min 5 s; consultas seguidas a los servidores NTP "
            + "que coincidan: 2", Show(status).Output);
        Assert.Contains(
            "a majority of NTP servers: there has been none for 1 min 5 s; polls in a row in which the "
            + "NTP servers agree: 2", Show(status, language: Language.En).Output);
    }

    [Fact]
    public void ANameThatTurnsTextAroundReachesNeitherTerminalNorJson()
    {
        const string turned = "P\u202Egpj\uFEFF_20210606_2020";
        var status = Status with
        {
            Deliveries = [new DeliveryStatus(turned, "stalled", 1, 1)], Hold = new HoldStatus(Now, turned, Now),
            LastRejections =
                [new RejectionStatus(turned, null, Now, [new RejectionReason("digest-mismatch", turned, turned)])],
        };
        foreach (var json in new[] { false, true })
        {
            var output = Show(status, json).Output;
            Assert.DoesNotContain("\u202E", output, StringComparison.Ordinal);
            Assert.DoesNotContain("\uFEFF", output, StringComparison.Ordinal);
            Assert.Contains(
                json ? "P\\u202egpj\\ufeff_2021" : "P\\xe2\\x80\\xaegpj\\xef\\xbb\\xbf_2021", output,
                StringComparison.OrdinalIgnoreCase);
        }
        Assert.Equal(turned, AgentStatus.Read(status.ToJson())!.Deliveries[0].Package);
    }

    [Fact]
    public void ThePageShowsWhatTurnsTextAroundAsItsBytes()
    {
        var status = Status with { Cortes = [new CorteStatus(null, "P\u202E<b>gpj") { Rejected = Now }] };
        var page = Difusor.Agent.Sentinel.StatusPage.Of(Language.Es, status, new Difusor.Agent.Sentinel.Tally(), []);
        Assert.DoesNotContain("\u202E", page, StringComparison.Ordinal);
        Assert.Contains("<span>P\\xe2\\x80\\xae&lt;b&gt;gpj</span>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void AHoldIsTheFirstLine() =>
        Assert.StartsWith("HELD BY THE OPERATOR at the corte of 6 June 2021, 20:20 (UTC-5) since", Show(Status with
        {
            Hold = new HoldStatus(DateTimeOffset.Parse("2021-06-06T20:20:00-05:00"), "zeros", Now),
        }, language: Language.En).Output);

    [Fact]
    public void ATroubleIsASentenceInTheReadersLanguageSinceWhenAndWithItsCommand()
    {
        var fields = new System.Text.Json.Nodes.JsonObject { ["error"] = "EIO" };
        var status = Status with
        {
            Troubles = [new TroubleStatus("STORAGE_FAILED", "storage", Now.AddMinutes(-5), "x", "df -h", fields)],
        };
        Assert.Contains(
            "  Problema de almacenamiento: el disco no pudo leer o escribir. Desde hace 5 min.\n    Ayuda: df -h\n",
            Show(status).Output, StringComparison.Ordinal);
        Assert.Contains(
            "  Storage trouble: the disk could not read or write. It began 5 min ago.\n    What helps: df -h\n",
            Show(status, language: Language.En).Output);
        var read = AgentStatus.Read(status.ToJson())!.Troubles[0];
        Assert.Equal(
            ("STORAGE_FAILED", "storage", "x", "df -h"), (read.Event, read.Trouble, read.Message, read.Command));
        // What only a later version knows is told in the agent's own words.
        Assert.Equal("x", (read with { Trouble = "later" }).In(Language.En));
    }

    [Fact]
    public void WhatAnOlderAgentDoesNotWriteIsEmpty()
    {
        var written = System.Text.Json.Nodes.JsonNode.Parse(Status.ToJson())!.AsObject();
        foreach (var key in new[] { "syslog", "troubles", "last_rejections", "instance" }) written.Remove(key);
        var read = AgentStatus.Read(Encoding.UTF8.GetBytes(written.ToJsonString()))!;
        Assert.Empty(read.Syslog);
        Assert.Empty(read.Troubles);
        Assert.Empty(read.LastRejections);
        Assert.Equal(AgentStatus.OnlyInstance, read.Instance);
    }

    [Fact]
    public void ThePageShowsEachTroubleAndSaysItselfWhenItIsOld()
    {
        var fields = new System.Text.Json.Nodes.JsonObject { ["package"] = "P\u202E<b>" };
        var status = Status with
        {
            Troubles = [new TroubleStatus("DELIVERY_SET_ASIDE", "set-aside", Now, "x", "difusor-agent retry", fields)],
        };
        foreach (var language in new[] { Language.Es, Language.En })
        {
            var page = Difusor.Agent.Sentinel.StatusPage.Of(
                language, status, new Difusor.Agent.Sentinel.Tally(), []);
            Assert.Contains("P\\xe2\\x80\\xae&lt;b&gt;", page, StringComparison.Ordinal);
            Assert.Contains("<code>difusor-agent retry</code>", page, StringComparison.Ordinal);
            Assert.Matches("<p [^>]*id=\"stale\"[^>]* data-written=\"2021-06-06T18:47:00-05:00\" hidden>", page);
        }
    }

    [Fact]
    public void JsonHasTheContractsKeys()
    {
        using var json = JsonDocument.Parse(
            Show(Status with { Published = new PublishedStatus(Now, Now, "r-1", 12) }, json: true).Output);
        foreach (var path in new[]
        {
            "gate.state", "gate.reason", "gate.opens_at", "clock.earliest", "clock.latest", "clock.offset_seconds",
            "clock.synchronized",
            "published.corte", "published.since", "published.release", "published.files", "held", "pid", "written_at",
            "hold", "deliveries",
            "last_rejections", "sentinel.state", "sentinel.last_full_scan", "sentinel.overflows", "journal.head",
            "version", "sentinel.altered", "sentinel.probes", "sentinel.probes_good", "period", "cortes", "alterations",
        })
        {
            var at = json.RootElement;
            foreach (var name in path.Split('.')) Assert.True(at.TryGetProperty(name, out at), path);
        }
        Assert.Equal(
            "2021-06-06T20:00:00-05:00", json.RootElement.GetProperty("gate").GetProperty("opens_at").GetString());
    }

    [Fact]
    public void WhatWasWrittenReadsBack() => Assert.Equal(Status.ToJson(), AgentStatus.Read(Status.ToJson())!.ToJson());

    [Fact]
    public void AnAgentThatStoppedWritingIsNoSuccess()
    {
        var (code, output, errors) = Show(Status, secondsLater: 16, language: Language.En);
        Assert.Equal(ExitCode.Environment, code);
        Assert.StartsWith(
            "difusor-agent: the agent has not written its status since 6 June 2021, 18:47:00 (UTC-5)", errors);
        Assert.Contains("NOT KNOWN: the agent is not writing", output, StringComparison.Ordinal);
    }

    [Fact]
    public void ADeadAgentIsNoSuccess()
    {
        var (code, output, errors) = Show(Status with { Pid = int.MaxValue }, language: Language.En);
        Assert.Equal(ExitCode.Environment, code);
        Assert.Contains("is no longer running", errors);
        // Nothing good is said of what nobody looks at.
        Assert.DoesNotContain("  Yes", output, StringComparison.Ordinal);
        Assert.Contains("systemctl restart difusor-agent", output, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAFileTheAgentDoesNotRun()
    {
        var hearing = new Hearing(Language.En);
        Assert.Equal(ExitCode.Environment, StatusCommand.Show(file, json: false, hearing.CliOutput, Now));
        Assert.Contains("start it with: systemctl start difusor-agent", hearing.Errors);
    }

    [Fact]
    public void ADeliveryCannotForgeALine() =>
        Assert.DoesNotContain(
            "\nfalse",
            Show(Status with { Deliveries = [new DeliveryStatus("x\nfalse\e[31m", "arriving", 1, 1)] }).Output);
}
