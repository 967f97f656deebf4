using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Ntp;

namespace Difusor.Agent.Tests.Linux;

public class HostTimeReportTests
{
    /// <summary>chrony 4.3, as its own manual and a real run show it.</summary>
    const string Chrony = """
        Reference ID    : CB00710F (203.0.113.15)
        Stratum         : 3
        Ref time (UTC)  : Fri Jan 27 09:49:17 2017
        System time     : 0.000006523 seconds slow of NTP time
        Last offset     : -0.000006747 seconds
        RMS offset      : 0.000035822 seconds
        Frequency       : 3.225 ppm slow
        Residual freq   : -0.000 ppm
        Skew            : 0.129 ppm
        Root delay      : 0.013639022 seconds
        Root dispersion : 0.001100737 seconds
        Update interval : 64.2 seconds
        Leap status     : Normal
        """;

    [Fact]
    public void ChronySaysWhomItFollowsAndHowFarTheClockIs()
    {
        Assert.Equal(
            new HostTimeReport(true, "203.0.113.15", 3, TimeSpan.FromTicks(-65)), HostTimeReport.OfChrony(Chrony));
        Assert.Equal(
            TimeSpan.FromSeconds(2),
            HostTimeReport.OfChrony(Chrony.Replace("0.000006523 seconds slow", "2.000000000 seconds fast"))!.Offset);
    }

    [Fact]
    public void ChronyWithoutASourceIsNotSynchronized() =>
        Assert.Equal(new HostTimeReport(false, null, null, null), HostTimeReport.OfChrony(
            "Reference ID    : 00000000 ()\nStratum         : 0\nSystem time     : 0.000000000 seconds fast of NTP "
                + "time\nLeap status     : Not synchronised\n"));

    [Fact]
    public void TimesyncdNamesItsServer()
    {
        const string message =
            "NTPMessage={ Leap=0, Version=4, Mode=4, Stratum=2, Precision=-25, RootDelay=9.643ms, Ignored=no, "
            + "Jitter=0 }";
        Assert.Equal(new HostTimeReport(true, "0.debian.pool.ntp.org", 2, null),
            HostTimeReport.OfTimesyncd(
                $"NTPSynchronized=yes\nServerName=0.debian.pool.ntp.org\nServerAddress=192.0.2.7\n{message}\n"));
        Assert.Equal(
            new HostTimeReport(false, null, null, null),
            HostTimeReport.OfTimesyncd("NTPSynchronized=no\nServerName=\n"));
    }

    [Fact]
    public void NtpdSaysTheOffsetTheOtherWayRound()
    {
        Assert.Equal(
            new HostTimeReport(true, "192.0.2.9", 2, TimeSpan.FromMilliseconds(-1.5)),
            HostTimeReport.OfNtpd("leap=00, stratum=2, refid=192.0.2.9,\noffset=1.500000\n"));
        Assert.Equal(
            new HostTimeReport(false, null, null, null),
            HostTimeReport.OfNtpd("leap=11, stratum=16, refid=INIT, offset=0.000000\n"));
    }

    [Theory]
    [InlineData(""), InlineData("506 Cannot talk to daemon\n"), InlineData("ntpq: read: Connection refused\n"),
        InlineData(":::===\n\0\n")]
    public void WhatIsNoReportIsNone(string text)
    {
        Assert.Null(HostTimeReport.OfChrony(text));
        Assert.Null(HostTimeReport.OfTimesyncd(text));
        Assert.Null(HostTimeReport.OfNtpd(text));
    }

    [Fact]
    public void AProgramThatHangsOrFloodsOrFailsSaysNothing()
    {
        var hurried = new BoundedProgram(
            BoundedProgram.HostFolders) { Most = 64 << 10, Patience = TimeSpan.FromMilliseconds(300) };
        string? Shell(string command) => hurried.Run("sh", "-c", command) is { Succeeded: true } answer ? answer.Output
            : null;
        Assert.Null(Shell("exec 1>&2; exec tail -f /dev/null"));
        Assert.Null(Shell("tail -f /dev/null"));
        Assert.Null(Shell("exec yes"));
        Assert.Null(Shell("echo time; exit 1"));
        Assert.Null(hurried.Run("no-such-program"));
        Assert.Equal(
            new ProgramAnswer(3, "C.UTF-8 said\n", "wrong\n"),
            BoundedProgram.OfHost().Run("sh", ["-c", "echo $LC_ALL $(cat); echo wrong >&2; exit 3"], "said"));
    }
}
