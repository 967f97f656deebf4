using System.Text.Json.Nodes;
using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests.Gate;

/// <summary>
/// The rehearsals of the real 2021 profile, lived through by the whole agent: its system clock and the chronyd servers
/// are set to that afternoon by faketime.
/// </summary>
public sealed class RehearsalTests : IDisposable
{
    static readonly DateTimeOffset Ends =
        DateTimeOffset.Parse("2021-05-31T17:00:00-05:00", CultureInfo.InvariantCulture);
    readonly List<IDisposable> owned = [];

    public void Dispose()
    {
        owned.Reverse();
        foreach (var one in owned) one.Dispose();
    }

    T Own<T>(T one) where T : IDisposable
    {
        owned.Add(one);
        return one;
    }

    /// <summary>What faketime adds to this host's clock so that it shows <paramref name="wanted"/> now.</summary>
    static string Shift(DateTimeOffset wanted) =>
        (wanted - DateTimeOffset.UtcNow).TotalSeconds.ToString("+0.000;-0.000", CultureInfo.InvariantCulture) + "s";

    string[] Servers(string shift) => [.. Enumerable.Range(0, 4).Select(_ => Own(new Chronyd(shift)).Address)];

    /// <param name="wrapper">May be changed between two starts.</param>
    RunningAgent Agent(string[] wrapper, IEnumerable<string> servers) =>
        Own(new RunningAgent(Ends, servers, wrapper: wrapper, profile: "ieem-2021", clock: ", poll: 1s"));

    static TestPackage Package(DateTimeOffset corte) => new(corte, offset: Ends.Offset);

    /// <summary>
    /// Another set of servers in the configuration of an agent that does not run, or is told to read it again.
    /// </summary>
    static void Reconfigure(RunningAgent agent, IEnumerable<string> before, IEnumerable<string> after)
    {
        var text = File.ReadAllText(agent.Configuration);
        foreach (var (old, fresh) in before.Zip(after))
            text = text.Replace($"\"{old}\"", $"\"{fresh}\"", StringComparison.Ordinal);
        File.WriteAllText(agent.Configuration, text);
    }

    static bool IsOver(JsonNode record) =>
        RunningAgent.Event(record) == "GATE_CLOSED" && RunningAgent.Field(record, "reason") == "rehearsal-over";

    static void NothingIsPublic(RunningAgent agent)
    {
        Assert.Equal("notice", new FileInfo(agent.Current).LinkTarget);
        Assert.Empty(Directory.GetFileSystemEntries(agent.At("estado/public/releases")));
        Assert.DoesNotContain(
            agent.Journal(), record =>
            RunningAgent.Event(record) == "CORTE_PUBLISHED" && RunningAgent.Field(record, "root") == "public");
    }

    static void TheRehearsalIsWithdrawn(RunningAgent agent)
    {
        Assert.Equal("notice", new FileInfo(agent.At("estado/rehearsal/current")).LinkTarget);
        Assert.True(File.Exists(agent.At("estado/rehearsal/current/index.html")));
        Assert.Empty(Directory.GetFileSystemEntries(agent.At("estado/rehearsal/releases")));
    }

