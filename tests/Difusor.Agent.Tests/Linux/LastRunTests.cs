using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Tests.Linux;

public sealed class LastRunTests : IDisposable
{
    static readonly RawPath A = new("A");
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    LastRun Begin(string boot = "one") => LastRun.Begin(folder[""], fault => throw fault, boot);

    [Fact]
    public void HowARunEndedIsKnownToTheNext()
    {
        var first = Begin();
        Assert.Null(first.Previous);
        first.InHand([A]);
        first.InHand([]);
        first.Stopped("SIGTERM");
        var second = Begin();
        Assert.Equal(RunEnd.Stopped, second.Previous);
        second.InHand([A]);
        var third = Begin();
        Assert.Equal(
            (RunEnd.Ended, "A", 1), (third.Previous, Assert.Single(third.PreviousInHand).ToString(), third.AtOnce));
        third.InHand([A]);
        var fourth = Begin("two");
        Assert.Equal((RunEnd.Reboot, 0), (fourth.Previous, fourth.PreviousInHand.Length));
        Assert.Equal(1, fourth.AtOnce);
        fourth.Cleared(A);
        Assert.Null(fourth.AtOnce);
    }

    [Fact]
    public void TheLastWordOfAProcessIsTheNextOnesToTell()
    {
        Begin().LastWord(Difusor.Agent.Journal.Faults.Of(new InvalidTimeZoneException("x"), "process", "t", null, 1));
        Assert.Contains("InvalidTimeZoneException", Begin().PreviousLastWord, StringComparison.Ordinal);
        Assert.Null(Begin().PreviousLastWord);
    }

    [Theory]
    [InlineData("run.json")]
    [InlineData("in-hand.json")]
    public void AFileThatCannotBeReadIsNoReasonNotToStart(string name)
    {
        var run = Begin();
        run.InHand([A]);
        File.WriteAllBytes(folder[name], [0, 0, 0]);
        Assert.Null(Begin().AtOnce);
        File.Delete(folder[name]);
        Directory.CreateDirectory(folder[name]);
        var complaints = 0;
        var deaf = LastRun.Begin(folder[""], _ => complaints++, "one");
        deaf.InHand([A]);
        deaf.InHand([]);
        deaf.InHand([A]);
        Assert.InRange(complaints, 1, 3);
    }
}
