using Difusor.Agent.Conformity;

namespace Difusor.Agent.Tests.Conformity;

public class SshHostKeyTests
{
    [Theory]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFyCXzrmHFEqHPdqWeVsZLcdlSDzbIGUTyS5K5vuJQWN root@host\n",
        "ED25519 SHA256:To3URoRxFJ60ez0VRU7bxwtI+l327F9HM7GDfWVVOqI")]
    [InlineData("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFXO0hPUT8RkmK3CFfUauJxGOdXse8"
        + "XUoi1Ke6F2T7lpB6evEHMER71o2446mJ0F2t+l1K6J2Ta2OmGy4bomXCE=",
        "ECDSA SHA256:uslNAWne0yqmWNT8/xXYdycwg8HvPlrGW/myPmuJeQo")]
    [InlineData("ssh-ed25519", null), InlineData("ssh-ed25519 ***", null), InlineData("", null)]
    public void AFingerprintIsWhatSshKeygenSays(string line, string? expected) =>
        Assert.Equal(expected, SshHostKey.Fingerprint(line));

    [Fact]
    public void EachKeyFileOfSshdIsListed()
    {
        const string Dump = "port 22\nhostkey /etc/ssh/ssh_host_rsa_key\nhostkey /etc/ssh/ssh_host_ed25519_key\n";
        Assert.Equal(
            ["/etc/ssh/ssh_host_rsa_key", "/etc/ssh/ssh_host_ed25519_key"],
            new SshdSettings("", Dump, null).HostKeyFiles);
    }
}
