using Difusor.Agent.Conformity;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>The acuses are for the institute's account, and before the opening for no other.</summary>
public sealed class ReceiptsFolderTests : IDisposable
{
    readonly PreparedHost host;

    public ReceiptsFolderTests()
    {
        Assert.SkipUnless(Syscall.geteuid() == 0, "the owners of folders are part of it: only root can prepare them");
        Assert.SkipUnless(
            File.Exists("/usr/sbin/sshd") && (File.Exists("/usr/sbin/apache2") || File.Exists("/usr/sbin/httpd")),
            "needs Apache and sshd (tests/need test)");
        host = new PreparedHost();
    }

    public void Dispose() => host?.Dispose();

    ConformityRow Row() => host.Rows().Single(row => row.Id == "receipts");

    [Fact]
    public void AsThePackagesMakeItItIsRight() =>
        Assert.Equal(("check.receipts-right", Standing.Pass), (Row().Found.Key, Row().Standing));

    [Fact]
    public void OpenToEveryAccountItIsTold()
    {
        File.SetUnixFileMode(host.Acuses, (UnixFileMode)0b111_101_101);
        Assert.Equal(
            ("check.receipts-open",
                $"chown -R root:{PreparedHost.Account} {host.Acuses} && chmod 2750 {host.Acuses}"),
            (Row().Found.Key, Row().Command));
    }

    [Theory]
    [InlineData(0x1E8), InlineData(0x5C0)] // 0750: each acuse would be the agent's group's; 2700
    public void WhereTheInstituteCouldNotReadThemItIsTold(int mode)
    {
        File.SetUnixFileMode(host.Acuses, (UnixFileMode)mode);
        Assert.Equal("check.receipts-closed", Row().Found.Key);
    }

    [Fact]
    public void WhereTheFolderIsMissingNoAcuseCanBeWrittenAndThatFails()
    {
        Directory.Delete(host.Acuses, recursive: true);
        Assert.Equal(
            ("check.receipts-closed", Standing.Fail, "systemd-tmpfiles --create difusor-agent.conf"),
            (Row().Found.Key, Row().Standing, Row().Command));
    }

    [Fact]
    public void OfAnotherGroupItIsTold()
    {
        Assert.Equal(0, Syscall.chown(host.Acuses, 0, 0));
        File.SetUnixFileMode(host.Acuses, (UnixFileMode)0x5E8); // 2750
        Assert.Equal("check.receipts-closed", Row().Found.Key);
    }
}
