using Difusor.Agent.Drop;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Tests.Linux;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Drop;

/// <summary>
/// The command that is named for a shut drop, done as root in a real tree: then the institute may deliver and the agent
/// may take it, whatever was wrong.
/// </summary>
public sealed class OpeningAppliedTests : IDisposable
{
    const int Agent = 64990, Institute = 64991;
    const string Drop = "/srv/difusor/entrega";

    readonly TemporaryFolder host = new();
    readonly BoundedProgram programs = BoundedProgram.OfHost();

    public OpeningAppliedTests()
    {
        Assert.SkipUnless(Syscall.geteuid() == 0, "only root can give folders away");
        foreach (var program in new[] { "setpriv", "setfacl" })
            Assert.SkipUnless(programs.Find(program) is not null, $"needs {program}");
        host.Write("etc/passwd", $"""
            root:x:0:0::/root:/bin/sh
            difusor-agent:x:{Agent}:{Agent}::/var/lib/difusor-agent:
            difusor-entrega:x:{Institute}:{Institute}::/srv/difusor:
            """);
        host.Write("etc/group", $"root:x:0:\ndifusor-agent:x:{Agent}:\ndifusor-entrega:x:{Institute}:\n");
        Directory.CreateDirectory(host[Drop[1..]]);
        Run($"chmod 755 {host.Path} {host["srv"]} {host["srv/difusor"]}");
        Run($"chown {Institute}:{Agent} {host[Drop[1..]]} && chmod 2770 {host[Drop[1..]]}");
    }

    public void Dispose()
    {
        _ = programs.Run("chattr", "-f", "-i", host[Drop[1..]], host["srv/difusor"]);
        host.Dispose();
    }

    [Fact]
    public void AnOpenDropNeedsNoCommand()
    {
        Assert.Null(Read().Opening);
        AssertOpen();
    }

    [Theory]
    [InlineData("chown root:root D"), InlineData("chown root D"), InlineData("chgrp root D")]
    [InlineData("chown root:root D && chmod 755 D"), InlineData("chmod 2570 D"), InlineData("chmod 2700 D")]
    [InlineData("chmod 0 D"), InlineData("chown root:root D && chmod 700 D U"), InlineData("chmod 700 U")]
    [InlineData("chgrp root D && chmod 2700 D"), InlineData("chmod 700 U && chmod 2570 D")]
    [InlineData("setfacl -m g::---,u:1:rwx D && chown root D"), InlineData("setfacl -m u:1:rwx,m::--- D")]
    [InlineData("setfacl -m g::r-x,u:1:rwx D"), InlineData("setfacl -m u:INSTITUTE:--- U")]
    [InlineData("setfacl -m u:AGENT:--- U"), InlineData("setfacl -m u:AGENT:---,u:INSTITUTE:---,o::--- U && chmod 0 D")]
    [InlineData("chattr +i D"), InlineData("chmod 700 U && chattr +i U")]
    [InlineData("chown root:root D && chmod 755 D && chattr +i D")]
    public void TheCommandMendsEachState(string harm)
    {
        var harmed = programs.Run("sh", "-c", InTree(harm));
        Assert.SkipUnless(
            harmed is { Succeeded: true } || !harm.Contains("chattr", StringComparison.Ordinal),
            "no chattr on this file system");
        Assert.True(harmed?.Succeeded, harmed?.Errors);
        var door = Read();
        Assert.NotNull(door.Opening);
        if (door.Closed() is { } closed) Assert.Equal(door.Opening, closed.Command);
        Run(InTree(door.Opening));
        Assert.Null(Read().Opening);
        AssertOpen();
    }

    DropDoor Read() => new DoorReading(host.Path).Read(Drop, Agent, "difusor-entrega")!;

    /// <summary>Both accounts try it, for what is read of the rights may be wrong.</summary>
    void AssertOpen()
    {
        Assert.Null(Read().Closed());
        var package = host[Drop[1..] + "/P"];
        Assert.True(As(Institute, $"touch {package}"));
        Assert.True(As(Agent, $"ls {host[Drop[1..]]} && rm -f {package}"));
        Assert.False(File.Exists(package));
    }

    bool As(int account, string command) => programs.Run(
        "setpriv", $"--reuid={account}", $"--regid={account}", "--clear-groups", "sh", "-c", command)!.Succeeded;

    void Run(string command)
    {
        var answer = programs.Run("sh", "-c", command)!;
        Assert.True(answer.Succeeded, $"{command}: {answer.Errors}");
    }

    /// <summary>Returns a command with the paths and the accounts of the tree.</summary>
    string InTree(string command)
    {
        foreach (var (name, value) in new[]
            {
                ("difusor-entrega", $"{Institute}"), ("difusor-agent", $"{Agent}"), ("INSTITUTE", $"{Institute}"),
                ("AGENT", $"{Agent}"), (" D", $" {Drop}"), (" U", " /srv/difusor"),
                ("/srv/difusor", host["srv/difusor"]),
            })
            command = command.Replace(name, value, StringComparison.Ordinal);
        return command;
    }
}
