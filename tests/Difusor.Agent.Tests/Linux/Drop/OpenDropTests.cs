using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Night;
using Difusor.Agent.Tests.Night;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux.Drop;

/// <summary>When a drop that cannot be read is told.</summary>
public sealed class OpenDropTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly List<Signal> posted = [];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Errno.EACCES, 0), InlineData(Errno.EPERM, 0), InlineData(Errno.ENOENT, 0), InlineData(Errno.EIO, 1)]
    public void WhatItsSysadminMayBeMendingIsToldOnlyOnceItLasts(Errno refusal, int told)
    {
        using var drop = new OpenDrop(posted.Add, TimeSpan.FromHours(1));
        drop.Fail(new SystemFault("open", folder.Path, refusal));
        drop.Fail(new SystemFault("open", folder.Path, refusal));
        Assert.Equal(told, posted.Count);
    }

    [Fact]
    public void WhatHasLastedIsToldOnceAndSoIsItsEnd()
    {
        using var drop = new OpenDrop(posted.Add, TimeSpan.Zero);
        drop.Fail(new SystemFault("open", folder.Path, Errno.EACCES));
        drop.Fail(new SystemFault("open", folder.Path, Errno.EACCES));
        Assert.NotNull(Assert.IsType<DropUnreadable>(Assert.Single(posted)).Fault);
        var settings = NightScene.Configuration();
        Assert.True(drop.Open(settings with { Paths = settings.Paths with { Drop = folder.Path } }, new()));
        Assert.Null(Assert.IsType<DropUnreadable>(posted[^1]).Fault);
        Assert.Equal(2, posted.Count);
    }
}
