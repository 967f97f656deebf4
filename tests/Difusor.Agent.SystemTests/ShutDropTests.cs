using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests;

/// <summary>What modes shut out, in the drop of a real daemon that is not root, is told.</summary>
public sealed class ShutDropTests(OpenedNight night) : IClassFixture<OpenedNight>
{
    static readonly string[] AsNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

    RunningAgent Agent()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "gives folders to another account, which needs root");
        var agent = night.Agent(AsNobody, yaml: "drop: {settle: 300ms, give_up: 10m}");
        OpenedNight.Run("chown", "-R", "65534:65534", agent.Folder);
        return agent.StartWhole();
    }

    [Fact]
    public void ADropThatBecomesRootsIsToldOnceAndSoIsItsEnd()
    {
        using var agent = Agent();
        OpenedNight.Run("chown", "root:root", agent.Drop);
        var closed = agent.Await("DROP_CLOSED");
        Assert.Equal(
            ("closed-no-writing", agent.Drop, "root"),
            (RunningAgent.Field(closed, "cause"), RunningAgent.Field(closed, "path"),
                RunningAgent.Field(closed, "owner")));
        agent.AwaitStatus(
            status => status["troubles"]!.AsArray().Any(trouble => (string?)trouble!["trouble"] == "drop"));
        OpenedNight.Run("chown", "65534:65534", agent.Drop);
        Assert.Equal("drop", RunningAgent.Field(agent.Await("TROUBLE_ENDED"), "trouble"));
    }

    [Fact]
    public void ADeliveryThatTheAgentMayNotOpenIsToldByNameAndPublishedOnceItIsOpened()
    {
        using var agent = Agent();
        var package = night.Package(40, "");
        // Root's, as all that this test makes: the rename brings it shut.
        package.Deliver(Directory.CreateDirectory(agent.At("envio")).FullName);
        var folder = Path.Combine(agent.Drop, package.Name);
        OpenedNight.Run("chmod", "700", agent.At($"envio/{package.Name}"));
        Directory.Move(agent.At($"envio/{package.Name}"), folder);
        var told = agent.Await("DELIVERY_IGNORED");
        Assert.Equal(
            (package.Name, "unreadable", "difusor-agent-entrega"),
            (RunningAgent.Field(told, "entry"), RunningAgent.Field(told, "cause"),
                RunningAgent.Field(told, "service")));
        OpenedNight.Run("chmod", "755", folder);
        Assert.Equal(package.Name, RunningAgent.Field(agent.Await("TROUBLE_ENDED"), "subject"));
    }
}
