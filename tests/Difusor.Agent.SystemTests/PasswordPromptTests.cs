using System.Diagnostics;
using Difusor.Agent.SystemTests.Harness;
using Difusor.Agent.Tests.Linux;
using Mono.Unix.Native;

namespace Difusor.Agent.SystemTests;

/// <summary>
/// <c>setup --password</c> on a real pseudo terminal. The /etc and the programs that it changes are this test's own, in
/// a mount namespace; no systemd is booted there, so it ends after the account has its password.
/// </summary>
public sealed class PasswordPromptTests : IDisposable
{
    const string Account = "difusor-entrega";

    readonly TemporaryFolder folder = new();

    public PasswordPromptTests()
    {
        Assert.SkipUnless(Syscall.geteuid() == 0, "only root may mount");
        var opens = DateTimeOffset.UtcNow.AddDays(30).ToOffset(TimeSpan.FromHours(-6));
        folder.Write("etc/difusor-agent/elections/x.yaml", $"""
            id: x
            title: X
            authority: X
            time_zone: America/Mexico_City
            publication:
              opens: {Time(opens)}
              keep_until: {Time(opens.AddDays(1))}
            cadence: 20m
            """);
        folder.Write("etc/debian_version", "12\n");
        folder.Write("etc/nsswitch.conf", "passwd: files\n");
        folder.Write("etc/passwd", $"root:x:0:0::/root:/bin/sh\n{Account}:x:900:900::/srv/difusor:/usr/sbin/nologin\n");
        folder.Write("etc/apache2/sites-available/difusor-agent.conf", "");
        foreach (var program in new[] { "sshd", "apachectl", "usermod" }) Program(program, "exit 0");
        Program("chpasswd", "cat > /etc/got");

        static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void APasswordIsAskedForTwiceAndNothingOfItIsShown()
    {
        // The key that takes back a letter works.
        var (_, said) = Setup("palabr4-muy-lárgX\u007fa", "palabr4-muy-lárga");
        Assert.DoesNotContain("palabr4", said, StringComparison.Ordinal);
        Assert.Equal($"{Account}:palabr4-muy-lárga\n", File.ReadAllText(folder["etc/got"]));
    }

    [Theory]
    [InlineData("palabr4-muy-larga", "palabra-muy-larga"), InlineData("palabr4", "palabr4")]
    public void OneThatIsTooShortOrDiffersChangesNothing(string first, string second)
    {
        var (exit, said) = Setup(first, second);
        Assert.Equal(2, exit);
        Assert.Contains("at least 12 characters", said, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["etc/got"]) || File.Exists(folder["etc/difusor-agent/agent.yaml"]));
    }

    /// <summary>Types each password once it is asked for.</summary>
    (int Exit, string Said) Setup(string first, string second)
    {
        var certificate = LoopbackCertificate.Trusted;
        var setup = $"mount --bind {folder["etc"]} /etc && mount --bind {folder["sbin"]} /usr/sbin && "
            + $"exec env TERM=xterm {Binary.Path} setup --yes --password --election x --site localhost "
            + $"--institute-address 203.0.113.7 "
            + $"--certificate {certificate.File} --key {certificate.KeyFile} --language en";
        using var script = Process.Start(
            new ProcessStartInfo("script", ["-qefc", $"unshare --mount sh -c '{setup}'", "/dev/null"])
            {
                RedirectStandardOutput = true, RedirectStandardInput = true,
            })!;
        var said = new StringBuilder();
        Answer($"Password of {Account}: ", first);
        Answer("Again: ", second);
        said.Append(Bounded.Result(script.StandardOutput.ReadToEndAsync(), "the end of setup"));
        return (Bounded.Ended(script), said.ToString());

        void Answer(string prompt, string typed)
        {
            var one = new char[1];
            while (!said.ToString().EndsWith(prompt, StringComparison.Ordinal))
            {
                var read = Bounded.Result(script.StandardOutput.ReadAsync(one.AsMemory()).AsTask(), prompt);
                Assert.True(read == 1, said.ToString());
                said.Append(one[0]);
            }
            script.StandardInput.Write(typed + "\r");
            script.StandardInput.Flush();
        }
    }

    void Program(string name, string script)
    {
        var path = folder.Write($"sbin/{name}", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }
}
