using System.Collections.Concurrent;
using Difusor.Agent.Linux;

namespace Difusor.Agent.Tests.Linux;

public sealed class NotifyCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly BlockingCollection<string> complaints = [];

    public void Dispose()
    {
        folder.Dispose();
        complaints.Dispose();
    }

    [Fact]
    public void TheCommandGetsTheEventOnStandardInput()
    {
        using var notify = new NotifyCommand($"cat > {folder["got"]}; exit 7", complaints.Add);
        notify.Tell("""{"event":"TAMPER_DETECTED"}""");
        Assert.Equal("notify.command ended with 7", complaints.Take(TestContext.Current.CancellationToken));
        Assert.Equal("""{"event":"TAMPER_DETECTED"}""" + "\n", File.ReadAllText(folder["got"]));
    }

    [Fact]
    public void ACommandThatHangsIsEndedAndNobodyWaits()
    {
        using var notify = new NotifyCommand("sleep 1000", complaints.Add, TimeSpan.FromMilliseconds(50));
        for (var at = 0; at < 1000; at++) notify.Tell("{}");
        Assert.Contains("was ended", complaints.Take(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public void ACommandThatIsNotThereIsSaid()
    {
        using var notify = new NotifyCommand("/nowhere/at-all 2>/dev/null", complaints.Add);
        notify.Tell("{}");
        Assert.Equal("notify.command ended with 127", complaints.Take(TestContext.Current.CancellationToken));
    }
}
