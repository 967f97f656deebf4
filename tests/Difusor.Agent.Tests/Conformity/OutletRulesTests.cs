using Difusor.Agent.Configuration;
using Difusor.Agent.Conformity;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Syslog;
using Difusor.Agent.Tests.Gate;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>
/// What <c>check</c> says of syslog and of the notices: only what has arrived has arrived, whatever is configured.
/// </summary>
public sealed class OutletRulesTests
{
    const string Local = "unix:/var/lib/difusor-syslog/dev/log", Siem = "tls://siem.ejemplo.mx:6514",
    Udp = "udp://siem.ejemplo.mx:514";
    static readonly DateTimeOffset Noon = new(2021, 6, 6, 12, 0, 0, TimeSpan.FromHours(-5));
    static readonly SyslogFacts Heard = new("rsyslogd", null, "/var/log/difusor-agent.log", true, default);

    static readonly AgentStatus Status = new()
    {
        Version = "1.0", Pid = 14, WrittenAt = Noon, Election = "ieem-2021",
        Gate = new GateStatus("open", null, Noon), Clock = new ClockStatus(true, null, null, 0),
        Sentinel = new SentinelStatus("intact", null, 0), Journal = new JournalStatus(42, new string('a', 64)),
        Syslog = [new SyslogStatus(Local, 0), new SyslogStatus(Siem, 0)],
    };

    [Fact]
    public void AllHasArrived()
    {
        var rows = Syslog(Status, Heard);
        Assert.All(rows, row => Assert.True(row.Standing == Standing.Pass, row.Found.In(Language.Es)));
        Assert.Contains("42", Row(rows, "syslog-delivered").Found.In(Language.Es), StringComparison.Ordinal);
    }

    /// <summary>A SIEM whose certificate is not trusted got nothing all night, and nothing said so.</summary>
    [Fact]
    public void ATargetThatTakesNothingFailsAndSaysWhy()
    {
        foreach (var problem in SyslogProblem.Codes)
        {
            var status = Status with { Syslog = [Status.Syslog[0], new SyslogStatus(Siem, 7, problem, Noon)] };
            var row = Row(Syslog(status, Heard), "syslog-delivered");
            Assert.Equal((Standing.Fail, $"check.syslog-mend-{problem}"), (row.Standing, row.Mend!.Key));
            foreach (var language in new[] { Language.Es, Language.En })
            {
                Assert.Contains(Siem, row.Found.In(language), StringComparison.Ordinal);
                Assert.DoesNotContain(
                    "check.", row.Found.In(language) + row.Mend.In(language), StringComparison.Ordinal);
            }
            Assert.Equal(Standing.ByHand, Row(Syslog(status, Heard), "syslog-remote").Standing);
        }
    }

    /// <summary>
    /// <c>systemctl enable --now</c> fails on a masked unit, installs nothing, and does nothing to what runs already.
    /// </summary>
    [Theory]
    [InlineData("debian", UnitState.Masked, null,
        "systemctl unmask rsyslog.service syslog.socket && systemctl enable --now rsyslog")]
    [InlineData("debian", UnitState.Missing, null, "apt-get install rsyslog && systemctl enable --now rsyslog")]
    [InlineData("rhel", UnitState.Missing, null, "dnf install rsyslog && systemctl enable --now rsyslog")]
    [InlineData("debian", UnitState.There, null, "systemctl enable --now rsyslog")]
    [InlineData("debian", UnitState.There, "rsyslogd", "systemctl restart rsyslog")]
    [InlineData("debian", UnitState.Unseen, "systemd-journal", "systemctl enable --now rsyslog")]
    public void TheCommandThatStartsSyslogFitsTheStateOfItsUnit(
        string id, UnitState unit, string? daemon, string expected)
    {
        var missing = Status with { Syslog = [new SyslogStatus(Local, 7, "missing", Noon)] };
        var facts = new SyslogFacts(daemon, Local, default, null, default) { Rsyslog = unit };
        var host = Host(missing, facts, running: true) with { System = OsRelease.Read($"ID={id}\n") };
        var rows = SyslogRules.Rows(
            host, new Configured("agent.yaml", new Settings { Election = "ieem-2021" }, VirtualHost.Profile)).ToList();
        foreach (var row in new[] { "syslog", "syslog-delivered", "syslog-file" })
            Assert.Equal((Standing.Fail, expected), (Row(rows, row).Standing, Row(rows, row).Command));
        if (unit == UnitState.Masked) Assert.Equal("check.syslog-masked-mend", Row(rows, "syslog").Mend!.Key);
    }

    /// <summary>The host's rsyslog has nothing to do with a collector elsewhere.</summary>
    [Fact]
    public void ACollectorOnAnotherHostIsNotStartedHere()
    {
        var row = Row(Syslog(Status, Heard with { Deaf = Siem, Rsyslog = UnitState.Masked }), "syslog");
        Assert.Equal((Standing.Fail, null), (row.Standing, row.Command));
    }

