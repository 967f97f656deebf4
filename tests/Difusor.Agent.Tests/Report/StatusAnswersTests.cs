using System.Text.RegularExpressions;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Report;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Report;

/// <summary>What the status and its page answer first: nothing is called good that was not seen.</summary>
public sealed class StatusAnswersTests
{
    static readonly DateTimeOffset Opens = new(2021, 6, 6, 20, 0, 0, TimeSpan.FromHours(-5));
    static readonly DateTimeOffset Now = Opens.AddMinutes(30);

    static AgentStatus Open => new()
    {
        Version = "0", Pid = 1, WrittenAt = Now, Election = "ieem-2021", Gate = new GateStatus("open", null, Opens),
        Clock = new ClockStatus(true, Now, Now, 0), Journal = new JournalStatus(1, "00"),
        Sentinel = new SentinelStatus("intact", Now.AddMinutes(-1), 0) { Probes = 1, ProbesGood = 1 },
        Period = new PeriodStatus("PREP 2021", "IEEM", Opens.AddHours(28), Opens.AddHours(24), 1200),
    };

    static AgentStatus Live => Open with
    {
        Published = new PublishedStatus(Opens.AddMinutes(20), Opens.AddMinutes(21), "R1", 3),
    };

    static string Served(AgentStatus status, Light light)
    {
        var answer = new StatusAnswers(status, Language.Es, Now).Served();
        Assert.Equal(light, answer.Light);
        return new Wording(Language.Es, Now).Plain(answer.Sentence);
    }

    static IEnumerable<string> Next(AgentStatus status) =>
        new StatusAnswers(status, Language.Es, Now).Next().Select(new Wording(Language.Es, Now).Plain);

    /// <summary>A trouble as the agent tells it, without fields.</summary>
    static TroubleStatus Trouble(EventCode code)
    {
        var entry = TroubleCatalogue.All.Single(row => row.Begins.Contains(code));
        return new TroubleStatus(code.Id(), entry.Name, Now, "x", entry.HelpWith([]));
    }

    static string Page(AgentStatus status, Language language = Language.Es) =>
        StatusPage.Of(language, status, new Tally(), []);

    [Theory]
    [InlineData(Language.Es), InlineData(Language.En)]
    public void NothingIsCalledWholeWhileNothingIsPublished(Language language)
    {
        Served(Open, Light.Wait);
        Assert.DoesNotMatch("(?i)ntegr|intact|byte (por|for) byte", Page(Open, language));
    }

    [Fact]
    public void WhatIsPublishedIsGoodOnlyAsFarAsItWasSeen()
    {
        Assert.Equal(
            "Sí: el corte de las 20:20, publicado a las 20:21, byte por byte el paquete del IEEM; así está en disco "
            + "y así lo entrega Apache.", Served(Live, Light.Good));
        var sentinel = Live.Sentinel;
        Assert.Contains(
            "nadie lee el sitio por Apache",
            Served(Live with { Sentinel = sentinel with { Probes = 0, ProbesGood = 0 } }, Light.Wait));
        Assert.Contains(
            "todavía no se ha leído", Served(Live with { Sentinel = sentinel with { ProbesGood = 0 } }, Light.Wait));
        Assert.Contains(
            "falta 1 de 2 sondas", Served(Live with { Sentinel = sentinel with { Probes = 2 } }, Light.Good));
        Served(Live with { Sentinel = sentinel with { LastFullScan = null } }, Light.Wait);
        Served(Live with { Troubles = [Trouble(EventCode.ProbeMismatch)] }, Light.Bad);
        Served(Live with { Troubles = [Trouble(EventCode.ProbeFailed)] }, Light.Bad);
        Assert.Contains(
            "no lo más nuevo",
            Served(Live with { Held = [new HeldStatus("R2", Opens.AddMinutes(40), "clock-drift")] }, Light.Wait));
    }

