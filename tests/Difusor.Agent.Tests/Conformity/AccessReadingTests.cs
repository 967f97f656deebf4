using Difusor.Agent.Conformity;
using Difusor.Agent.Linux.Conformity;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Tests.Linux;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>The drop, opened as another account: a mode alone does not tell who is let in.</summary>
public sealed class AccessReadingTests : IDisposable
{
    /// <summary>The account nobody, which stands for the agent's.</summary>
    const int Agent = 65534;

    readonly TemporaryFolder folder = new();
    readonly string state, drop;

    public AccessReadingTests()
    {
        Assert.SkipUnless(Syscall.geteuid() == 0, "only root can open a folder as another account");
        Assert.SkipUnless(BoundedProgram.OfHost().Find("setpriv") is not null, "needs setpriv (util-linux)");
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        (state, drop) = (folder["state"], folder["entrega"]);
        Directory.CreateDirectory(state);
        Directory.CreateDirectory(drop);
        // Not when it is made: the umask would take the group's right to write.
        File.SetUnixFileMode(drop, (UnixFileMode)0b111_111_000);
        Assert.Equal(0, Syscall.chown(state, Agent, Agent));
        Assert.Equal(0, Syscall.chown(drop, 0, Agent));
    }

    public void Dispose() => folder.Dispose();

    AccessReading Reading => new(BoundedProgram.OfHost(), new HostTree("/").Folder(state));

    AgentAccess Access() => Reading.Drop(drop).Seen!;

    [Fact]
    public void ADropOfTheAgentsGroupIsOpenToIt() => Assert.Null(Access().Refused);

    [Fact]
    public void ADropOfAnotherGroupIsNot()
    {
        Assert.Equal(0, Syscall.chown(drop, 0, 0));
        Assert.Equal((drop, "nobody"), (Access().Refused, Access().Account));
    }

    [Theory]
    [InlineData(0b111_101_000, "w"), InlineData(0b111_110_000, "x"), InlineData(0b111_011_000, "r")]
    public void ADropThatItsGroupMayNotReadWriteAndEnterIsNot(int mode, string lacks)
    {
        File.SetUnixFileMode(drop, (UnixFileMode)mode);
        Assert.Equal(drop, Access().Refused);
        Assert.Equal(lacks, Access().Lacks);
        Assert.Equal(new RefusedEntry(Convert.ToString(mode, 8).PadLeft(4, '0'), "root", "nogroup"), Access().Entry);
    }

    [Fact]
    public void NorIsOneBelowAFolderThatLetsNobodyIn()
    {
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_000_000);
        Assert.Equal((drop, null), (Access().Refused, Access().Entry));
    }

    [Fact]
    public void AFolderOfItsOwnIsOpenToItAndOneOfRootsIsNot()
    {
        Assert.Null(Reading.Folder(state).Seen!.Refused);
        Directory.CreateDirectory(folder["acuses"]);
        Assert.Equal(folder["acuses"], Reading.Folder(folder["acuses"]).Seen!.Refused);
    }

    [Fact]
    public void ADeliveryThatTheAgentCannotReadIsNamedOnceItHasLainForAMoment()
    {
        var package = folder.Write("entrega/PREP_20210606_2000\nx.zip", "");
        File.SetUnixFileMode(package, (UnixFileMode)0b110_000_000);
        Assert.Null(Access().Refused);
        File.SetLastWriteTimeUtc(package, DateTime.UtcNow.AddMinutes(-5));
        Assert.StartsWith($"{drop}/PREP_20210606_2000", Access().Refused, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', Access().Refused!);
        Assert.Equal(("0600", "root", "r"), (Access().Entry!.Mode, Access().Entry!.Owner, Access().Lacks));
    }
}