    [Fact]
    public void WhatIsNotConfirmedIsNotSaidToHaveArrived()
    {
        var behind = Status with { Syslog = [Status.Syslog[0], new SyslogStatus(Siem, 3)] };
        Assert.Equal(Standing.Warn, Row(Syslog(behind, Heard), "syslog-delivered").Standing);
        var udp = Syslog(Status with { Syslog = [new SyslogStatus(Udp, 0)] }, Heard);
        Assert.Equal(
            (Standing.ByHand, Standing.ByHand),
            (Row(udp, "syslog-delivered").Standing, Row(udp, "syslog-remote").Standing));
        // rsyslog says whom it sends to, and nobody here sees whether that arrives.
        var forwards = Heard with { Forwards = (ImmutableList<string>)["siem.ejemplo.mx"] };
        var local = Status with { Syslog = [new SyslogStatus(Local, 0)] };
        Assert.Equal(Standing.ByHand, Row(Syslog(local, forwards), "syslog-remote").Standing);
        Assert.Equal(Standing.Warn, Row(Syslog(local, Heard), "syslog-remote").Standing);
    }

    [Fact]
    public void AFileThatHasOlderMessagesOnlyFails() =>
        Assert.Equal(Standing.Fail, Row(Syslog(Status, Heard with { File = default }), "syslog-file").Standing);

    [Theory]
    [InlineData("unix:/dev/log", Standing.Fail), InlineData(Local, Standing.Warn)]
    public void AJournaldThatLacksTheLastEventIsTold(string target, Standing expected)
    {
        var settings = new SyslogSettings { Targets = [target] };
        var row = Row(Syslog(Status, Heard with { Journald = false }, settings), "syslog-journald");
        Assert.Equal(expected, row.Standing);
        Assert.DoesNotContain(
            Syslog(Status, Heard with { Journald = null }, settings), one => one.Id == "syslog-journald");
    }

    [Fact]
    public void NothingHasArrivedFromAnAgentThatDoesNotRun() => Assert.All(
        Syslog(Status, Heard, running: false).Where(row => row.Id != "syslog"),
        row => Assert.Equal(Standing.ByHand, row.Standing));

    /// <summary>
    /// A mail command that cannot work in the unit was said to comply, and so was one that is not there.
    /// </summary>
    [Fact]
    public void ANoticeCommandCompliesOnceItHasEndedWellInTheAgentItself()
    {
        Assert.Equal((Standing.ByHand, "difusor-agent notify test"), Notices(null));
        Assert.Equal((Standing.ByHand, "difusor-agent notify test"), Notices(new NotifyStatus(null)));
        Assert.Equal(
            (Standing.Fail, "difusor-agent notify test"),
            Notices(new NotifyStatus(null, Noon, 127, "/no/such/thing: not found")));
        Assert.Equal(
            (Standing.Fail, "difusor-agent notify test"), Notices(new NotifyStatus(Noon, Noon.AddHours(1), 1)));
        Assert.Equal((Standing.Pass, null), Notices(new NotifyStatus(Noon)));
        Assert.Equal((Standing.Pass, null), Notices(new NotifyStatus(Noon.AddHours(1), Noon, 1)));
    }

    /// <summary>A command that is not there was A MANO until somebody tried it.</summary>
    [Fact]
    public void ANoticeCommandThatCannotBeRunFailsBeforeAnybodyHasTriedIt()
    {
        var settings = new Settings
        {
            Election = "ieem-2021", Notify = new NotifySettings { Command = "/no/such/thing" },
        };
        var host = Host(Status with { Notify = new NotifyStatus(Noon) }, Heard, running: true) with
        {
            NotifyProblem = "notify.command: there is no program /no/such/thing",
        };
        var row = Row(AgentRules.Rows(host, new Configured("agent.yaml", settings, VirtualHost.Profile)), "notify");
        Assert.Equal(
            (Standing.Fail, "difusor-agent config reload && difusor-agent notify test"), (row.Standing, row.Command));
        Assert.Equal("notify.command: no existe el programa /no/such/thing.", row.Found.In(Language.Es));
    }

    static (Standing, string?) Notices(NotifyStatus? notify)
    {
        var settings = new Settings
        {
            Election = "ieem-2021", Notify = new NotifySettings { Command = "/no/such/thing" },
        };
        var host = Host(Status with { Notify = notify }, Heard, running: true);
        var row = Row(AgentRules.Rows(host, new Configured("agent.yaml", settings, VirtualHost.Profile)), "notify");
        return (row.Standing, row.Command);
    }

    static List<ConformityRow> Syslog(
        AgentStatus status, SyslogFacts facts, SyslogSettings? settings = null, bool running = true)
    {
        var all = new Settings { Election = "ieem-2021", Syslog = settings ?? new SyslogSettings() };
        return [.. SyslogRules.Rows(
            Host(status, facts, running), new Configured("agent.yaml", all, VirtualHost.Profile))];
    }

    static HostFacts Host(AgentStatus status, SyslogFacts facts, bool running) =>
        ConformityRulesTests.Nothing with
        {
            Syslog = facts, Agent = new AgentFacts(running, true, "1.0", "difusor-agent", status),
        };

    static ConformityRow Row(IEnumerable<ConformityRow> rows, string id) => Assert.Single(rows, row => row.Id == id);
}
