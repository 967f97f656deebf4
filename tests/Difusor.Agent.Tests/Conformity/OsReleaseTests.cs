using Difusor.Agent.Conformity;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Conformity;

public sealed class OsReleaseTests
{
    /// <summary>Debian's own os-release has no ID_LIKE: it comes from nothing, and Ubuntu comes from it.</summary>
    [Theory]
    [InlineData("ID=debian\n", "ubuntu"), InlineData("ID=raspbian\nID_LIKE=debian\n", "ubuntu")]
    [InlineData("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "ubuntu")]
    [InlineData("ID=almalinux\nID_LIKE=\"rhel centos fedora\"\n", "rhel"), InlineData("ID=arch\n", null)]
    public void OfNoSystemIsSaidThatItComesFromAnother(string release, string? kin)
    {
        Assert.Equal(kin, OsRelease.Read(release).KinOf);
        foreach (var language in new[] { Language.Es, Language.En })
            Assert.DoesNotMatch(
                "derivad|derived",
                Messages.Say(language, "check.system-kin", ("name", "x"), ("kin", "y"), ("end", "z")));
    }
}