    [Fact]
    public void WhatBeganInTheWindowIsTheRehearsalsUntilItsEndAndNeverPublicAndWhatBeganAfterItObeysTheWindow()
    {
        // Long enough for a busy machine to start five programs and to publish: its end is what is awaited.
        var shift = Shift(Ends.AddSeconds(-25));
        var servers = Servers(shift);
        var agent = Agent(MovableClock.Shifted(shift), servers).Start();
        Assert.StartsWith("2021-05-31T09:00:00-05:00/", RunningAgent.Field(agent.Await("GATE_OPENED"), "window"));

        // Stamped as the night itself: whatever its stamp, it is the rehearsal's.
        Package(Ends.AddDays(6).AddHours(3)).Deliver(agent.Drop);
        Assert.Equal("rehearsal", RunningAgent.Field(agent.Await("CORTE_PUBLISHED"), "root"));
        Assert.True(File.Exists(agent.At("estado/rehearsal/current/bd/PRUEBA.txt")));
        NothingIsPublic(agent);

        // Begun in the window, and whole only after it.
        var late = Package(Ends.AddDays(6).AddHours(4));
        Directory.CreateDirectory(Path.Combine(agent.Drop, late.Name, "bd"));
        File.WriteAllText(Path.Combine(agent.Drop, late.Name, "PREP.hash"), late.Manifest());
        agent.Await("DELIVERY_SEEN");
        var over = agent.Await(IsOver, "end of the rehearsal");
        Assert.InRange(
            DateTimeOffset.Parse((string)over["at"]!, CultureInfo.InvariantCulture), Ends, Ends.AddSeconds(1));
        foreach (var (path, text) in late.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(agent.Drop, late.Name, path))!);
            File.WriteAllText(Path.Combine(agent.Drop, late.Name, path), text);
        }
        Assert.Equal("rehearsal-over", RunningAgent.Field(agent.Await("PACKAGE_HELD"), "reason"));

        Package(Ends.AddMinutes(-20)).Deliver(agent.Drop);
        Assert.Equal(
            "corte-outside-window", (string?)agent.Await("PACKAGE_REJECTED")["fields"]!["reasons"]![0]!["code"]);
        TheRehearsalIsWithdrawn(agent);
        NothingIsPublic(agent);
        agent.Stop();
        agent.Start().Await("CLOCK_SYNCHRONIZED");
        Assert.Null((JsonNode?)agent.AwaitStatus(status => (bool)status["clock"]!["synchronized"]!)["rehearsal"]);
        TheRehearsalIsWithdrawn(agent);
        NothingIsPublic(agent);
    }

    [Fact]
    public void ARehearsalThatEndedWhileTheAgentWasDownIsWithdrawnAtItsStartWithItsEvent()
    {
        var shift = Shift(Ends.AddHours(-2));
        var servers = Servers(shift);
        var wrapper = MovableClock.Shifted(shift);
        var agent = Agent(wrapper, servers).Start();
        Package(Ends.AddHours(-2)).Deliver(agent.Drop);
        Assert.Equal("rehearsal", RunningAgent.Field(agent.Await("CORTE_PUBLISHED"), "root"));
        agent.Stop(Mono.Unix.Native.Signum.SIGKILL);
        agent.Start().Await("CLOCK_SYNCHRONIZED");
        Assert.True(File.Exists(agent.At("estado/rehearsal/current/bd/PRUEBA.txt")));
        agent.Stop(Mono.Unix.Native.Signum.SIGKILL);

        var later = Shift(Ends.AddHours(1));
        Reconfigure(agent, servers, Servers(later));
        MovableClock.Shifted(later).CopyTo(wrapper, 0);
        agent.Start().Await(IsOver, "end of the rehearsal");
        Assert.Single(agent.Journal(), record => RunningAgent.Event(record) == "GATE_OPENED");
        agent.AwaitStatus(status => status["rehearsal"] is null && (bool)status["clock"]!["synchronized"]!);
        TheRehearsalIsWithdrawn(agent);
        NothingIsPublic(agent);
    }

    [Fact]
    public void WhileTimeIsNotKnownItGoesToNeitherRootAndOnceItIsWhereItsFirstByteCame()
    {
        string[] silent = ["127.0.0.1:9", "127.0.0.1:10", "127.0.0.1:11", "127.0.0.1:12"];
        // Far from its end, which a slow start would reach before time is known; and then, after a restart, past it.
        var shift = Shift(Ends.AddHours(-2));
        var servers = Servers(shift);
        var wrapper = MovableClock.Shifted(shift);
        var agent = Agent(wrapper, silent);
        // Found at the start: come then.
        Package(Ends.AddHours(-3)).Deliver(agent.Drop);
        agent.Start();
        Assert.Equal("clock-unsynchronized", RunningAgent.Field(agent.Await("PACKAGE_HELD"), "reason"));
        Assert.Equal("notice", new FileInfo(agent.At("estado/rehearsal/current")).LinkTarget);
        NothingIsPublic(agent);
        Reconfigure(agent, silent, servers);
        Mono.Unix.Native.Syscall.kill(agent.Process!.Id, Mono.Unix.Native.Signum.SIGHUP);
        Assert.Equal("rehearsal", RunningAgent.Field(agent.Await("CORTE_PUBLISHED"), "root"));
        NothingIsPublic(agent);
        agent.Stop();
        var later = Shift(Ends.AddHours(1));
        Reconfigure(agent, servers, Servers(later));
        MovableClock.Shifted(later).CopyTo(wrapper, 0);
        agent.Start().Await(IsOver, "end of the rehearsal");
        agent.AwaitStatus(status => status["rehearsal"] is null && (bool)status["clock"]!["synchronized"]!);
        TheRehearsalIsWithdrawn(agent);
        NothingIsPublic(agent);
    }

    [Fact]
    public void WhatWasSealedInTheWindowStaysTheRehearsalsThoughTimeIsKnownOnlyOnTheNightAfterARestart()
    {
        string[] silent = ["127.0.0.1:9", "127.0.0.1:10", "127.0.0.1:11", "127.0.0.1:12"];
        var night = DateTimeOffset.Parse("2021-06-06T20:10:00-05:00", CultureInfo.InvariantCulture);
        var wrapper = MovableClock.Shifted(Shift(Ends.AddHours(-2)));
        var agent = Agent(wrapper, silent).Start();
        Package(night.AddMinutes(-10)).Deliver(agent.Drop);
        agent.Await("PACKAGE_HELD");
        agent.Stop();
        var shift = Shift(night);
        Reconfigure(agent, silent, Servers(shift));
        MovableClock.Shifted(shift).CopyTo(wrapper, 0);
        agent.Start().Await("GATE_OPENED");
        agent.AwaitStatus(
            status => (string?)status["gate"]!["state"] == "open" && status["held"]!.AsArray().Count == 0);
        NothingIsPublic(agent);
    }

    [Fact]
    public void WhatIsFoundAtAStartAfterTheWindowIsNoRehearsals()
    {
        var shift = Shift(Ends.AddMinutes(10));
        var servers = Servers(shift);
        var agent = Agent(MovableClock.Shifted(shift), servers);
        Package(Ends.AddMinutes(-20)).Deliver(agent.Drop);
        agent.Start();
        Assert.Equal(
            "corte-outside-window", (string?)agent.Await("PACKAGE_REJECTED")["fields"]!["reasons"]![0]!["code"]);
        NothingIsPublic(agent);
    }

    [Fact]
    public void AnOperatorMayWaiveTheClockOnTheNightOfAProfileWithRehearsals()
    {
        var shift = Shift(DateTimeOffset.Parse("2021-06-06T20:30:00-05:00", CultureInfo.InvariantCulture));
        var agent = Agent(MovableClock.Shifted(shift), ["127.0.0.1:9", "127.0.0.1:10"]).StartWhole();
        var package = Package(DateTimeOffset.Parse("2021-06-06T20:20:00-05:00", CultureInfo.InvariantCulture));
        var elsewhere = Directory.CreateDirectory(agent.At("a-mano")).FullName;
        package.Deliver(elsewhere);
        var (code, output, errors) = agent.Command(
            "publish", Path.Combine(elsewhere, package.Name), "--waive", "clock-unsynchronized", "--reason",
            "no UDP 123");
        Assert.True(code == 0, output + errors + agent.Errors);
        Assert.Equal("public", RunningAgent.Field(agent.Await("CORTE_PUBLISHED"), "root"));
        Assert.True(File.Exists(Path.Combine(agent.Current, "bd/PRUEBA.txt")));
    }
}