    /// <summary>Apache was down before the opening, and the first answer was yes.</summary>
    [Fact]
    public void TheNoticePageIsServedOnlyOnceAProbeHasSeenIt()
    {
        var before = Open with { Gate = new GateStatus("closed", "before-opening", Now.AddHours(1)) };
        var sentinel = before.Sentinel;
        Assert.Equal(
            "Sí: la página de aviso, porque antes de la apertura no se permite publicar.", Served(before, Light.Good));
        Assert.Equal(
            "No se sabe: antes de la apertura no se permite publicar. En disco está la página de aviso; todavía no "
            + "se ha leído por Apache.",
            Served(before with { Sentinel = sentinel with { ProbesGood = 0 } }, Light.Wait));
        Assert.Contains(
            "nadie lee el sitio por Apache",
            Served(before with { Sentinel = sentinel with { Probes = 0, ProbesGood = 0 } }, Light.Wait));
        Assert.Equal(
            "Un operador retiró el sitio. En disco está la página de aviso; todavía no se ha leído por Apache.",
            Served(
                Open with { Hold = new HoldStatus(null, "r", Now), Sentinel = sentinel with { ProbesGood = 0 } },
                Light.Wait));
    }

    static readonly EventCode?[] OfTheSite =
    [
        null, EventCode.ProbeFailed, EventCode.ProbeStale, EventCode.ProbeMismatch, EventCode.TamperDetected,
        EventCode.HealFailed,
    ];

    /// <summary>
    /// The first answer and the list below it are of one mind, whatever two probes and the sentinel say.
    /// </summary>
    [Theory]
    [InlineData(Language.Es), InlineData(Language.En)]
    public void TheFirstAnswerAndWhatIsWrongNeverContradictEachOther(Language language)
    {
        var opened = Open.Gate;
        var closed = new GateStatus("closed", "before-opening", Now.AddHours(1));
        var seen = 0;
        foreach (var gate in new[] { closed, opened })
        foreach (var what in new[] { Open, Live, Open with { Hold = new HoldStatus(null, "r", Now) } })
        foreach (var (all, good) in new[] { (0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2) })
        foreach (var one in OfTheSite)
        foreach (var other in OfTheSite)
        foreach (var state in new[] { "intact", "healing", "tampered" })
        foreach (var isOld in new[] { false, true })
        {
            var status = what with
            {
                Gate = gate, Troubles = [.. new[] { one, other }.OfType<EventCode>().Distinct().Select(Trouble)],
                Sentinel = new SentinelStatus(state, Now.AddMinutes(-1), 0) { Probes = all, ProbesGood = good },
            };
            var answers = new StatusAnswers(status, language, Now, isOld);
            var (answer, wrongs) = (answers.Served(), answers.Wrongs());
            var text = new Wording(language, Now).Plain(answer.Sentence);
            var isYes = text.StartsWith(language == Language.Es ? "Sí" : "Yes", StringComparison.Ordinal);
            // Nothing else than what readers get is wrong here: each light shows the other's.
            Assert.True(wrongs.Count == 0 || answer.Light != Light.Good, text);
            Assert.True(wrongs.Count > 0 || answer.Light != Light.Bad, text);
            Assert.True(!isYes || (wrongs.Count == 0 && good > 0), text);
            Assert.Equal(isYes, answer.Light == Light.Good);
            seen++;
        }
        Assert.Equal(2 * 3 * 6 * 6 * 6 * 3 * 2, seen);
    }

    [Fact]
    public void ATroubleOfAProbeThatOnlyANewerAgentKnowsIsNoYes() => Assert.StartsWith(
        "NO SE SABE", Served(Live with { Troubles = [Trouble(EventCode.ProbeFailed) with { Event = "PROBE_NEW" }] },
            Light.Bad), StringComparison.Ordinal);

    [Fact]
    public void WhatIsAlteredIsNamedInARedBanner()
    {
        var altered = Live with
        {
            Sentinel = new SentinelStatus("tampered", Now, 0)
                { Altered = [new("R1", "a/<b>.html", "changed"), new("R1", "c", "added")], AlteredTotal = 2 },
            Troubles = [Trouble(EventCode.TamperDetected)],
        };
        Assert.StartsWith("NO:", Served(altered, Light.Bad), StringComparison.Ordinal);
        Assert.Matches(
            "<p class=\"banner bad\" role=\"alert\"><strong>[^<]*a/&lt;b&gt;.html[^<]*</strong>", Page(altered));
        var wrong = Assert.Single(new StatusAnswers(altered, Language.Es, Now).Wrongs());
        Assert.Equal(
            "Se alteró lo publicado: a/<b>.html y otro lugar (1)",
            new Wording(Language.Es, Now).Plain(wrong.Sentence));
        Assert.DoesNotContain("class=\"banner bad\" role", Page(Live), StringComparison.Ordinal);
    }

