using System.Net;
using System.Net.Sockets;
using Difusor.Agent.Configuration;
using Difusor.Agent.Daemon;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Tests.Night;

namespace Difusor.Agent.Tests.Linux;

/// <summary>The heartbeat as the agent loop sends it: whoever waits for it learns of trouble by its silence.</summary>
public sealed class HeartbeatInTroubleTests : IDisposable
{
    static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    readonly StoreNight store = new();
    readonly TcpListener receiver = new(IPAddress.Loopback, 0), other = new(IPAddress.Loopback, 0);

    public HeartbeatInTroubleTests()
    {
        receiver.Start();
        other.Start();
    }

    public void Dispose()
    {
        receiver.Dispose();
        other.Dispose();
        store.Dispose();
    }

    [Fact]
    public void ADiskThatIsNearlyFullSilencesTheHeartbeatUntilThereIsRoom()
    {
        var night = new NightScene("20:01");
        night.Poll();
        using var notifier = new Notifier(_ => { });
        using var monitor = new IntegrityMonitor(
            night.Settings with
            {
                Paths = new PathSettings { State = store.Folders.State, Run = store.Folders.State + "/run" },
                Notify = new NotifySettings { Heartbeat = To(receiver) },
            },
            store.Store, night.Recorder, night.Troubles, notifier, new WatchAllowance(), _ => { }, _ => { });
        using var healthy = new Heartbeat(To(other));
        night.Storage.RecordLow(new StorageLow("/", 1, 2, null), night.Now);
        for (var minute = 1; minute <= 10; minute++)
        {
            var now = night.Now with { System = night.Now.System.AddMinutes(minute) };
            monitor.Tick(now);
            // Once another heartbeat has come, this one would have come too.
            healthy.Tell(isWell: true, now.System);
            Beat(other);
        }
        Assert.False(receiver.Pending(), "a heartbeat says that all is well");
        night.Storage.HasRoom();
        night.Turn();
        monitor.Tick(night.Now with { System = night.Now.System.AddMinutes(11) });
        Beat(receiver);
        monitor.End();
    }

    static UrlEvery To(TcpListener listener) => new(new Uri($"http://{listener.LocalEndpoint}/"), Every);

    /// <summary>Waits for one question, and ends it without an answer.</summary>
    static void Beat(TcpListener listener) =>
        Bounded.Result(listener.AcceptSocketAsync(), "a heartbeat").Dispose();
}
