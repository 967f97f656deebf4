using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Setup;

namespace Difusor.Agent.Tests.Linux.Drop;

/// <summary>Whether the service runs that opens what comes shut, by the traces that it leaves.</summary>
public sealed class OpeningUnitTests : IDisposable
{
    readonly TemporaryFolder host = new();

    public void Dispose() => host.Dispose();

    /// <summary>A booted host with the units as they are shipped.</summary>
    OpeningUnit Installed(string instance = "agent")
    {
        Directory.CreateDirectory(host["run/systemd/system"]);
        foreach (var unit in new[] { "difusor-agent-entrega.service", "difusor-agent-entrega@.service" })
            host.Write(
                $"usr/lib/systemd/system/{unit}", File.ReadAllText(Path.Combine(Repository.Root, "systemd", unit)));
        return new OpeningUnit(new SetupInstance(instance), host.Path);
    }

    [Theory]
    [InlineData("agent", "difusor-agent.entrega", "difusor-agent-entrega")]
    [InlineData("dip", "difusor-agent.entrega-dip", "difusor-agent-entrega@dip")]
    public void ItIsStoppedWhereItsFolderIsNotThere(string instance, string folder, string unit)
    {
        var service = Installed(instance);
        Assert.Equal((unit, $"systemctl restart {unit}"), (service.Stopped()?.Service, service.Stopped()?.Command));
        Directory.CreateDirectory(host[$"run/{folder}"]);
        Assert.Null(service.Stopped());
    }

    [Fact]
    public void NothingIsSaidWhereItIsMaskedOrOfAnotherVersionOrNotThere()
    {
        var service = Installed();
        host.Write("etc/systemd/system/difusor-agent-entrega.service", "");
        Assert.Null(service.Stopped());
        host.Write("etc/systemd/system/difusor-agent-entrega.service", "[Service]\nExecStart=/bin/true\n");
        Assert.Null(service.Stopped());
        Directory.Delete(host["etc"], recursive: true);
        Assert.NotNull(service.Stopped());
        Directory.Delete(host["usr"], recursive: true);
        Assert.Null(service.Stopped());
    }

    [Fact]
    public void NothingIsSaidWherePackagesAreOnlyFetchedOrSystemdDoesNotRun()
    {
        var service = Installed();
        host.Write("etc/difusor-agent/fetch.env", "");
        Assert.Null(service.Stopped());
        host.Write("etc/ssh/sshd_config.d/10-difusor-agent-agent.conf", "");
        Assert.NotNull(service.Stopped());
        Directory.Delete(host["run/systemd"], recursive: true);
        Assert.Null(service.Stopped());
    }

    [Fact]
    public void OnlyAFileThatAUnitReadsHasOne()
    {
        Assert.NotNull(OpeningUnit.Of("/etc/difusor-agent/agent.yaml"));
        Assert.Null(OpeningUnit.Of("/home/ana/agent.yaml"));
    }
}
