using Difusor.Agent.SystemTests.Store;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.SystemTests;

/// <summary>
/// The three commands of docs/without-the-agent.md, as they stand there: only the paths are a test's own, and
/// <c>sudo</c> and <c>systemctl</c> are left out.
/// </summary>
public sealed class WithoutTheAgentTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public WithoutTheAgentTests() => File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("docs/without-the-agent.md", "by-hand", "PACKAGE", "COMPLETE\n")]
    [InlineData("docs/sin-el-agente.md", "a-mano", "PAQUETE", "COMPLETO\n")]
    public async Task AnApacheWithTheShippedSiteServesAPackageWithoutTheAgent(
        string page, string served, string package, string complete)
    {
        var (commands, back) = Commands(page, served, package);
        Deliver();
        folder.Write("agent.conf", "Define DIFUSOR_PUBLIC /nowhere\n");
        Assert.Equal((0, ""), Typed(commands[0]));
        Assert.Equal((0, complete), Typed(commands[1]));
        Assert.Equal(0, Typed(commands[2]).Exit);
        var cancelled = TestContext.Current.CancellationToken;
        var names = await File.ReadAllLinesAsync(folder["agent.conf"], cancelled);
        var named = names[^1].Split(' ')[^1];
        Assert.Equal(folder["www"], named);
        using (var apache = new ApacheSite(folder.Path, named, shippedVhost: true))
        using (var client = apache.Client(1))
        {
            Assert.Equal("<h1>uno</h1>\n", await client.GetStringAsync("/"));
            Assert.Equal("uno\n", await client.GetStringAsync("/bd/votos.txt"));
        }
        Assert.Equal(0, Typed(back).Exit);
        Assert.Equal(names[..^1], await File.ReadAllLinesAsync(folder["agent.conf"], cancelled));
    }

    [Theory]
    [InlineData("echo dos > index.html"), InlineData("echo x > encuesta.html"), InlineData("rm bd/votos.txt")]
    [InlineData("ln -s /etc/passwd notas.txt")]
    public void WhatIsNotThePackageIsNotComplete(string altered)
    {
        var (commands, _) = Commands("docs/without-the-agent.md", "by-hand", "PACKAGE");
        Deliver();
        Assert.Equal(0, Typed($"cd '{folder["drop"]}' && {altered}").Exit);
        Assert.Equal((0, ""), Typed(commands[0]));
        var (exit, said) = Typed(commands[1]);
        Assert.NotEqual(0, exit);
        Assert.DoesNotContain("COMPLETE", said, StringComparison.Ordinal);
    }

    /// <summary>A delivery with the narrow modes that the institute's account leaves.</summary>
    void Deliver()
    {
        folder.Write("drop/index.html", "<h1>uno</h1>\n");
        folder.Write("drop/bd/votos.txt", "uno\n");
        Assert.Equal(
            0, Typed($"cd '{folder["drop"]}' && sha256sum bd/votos.txt index.html > HASH.txt && chmod -R go= .").Exit);
    }

    (string[] Commands, string Back) Commands(string page, string served, string package)
    {
        var blocks = DocumentCommandsTests.Commands(page).ConvertAll(block => block
            .Replace($"/var/www/prep-{served}", folder["www"], StringComparison.Ordinal)
            .Replace($"/srv/difusor/entrega/{package}", folder["drop"], StringComparison.Ordinal)
            .Replace("/etc/difusor-agent/apache/agent.conf", folder["agent.conf"], StringComparison.Ordinal)
            .Replace("systemctl reload apache2", "true", StringComparison.Ordinal)
            .Replace("sudo ", "", StringComparison.Ordinal));
        var commands = blocks[0].TrimEnd('\n').Split('\n');
        Assert.Equal(3, commands.Length);
        return (commands, blocks[1]);
    }

    /// <summary>Runs a command as root's shell would, by root's umask.</summary>
    static (int Exit, string Said) Typed(string command)
    {
        var (exit, said, errors) = Bounded.Run("bash", "-c", $"umask 022; {command}");
        return (exit, said + errors);
    }
}
