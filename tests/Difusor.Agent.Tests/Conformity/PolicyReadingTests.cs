using Difusor.Agent.Linux.Conformity;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>What the kernel answers when it is asked what SELinux allows.</summary>
public sealed class PolicyReadingTests
{
    /// <summary>The bits of what is wanted must all be there; a permissive domain may everything.</summary>
    [Theory]
    [InlineData("00120013 ffffffff 0 ffffffff 7 0", true)]
    [InlineData("120013 ffffffff 0 ffffffff 7 0\0", true)]
    [InlineData("00000001 ffffffff 0 ffffffff 7 0", false)]
    [InlineData("0 ffffffff 0 ffffffff 7 0", false)]
    [InlineData("0 ffffffff 0 ffffffff 7 1", true)]
    [InlineData("", null)]
    [InlineData("system_u:system_r:httpd_t:s0 system_u:object_r:var_lib_t:s0 7", null)]
    [InlineData("00120013 ffffffff 0", null)]
    public void TheAnswerIsReadOrIsNone(string answer, bool? expected) =>
        Assert.Equal(expected, PolicyReading.Allowed(answer, 0x3));

    [Fact]
    public void WithoutSelinuxfsNothingIsSaid()
    {
        using var folder = new Linux.TemporaryFolder();
        var policy = new PolicyReading(new HostTree(folder.Path));
        Assert.Null(policy.Allows("u:r:httpd_t:s0", "u:object_r:var_lib_t:s0", "file", "read"));
        folder.Write("sys/fs/selinux/class/file/index", "7");
        folder.Write("sys/fs/selinux/class/file/perms/read", "2");
        folder.Write("sys/fs/selinux/access", "no answer");
        Assert.Null(policy.Allows("u:r:httpd_t:s0", "u:object_r:var_lib_t:s0", "file", "read"));
        Assert.Null(policy.Allows("u:r:httpd_t:s0", "u:object_r:var_lib_t:s0", "file", "unheard-of"));
        Assert.Null(policy.Allows(null, "u:object_r:var_lib_t:s0", "file", "read"));
    }
}
