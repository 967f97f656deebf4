using Difusor.Agent.Setup;
using Difusor.Agent.Texts;
using static Difusor.Agent.Tests.Setup.SetupScene;

namespace Difusor.Agent.Tests.Setup;

/// <summary>The first run on a host where only the package was installed, and the way back from it.</summary>
public class FirstRunTests
{
    static readonly SetupWish New = Wish with { Election = "ieem-2021" };

    [Theory, InlineData(true), InlineData(false)]
    public void SetupWritesTheConfigurationThatNoPackageBrings(bool debian)
    {
        var host = Fresh(debian);
        Assert.Null(SetupPlan.Problem(New, First, host));
        var plan = SetupPlan.Of(New, First, host);
        var done = After(host, First, plan);
        Assert.Empty(SetupPlan.ProblemsOf(plan, First));
        Assert.Equal("ieem-2021", done.Settings!.Election);
        Assert.Equal(["unix:/dev/log", "unix:/var/lib/difusor-syslog/dev/log"], done.Settings.Syslog.All);
        Assert.Contains("\n# La elecci\u00f3n", done.Files[First.Config], StringComparison.Ordinal);
        Assert.True(done.AgentStarts);
        Assert.Empty(SetupPlan.Of(New, First, done));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void UndoLeavesTheHostAsThePackageLeftIt(bool debian)
    {
        var host = Fresh(debian);
        var done = After(host, First, SetupPlan.Of(New, First, host));
        var undone = After(done, First, UndoPlan.Of(First, done));
        Assert.Equal(host.Files.OrderBy(file => file.Key), undone.Files.OrderBy(file => file.Key));
        Assert.False(undone.AgentStarts || undone.AgentRuns);
        Assert.Empty(UndoPlan.Of(First, undone));
    }

    [Fact]
    public void ASecondSetupDoesNotMakeTheConfigurationTheSysadmins()
    {
        var done = After(Fresh(), First, SetupPlan.Of(New, First, Fresh()));
        var moved = After(done, First, SetupPlan.Of(New with { Site = "prep2.ejemplo.mx" }, First, done));
        var plan = UndoPlan.Of(First, moved);
        Assert.False(UndoPlan.Saves(plan, First));
        Assert.DoesNotContain(First.Config, After(moved, First, plan).Files.Keys);
    }

    [Fact]
    public void WhatTheSysadminHasWrittenIntoItIsKeptBesideOverUndo()
    {
        var done = After(Fresh(), First, SetupPlan.Of(New, First, Fresh()));
        var edited = done.Files[First.Config] + "# mine\n";
        var host = WithConfig(done, First, edited);
        var plan = UndoPlan.Of(First, host);
        Assert.True(UndoPlan.Saves(plan, First));
        var undone = After(host, First, plan);
        Assert.Equal(edited, undone.Files[First.Saved]);
        Assert.DoesNotContain(First.Config, undone.Files.Keys);
    }

    /// <summary>An agent.yaml of version 0.1.0 came with the package; its election was IEEM 2021.</summary>
    [Fact]
    public void UndoGivesTheElectionBackThatWasThereBefore()
    {
        var done = After(Host(), First, SetupPlan.Of(Wish with { Election = "ietam-2021" }, First, Host()));
        Assert.Equal("ietam-2021", done.Settings!.Election);
        done = After(done, First, SetupPlan.Of(Wish with { Election = "ieem-2024" }, First, done));
        var undone = After(done, First, UndoPlan.Of(First, done));
        Assert.Equal(Host().Files[First.Config], undone.Files[First.Config]);
        Assert.True(undone.AgentStarts);
    }

    [Fact]
    public void UndoOfASecondElectionLeavesNoFileOfIt()
    {
        var host = Host() with
        {
            AccountExists = false, AgentRuns = false, AgentStarts = false, Settings = null, Places = null,
        };
        var done = After(host, Second, SetupPlan.Of(Wish with { Election = "ieem-2024" }, Second, host));
        Assert.All(Second.Files(debian: true).Except([Second.Saved]), path => Assert.Contains(path, done.Files.Keys));
        var undone = After(done, Second, UndoPlan.Of(Second, done));
        Assert.Equal(host.Files.OrderBy(file => file.Key), undone.Files.OrderBy(file => file.Key));
        Assert.False(undone.AgentStarts);
    }

    /// <summary>Clause I.1: nothing of the way to the readers goes, nor of what watches it.</summary>
    [Theory, InlineData("agent"), InlineData("ine")]
    public void APublishedSiteKeepsItsAgentAndItsPortOverUndo(string name)
    {
        var instance = new SetupInstance(name);
        var host = Fresh() with { Firewalld = "public (active)\n  services: ssh" };
        var done = After(host, instance, SetupPlan.Of(New, instance, host)) with { Published = true };
        var undone = After(done, instance, UndoPlan.Of(instance, done));
        Assert.True(undone.AgentStarts && undone.AgentRuns);
        Assert.Contains(instance.Config, undone.Files.Keys);
        Assert.Contains("difusor-agent", undone.Firewalld!, StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113.7", undone.Firewalld!, StringComparison.Ordinal);
        Assert.DoesNotContain(instance.SshDropIn, undone.Files.Keys);
        var withdrawn = undone with { Published = false };
        var last = After(withdrawn, instance, UndoPlan.Of(instance, withdrawn));
        Assert.Equal(host.Files.Keys.Order(), last.Files.Keys.Order());
        Assert.False(last.AgentStarts);
    }

    [Fact]
    public void AFirewallThatDoesNotRunIsLeftForALaterUndo()
    {
        var host = Fresh() with { Firewalld = "public (active)\n  services: ssh" };
        var done = After(host, First, SetupPlan.Of(New, First, host));
        var plan = UndoPlan.Of(First, done with { Firewalld = null });
        Assert.DoesNotContain(Commands(plan), command => command.StartsWith("firewall-cmd", StringComparison.Ordinal));
        Assert.Contains("--remove-service=difusor-agent", FileOf(plan, First.Record), StringComparison.Ordinal);
    }

    [Theory, InlineData(false, false), InlineData(true, false), InlineData(false, true), InlineData(true, true)]
    public void TheSiteIsToldWhatTheProfileAndThisApacheNeed(bool spa, bool takesFlag)
    {
        var host = Fresh() with
        {
            Election = Profile("ieem-2021") with { Site = new(spa) }, ApacheTakesAllow3F = takesFlag,
        };
        var plan = SetupPlan.Of(New, First, host);
        var names = FileOf(plan, First.ApacheNames).Split('\n').ToList();
        Assert.Equal(spa, names.Contains("Define DIFUSOR_SPA"));
        Assert.Equal(takesFlag, names.Contains("Define DIFUSOR_ALLOW3F"));
        Assert.Empty(SetupPlan.Of(New, First, After(host, First, plan)));
    }

    [Fact]
    public void AnElectionThatIsOverIsRefused()
    {
        var profile = Profile("ieem-2021");
        var host = Fresh() with { Election = profile, Now = profile.KeepUntil.AddSeconds(1) };
        Assert.Equal("setup.election-over", SetupPlan.Problem(New, First, host)?.Key);
        Assert.Null(SetupPlan.Problem(New, First, host with { Now = profile.KeepUntil }));
        // The one that the configuration names, too, and not only the one of the command line.
        var configured = Host() with { Election = profile, Now = host.Now };
        Assert.Equal("setup.election-over", SetupPlan.Problem(Wish, First, configured)?.Key);
    }

    [Fact]
    public void AnElectionThatIsMissingOrCannotBeReadIsTold()
    {
        var missing = SetupPlan.Problem(Wish, First, Fresh());
        Assert.Equal("setup.no-election", missing?.Key);
        Assert.Contains("ieem-2021, ieem-2024", missing!.In(Language.Es), StringComparison.Ordinal);
        Assert.StartsWith(
            "election: 'x' cannot be used: there is no election profile 'x'",
            Told(First.Config, new("config.no-profile", ("election", "x"), ("known", "y"))), StringComparison.Ordinal);
        var profile = "/etc/difusor-agent/elections/x.yaml";
        Assert.StartsWith(
            $"election: 'x' cannot be used. {profile}:3:5: ",
            Told(profile, new("config.unknown-key-near", ("key", "colour"), ("near", "cadence"))),
            StringComparison.Ordinal);

        static string? Told(string file, Said what) => SetupPlan.Problem(
            New with { Election = "x" }, First,
            Fresh() with { ElectionProblem = new(file, new(3, 5), what) })?.In(Language.En);
    }

    /// <summary>A wrong election, site or certificate was noticed when sshd was open already.</summary>
    [Fact]
    public void TheWayInIsOpenedWhenAllElseStands()
    {
        var stages = SetupPlan.Of(New, First, Fresh()).Select(stage => stage.Name).ToList();
        Assert.Equal("record", stages[0]);
        Assert.True(stages.IndexOf("ssh") > stages.IndexOf("agent"));
        Assert.True(stages.IndexOf("ssh") > stages.IndexOf("apache"));
    }

    [Fact]
    public void TheHostsOwnConfigurationIsAskedBeforeTheFirstChange()
    {
        var proofs = SetupPlan.Of(New, First, Fresh()).SelectMany(stage => stage.Proofs);
        Assert.Equal(
            ["apachectl configtest", "sshd -t"],
            proofs.Where(proof => proof.Before).Select(proof => string.Join(' ', proof.Run)).Order());
    }
}