    [Fact]
    public void EachTroubleHasASentenceAndWhatMendsIt()
    {
        var low = Trouble(EventCode.StorageLow) with
        {
            Since = Now.AddMinutes(-5), Fields = new() { ["free"] = 7, ["path"] = "/var" },
        };
        var wrong = Assert.Single(new StatusAnswers(Live with { Troubles = [low] }, Language.Es, Now).Wrongs());
        Assert.Equal("df -h", wrong.Command);
        Assert.Equal(
            "Problema de almacenamiento: quedan 7 bytes en /var. Desde hace 5 min.",
            new Wording(Language.Es, Now).Plain(wrong.Sentence));
        var unsure = Open with { Gate = new GateStatus("closed", "clock-unsynchronized", Now.AddHours(1)) };
        Assert.Contains(
            "difusor-agent clock", Assert.Single(new StatusAnswers(unsure, Language.Es, Now).Wrongs()).Mend,
            StringComparison.Ordinal);
    }

    [Fact]
    public void WhatComesNextHasItsHour()
    {
        Assert.Equal(["Sigue el corte de las 20:40; faltan 10 min."], Next(Live));
        Assert.Equal(["Se espera el primer corte."], Next(Open));
        Assert.Equal(
            ["Se espera el corte de las 20:20, desde hace 10 min."],
            Next(Live with { Published = Live.Published! with { Corte = Opens } }));
        Assert.Equal(
            ["No se espera otro corte. Lo publicado debe permanecer hasta el 8 de junio a las 00:00."],
            Next(Live with { Published = Live.Published! with { Corte = Opens.AddHours(24) } }));
        Assert.Contains(
            "releases resume", Assert.Single(Next(Live with { Hold = new HoldStatus(Opens, "r", Now) })),
            StringComparison.Ordinal);
        var rehearsal = new WindowStatus(Now.AddHours(-1), Now.AddHours(1));
        Assert.Equal(
            "Simulacro abierto, hasta las 21:30.",
            Next(Live with { Period = Live.Period! with { Rehearsals = [rehearsal] } }).Last());
    }

    [Theory]
    [InlineData(Language.Es), InlineData(Language.En)]
    public void ThePageShowsPeopleNoTimeOfAMachineAndSaysByItselfWhenItIsOld(Language language)
    {
        var page = Page(Live with
        {
            Cortes = [new CorteStatus(Opens, "PREP_2000") { Published = Opens.AddMinutes(1) }],
            Alterations = [new AlterationStatus("R1", Now, ["index.html"], 1)],
        }, language);
        Assert.DoesNotMatch(@"\d{4}-\d\d-\d\dT", Regex.Replace(page, "<[^>]*>", " "));
        Assert.Contains("<time datetime=\"2021-06-06T20:21:00-05:00\">", page, StringComparison.Ordinal);
        Assert.Contains("data-written=\"2021-06-06T20:30:00-05:00\" hidden>", page, StringComparison.Ordinal);
        Assert.Matches("<noscript><p class=\"banner wait\">[^<]*<time[^>]*>20:30</time>[^<]*systemctl", page);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Language.Es), InlineData(Language.En)]
    public void NoReasonReachesPeopleAsABareCode(Language language)
    {
        string[] rejections = [.. Enum.GetValues<ReasonCode>().Select(reason => reason.Code())];
        string[] holds = [.. Enum.GetValues<HoldReason>().Select(reason => reason.Code())];
        var page = Page(Open with
        {
            Cortes =
            [
                new CorteStatus(Opens, "P") { Rejected = Now, Reasons = rejections },
                .. holds.Select(hold => new CorteStatus(Opens, "P") { Held = Now, HeldReason = hold }),
            ],
            Held = [.. holds.Take(5).Select(hold => new HeldStatus("R", Opens, hold))],
        }, language);
        var text = Regex.Replace(page, "<code>[^<]*</code>|<[^>]*>", " ");
        Assert.All(rejections.Concat(holds), code => Assert.DoesNotMatch($@"(?<![\w(-]){code}(?![\w)-])", text));
    }

    [Fact]
    public void ThePolicyOfThePageAndOfItsSiteAreTheSame()
    {
        var site = File.ReadAllText(Path.Combine(Repository.Root, "packaging/apache/difusor-agent-status.conf"));
        Assert.Contains($"\"{StatusPage.Policy}; frame-ancestors 'none'\"", site, StringComparison.Ordinal);
    }
}
