using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Tests.Linux;
using Difusor.Agent.Texts;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Configuration;

/// <summary>
/// The file of notify.environment: strict lines, and no account but the agent's and root that could read or write it.
/// </summary>
public sealed class CommandEnvironmentTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static Reading<CommandEnvironment> Read(string text) =>
        CommandEnvironment.Read(Encoding.Latin1.GetBytes(text), "/etc/x.env");

    [Theory]
    [InlineData("", "")]
    [InlineData("# a comment\n\n   \nTOKEN=s3cret\n", "TOKEN=s3cret")]
    [InlineData("A=1\r\nB_2=two words # and more\r\n", "A=1|B_2=two words # and more")]
    [InlineData("A=\"quoted value\"\nB='it = \"x\"'\nC=a\"b\nD=", "A=quoted value|B=it = \"x\"|C=a\"b|D=")]
    [InlineData("\u00ef\u00bb\u00bfA=\u00c3\u00b1", "A=\u00f1")]
    public void EachLineIsANameAndItsValue(string text, string expected)
    {
        var read = Read(text);
        Assert.Empty(read.Problems);
        Assert.Equal(
            expected, string.Join('|', read.Value!.Variables.Select(variable => $"{variable.Key}={variable.Value}")));
    }

    [Theory]
    [InlineData("TOKEN s3cret", 1, 1), InlineData("A=1\nexport TOKEN=s3cret", 2, 1), InlineData("=s3cret", 1, 1),
        InlineData("1A=s3cret", 1, 1), InlineData(" A=s3cret", 1, 1)]
    [InlineData("A-B=s3cret", 1, 1), InlineData("A=s3\0cret", 1, 5), InlineData("A=s3\tcret", 1, 5),
        InlineData("A=\"s3cret", 1, 3), InlineData("A='s3'cret'", 1, 3)]
    [InlineData("A=1\n\nA=s3cret", 3, 1), InlineData("A=1\nA\u00f1=s3cret", 2, 2), InlineData("B=\u00e9s3cret", 1, 3)]
    public void WhatIsNoneIsNamedByItsPlaceAndNotRepeated(string text, int line, int column)
    {
        var read = Read(text);
        Assert.Null(read.Value);
        var problem = Assert.Single(read.Problems);
        Assert.Equal(("/etc/x.env", new Position(line, column)), (problem.File, problem.At));
        foreach (var language in Enum.GetValues<Language>())
            Assert.DoesNotContain("s3", problem.In(language), StringComparison.Ordinal);
    }

    [Fact]
    public void AFileWithoutEndIsRefused()
    {
        Assert.Single(Read(string.Concat(Enumerable.Repeat("#\n", CommandEnvironment.Limit))).Problems);
        Assert.Single(Read(string.Concat(Enumerable.Range(0, 300).Select(at => $"A{at}=\n"))).Problems);
        Assert.Single(Read(new string('A', 200) + "=1").Problems);
    }

    /// <summary>Whether the configuration that names the file holds, and the key of what is wrong with it.</summary>
    string? Problem(string path)
    {
        var config = folder.Write("agent.yaml", $"election: ieem-2021\nnotify:\n  environment: {path}\n");
        var reading = ConfigurationFiles.Load(config, asAgent: true);
        if (reading.Value is not null) return null;
        var problem = Assert.Single(reading.Problems);
        if (problem.File == config) Assert.Equal(new Position(3, 16), problem.At);
        return problem.What.Key;
    }

    [Theory]
    // 0600 0640 0400 0440
    [InlineData(0x180, null), InlineData(0x1A0, null), InlineData(0x100, null), InlineData(0x120, null)]
    // 0644 0660
    [InlineData(0x1A4, "config.environment-open"), InlineData(0x1B0, "config.environment-open")]
    // 0740 0602 0700
    [InlineData(0x1E0, "config.environment-open"), InlineData(0x182, "config.environment-open"),
        InlineData(0x1C0, "config.environment-open")]
    public void AFileThatOthersCouldReadOrWriteIsRefused(int mode, string? expected)
    {
        var file = folder.Write("notify.env", "TOKEN=s3cret\n");
        File.SetUnixFileMode(file, (UnixFileMode)mode);
        Assert.Equal(expected, Problem("notify.env"));
    }

    [Fact]
    public void WhatIsNoFileOrNotThereIsRefusedAndNotWaitedFor()
    {
        Assert.Equal("config.environment-unreadable", Problem("nowhere.env"));
        Directory.CreateDirectory(folder["a-folder"], (UnixFileMode)0b111_000_000);
        Assert.Equal("config.environment-no-file", Problem("a-folder"));
        Assert.Equal(0, Syscall.mkfifo(folder["fifo"], FilePermissions.S_IRUSR));
        Assert.Equal("config.environment-no-file", Problem("fifo"));
    }

    [Fact]
    public void ABadLineIsToldWithTheEnvironmentsOwnPlace()
    {
        File.SetUnixFileMode(folder.Write("notify.env", "A=1\nexport B=s3cret\n"), (UnixFileMode)0b110_000_000);
        Assert.Equal("config.environment-line", Problem("notify.env"));
    }

    [Fact]
    public void AFileOfAnotherAccountIsRefusedAndOneThatTheAgentCannotReadToo()
    {
        Assert.SkipUnless(Syscall.geteuid() == 0, "only root can give files away");
        var file = folder.Write("notify.env", "TOKEN=s3cret\n");
        File.SetUnixFileMode(file, (UnixFileMode)0b110_000_000);
        Syscall.chown(file, 61234, 61234);
        Assert.Equal("config.environment-owner", Problem("notify.env"));

        Syscall.chown(file, 0, 0);
        Directory.CreateDirectory(folder["state"]);
        Syscall.chown(folder["state"], 65534, 65534);
        var config = folder.Write(
            "agent.yaml",
            "election: ieem-2021\npaths: {drop: d, receipts: null, state: state, run: run}\nnotify:\n  environment: "
            + "notify.env\n");
        Assert.Equal(
            "config.environment-not-the-agents", Assert.Single(ConfigurationFiles.Load(config).Problems).What.Key);
    }
}
