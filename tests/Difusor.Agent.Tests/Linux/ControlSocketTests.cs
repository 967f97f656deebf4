using System.Net.Sockets;
using Difusor.Agent.Linux.Control;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

public sealed class ControlSocketTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("control-").FullName;
    readonly List<OperatorRequest> heard = [];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    ControlSocket Open(Func<Peer, bool>? mayOperate = null) =>
        ControlSocket.Open(folder, Answer, mayOperate ?? (_ => true));

    void Answer(Signal signal)
    {
        var request = (OperatorRequest)signal;
        heard.Add(request);
        request.Answer(OperatorReply.Of(OperatorOutcome.Done, "activated", ("release", "r1")));
    }

    string Send(string text)
    {
        using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        connection.ReceiveTimeout = (int)Bounded.Patience.TotalMilliseconds;
        connection.Connect(ControlSocket.EndPointOf(ControlSocket.PathIn(folder)));
        try
        {
            connection.Send(Encoding.UTF8.GetBytes(text));
            connection.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Refused before it was heard.
        }
        return Encoding.UTF8.GetString(ControlSocket.ReadLine(connection, 1 << 20) ?? []);
    }

    [Fact]
    public void AnActionReachesTheLoopWithItsCallerAndTheAnswerComesBack()
    {
        using var socket = Open();
        var action =
            new ActivateRelease("2021-06-06T20:20:00-05:00", "el último está mal", Hold: true);
        var reply = ControlClient.Ask(folder, action);
        Assert.Equal(OperatorOutcome.Done, reply?.Outcome);
        Assert.Equal("r1", reply?.Values["release"]);
        var request = Assert.Single(heard);
        Assert.Equal(action, request.Action);
        Assert.Equal(Syscall.geteuid(), request.By.Uid);
        Assert.Equal(Syscall.getpwuid(Syscall.geteuid()).pw_name, request.By.Name);
    }

    [Fact]
    public void EveryActionSurvivesTheWire()
    {
        OperatorCommand[] actions =
        [
            new ListReleases(), new ActivateRelease("20210606-2020-0007", "x", false),
            new ResumeReleases(),
            new RetryRejected(), new WithdrawSite("x", true), new TestNotice(),
        ];
        Assert.Equal(actions, actions.Select(action => OperatorCommand.Read(action.ToJson())));
        var publish = (PublishByHand)OperatorCommand.Read(new PublishByHand("/srv/x", "x", ["no-html"]).ToJson())!;
        Assert.Equal(("/srv/x", "no-html"), (publish.Path, Assert.Single(publish.Waive)));
        Assert.Null(publish.Corte);
        var given = OperatorCommand.Read(new PublishByHand("/srv/x", "x", [], "20210606_2020").ToJson());
        Assert.Equal("20210606_2020", ((PublishByHand)given!).Corte);
        var older = """{"action":"publish","path":"/srv/x","reason":"x","waive":[]}"""u8;
        Assert.Null(((PublishByHand)OperatorCommand.Read(older)!).Corte);
    }

    [Fact]
    public void AStrangerIsRefusedAndNotHeard()
    {
        using var socket = Open(peer => peer.Uid != Syscall.geteuid());
        Assert.Contains("\"not-allowed\"", Send("{\"action\":\"retry\"}\n"));
        Assert.Empty(heard);
    }

    [Theory]
    [InlineData("\n"), InlineData("{}\n"), InlineData("[]\n"), InlineData("{\"action\":\"reboot\"}\n"),
        InlineData("{\"action\":\"retry\",\"more\":1}\n")]
    [InlineData("{\"action\":\"withdraw\",\"reason\":\"\",\"force\":true}\n"),
        InlineData("{\"action\":\"withdraw\",\"force\":true}\n")]
    [InlineData("{\"action\":\"withdraw\",\"reason\":\"  \",\"force\":true}\n"),
        InlineData("{\"action\":\"withdraw\",\"reason\":null,\"force\":true}\n")]
    [InlineData("{\"action\":\"activate\",\"which\":\"yesterday\",\"reason\":\"x\",\"hold\":false}\n"),
        InlineData("no JSON"), InlineData("{\"action\":\"retry\"}")]
    public void WhatIsNoRequestIsRefusedAndNotHeard(string text)
    {
        using var socket = Open();
        Assert.Contains("\"not-understood\"", Send(text));
        Assert.Empty(heard);
    }

    [Fact]
    public void AnEndlessLineIsCutOff()
    {
        using var socket = Open();
        Assert.Contains("\"not-understood\"", Send(new string('x', ControlSocket.LongestLine)));
        Assert.Equal(OperatorOutcome.Done, ControlClient.Ask(folder, new RetryRejected())?.Outcome);
    }

    [Fact]
    public void ACallerWhoHangsUpHarmsNobody()
    {
        using var socket = Open();
        using (var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            connection.Connect(ControlSocket.EndPointOf(ControlSocket.PathIn(folder)));
        Assert.Equal(OperatorOutcome.Done, ControlClient.Ask(folder, new RetryRejected())?.Outcome);
    }

    [Fact]
    public void TheSocketIsForItsOwnerAndGroupAloneAndGoesWithTheAgent()
    {
        using (Open())
        {
            Syscall.stat(ControlSocket.PathIn(folder), out var status);
            Assert.Equal(
                FilePermissions.S_IFSOCK | FilePermissions.DEFFILEMODE & ~(
                FilePermissions.S_IROTH | FilePermissions.S_IWOTH), status.st_mode);
        }
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void ASocketLeftBehindByACrashIsReplaced()
    {
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            dead.Bind(ControlSocket.EndPointOf(ControlSocket.PathIn(folder)));
        File.WriteAllText(ControlSocket.PathIn(folder), "");
        using var socket = Open();
        Assert.Equal(OperatorOutcome.Done, ControlClient.Ask(folder, new RetryRejected())?.Outcome);
    }

    [Fact]
    public void WhereNobodyListensTheErrnoSaysSo() =>
        Assert.Equal(
            Errno.ENOENT, Assert.Throws<SystemFault>(() => ControlClient.Ask(folder, new RetryRejected())).Errno);

    [Fact]
    public async Task AnAgentThatEndsLeavesItsCallerWithoutAnAnswer()
    {
        using var asked = new ManualResetEvent(initialState: false);
        var socket = ControlSocket.Open(folder, _ => asked.Set(), _ => true);
        var asking =
            Task.Run(() => ControlClient.Ask(folder, new RetryRejected()), TestContext.Current.CancellationToken);
        Bounded.Set(asked, "the question");
        socket.Dispose();
        Assert.Null(await asking.WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken));
    }
}
