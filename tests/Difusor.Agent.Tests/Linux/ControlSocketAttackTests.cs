using System.Collections.Concurrent;
using System.Net.Sockets;
using Difusor.Agent.Linux.Control;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// What a caller with a right to the socket may try: nothing of it keeps another operator, or the agent's end, waiting.
/// </summary>
public sealed class ControlSocketAttackTests : IDisposable
{
    static readonly TimeSpan Bound = InTime.Bound;
    static readonly TimeSpan Never = TimeSpan.FromHours(1);
    static readonly OperatorReply Retrying = OperatorReply.Of(OperatorOutcome.Done, "retrying");

    readonly string folder = Directory.CreateTempSubdirectory("control-").FullName;
    readonly BlockingCollection<OperatorRequest> heard = [];
    readonly List<Socket> callers = [];

    public void Dispose()
    {
        callers.ForEach(caller => caller.Dispose());
        Directory.Delete(folder, recursive: true);
        heard.Dispose();
    }

    /// <summary>Answers all but publications at once; what those wait for is each test's own.</summary>
    ControlSocket Open(TimeSpan patience, OperatorReply? reply = null) => ControlSocket.Open(folder, signal =>
    {
        var request = (OperatorRequest)signal;
        heard.Add(request);
        if (request.Action is not PublishByHand) request.Answer(reply ?? Retrying);
    }, _ => true, patience);

    Socket Call(string text = "")
    {
        var caller = new Socket(
            AddressFamily.Unix, SocketType.Stream,
            ProtocolType.Unspecified) { SendTimeout = (int)Bound.TotalMilliseconds };
        callers.Add(caller);
        caller.Connect(ControlSocket.EndPointOf(ControlSocket.PathIn(folder)));
        if (text.Length > 0) caller.Send(Encoding.UTF8.GetBytes(text));
        return caller;
    }

    Task<OperatorReply?> Ask(OperatorCommand action) =>
        Task.Run(() => ControlClient.Ask(folder, action), TestContext.Current.CancellationToken);

    async Task IsAnswered(string whatWasDone) =>
        Assert.Equal(
            "retrying",
            (await InTime.Comes(
            Ask(new RetryRejected()), $"an answer for another operator after {whatWasDone}"))?.Message);

    OperatorRequest Heard(string what)
    {
        Assert.True(heard.TryTake(out var request, Bound), $"was not heard: {what}");
        return request;
    }

    static bool IsOpen(Socket caller) => !(caller.Poll(0, SelectMode.SelectRead) && caller.Available == 0);

    [Theory]
    [InlineData(""), InlineData("{\"action\":")]
    public async Task ACallerWhoIsSilentOrStopsInMidLineHoldsNobodyUp(string sent)
    {
        using var socket = Open(TimeSpan.FromSeconds(3));
        var silent = Call(sent);
        await IsAnswered("a silent call");
        Assert.True(IsOpen(silent), "the other operator was answered only once the silent caller had been cut off");
    }

    [Fact]
    public void ACallerWhoSendsOneByteAfterTheOtherHasOneTimeForTheWholeLine()
    {
        using var socket = Open(TimeSpan.FromMilliseconds(300));
        var dripping = Call();
        using var pause = new ManualResetEventSlim();
        for (var sent = 0; IsOpen(dripping); sent++)
        {
            Assert.True(sent < 500, "a caller who sends a byte each 20 ms is never cut off");
            try { dripping.Send("x"u8); }
            catch (SocketException) { return; }
            pause.Wait(20, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task ACallerWhoNeverReadsTheAnswerHoldsNobodyUpAndIsCutOff()
    {
        var release =
            new StoredRelease(new string('r', 1000), DateTimeOffset.UnixEpoch, null, 1, 1, "stored", "public", null);
        using var socket =
            Open(TimeSpan.FromSeconds(3), Retrying with { Releases = [.. Enumerable.Repeat(release, 4000)] });
        var deaf = Call("{\"action\":\"list\"}\n");
        Heard("the request");
        await IsAnswered("an answer that is not read");
        Assert.False(IsEnded(deaf), "the other operator was answered only once the deaf caller had been cut off");
        // More than the kernel keeps for it: the rest was not sent, for it was cut off before it read.
        Assert.True(deaf.Poll((int)Bound.TotalMicroseconds, SelectMode.SelectRead));
        using var pause = new ManualResetEventSlim();
        for (var at = 0; !IsEnded(deaf); at++)
        {
            Assert.True(at < 1000, "a caller who does not read is never cut off");
            pause.Wait(20, TestContext.Current.CancellationToken);
        }
        var got = 0;
        var buffer = new byte[64 << 10];
        try
        {
            for (int read; (read = deaf.Receive(buffer)) > 0;) got += read;
        }
        catch (SocketException)
        {
            // Cut off.
        }
        Assert.InRange(got, 1, 3_000_000);
    }

    static bool IsEnded(Socket caller)
    {
        // The other end is gone: a byte finds nobody.
        try { return caller.Send("x"u8, SocketFlags.None) < 0; }
        catch (SocketException) { return true; }
    }

    [Fact]
    public async Task AThousandConnectionsShutNobodyOut()
    {
        using var socket = Open(Never);
        await InTime.Comes(
            Task.Run(() => { for (var at = 0; at < 1000; at++) Call(); }, TestContext.Current.CancellationToken),
            "a thousand connections");
        await IsAnswered("a thousand connections");
        // The others have their answer.
        Assert.InRange(callers.Count(caller => !caller.Poll(0, SelectMode.SelectRead)), 1, ControlSocket.MostOfOne);
    }

    [Fact]
    public async Task AHundredMegabytesOnALineAreNotRead()
    {
        using var socket = Open(TimeSpan.FromSeconds(3));
        var caller = Call();
        var piece = new byte[1 << 20];
        piece.AsSpan().Fill((byte)'x');
        var sent = 0;
        try
        {
            for (var at = 0; at < 100; at++) sent += caller.Send(piece);
        }
        catch (SocketException)
        {
            // Cut off.
        }
        Assert.InRange(sent, 0, 8 << 20);
        await IsAnswered("a hundred megabytes");
    }

    [Fact]
    public async Task APublicationByHandThatTakesLongHoldsNoOtherCommandUp()
    {
        using var socket = Open(TimeSpan.FromSeconds(3));
        var asking = Ask(new PublishByHand("/srv/x", "x", []));
        var publish = Heard("the publication");
        await IsAnswered("a publication by hand that is under way");
        Assert.False(asking.IsCompleted);
        publish.Answer(OperatorReply.Of(OperatorOutcome.Done, "published"));
        Assert.Equal("published", (await InTime.Comes(asking, "the answer to the publication"))?.Message);
    }

    [Fact]
    public async Task AnotherPublicationByHandWaitsForTheFirst()
    {
        using var socket = Open(TimeSpan.FromSeconds(3));
        var first = Ask(new PublishByHand("/srv/1", "x", []));
        var one = Heard("the first");
        var second = Ask(new PublishByHand("/srv/2", "x", []));
        await IsAnswered("two publications by hand");
        await IsAnswered("two publications by hand");
        Assert.DoesNotContain(heard, request => request.Action is PublishByHand);
        one.Answer(OperatorReply.Of(OperatorOutcome.Done, "published"));
        await InTime.Comes(first, "the answer to the first");
        while (true)
        {
            var next = Heard("the second, after the first");
            if (next.Action is not PublishByHand publish) continue;
            Assert.Equal("/srv/2", publish.Path);
            next.Answer(OperatorReply.Of(OperatorOutcome.Done, "published"));
            break;
        }
        await InTime.Comes(second, "the answer to the second");
    }

    [Fact]
    public async Task ACallerWhoHangsUpAfterAPublicationLetsTheNextOneThrough()
    {
        using var socket = Open(TimeSpan.FromSeconds(3));
        Call("{\"action\":\"publish\",\"path\":\"/srv/1\",\"reason\":\"x\",\"waive\":[]}\n").Dispose();
        var one = Heard("the first");
        var second = Ask(new PublishByHand("/srv/2", "x", []));
        one.Answer(OperatorReply.Of(OperatorOutcome.Done, "published"));
        Heard("the second").Answer(OperatorReply.Of(OperatorOutcome.Done, "published"));
        await InTime.Comes(second, "the answer to the second");
    }

    [Fact]
    public async Task TheAgentEndsAtOnceThoughCallersAreSilentAndWait()
    {
        var socket = Open(Never);
        Call();
        Call("{\"action\":\"publish\",\"path\":\"/srv/1\",\"reason\":\"x\",\"waive\":[]}\n");
        Heard("the request");
        Call();
        await InTime.Comes(
            Task.Run(socket.Dispose, TestContext.Current.CancellationToken),
            "the end of the socket while a caller is silent");
    }

    [Fact]
    public async Task AStrangerIsToldNoBeforeAByteIsReadAndHoldsNobodyUp()
    {
        var strangers = 1;
        using var socket = ControlSocket.Open(folder, signal => ((OperatorRequest)signal).Answer(Retrying),
            _ => Interlocked.Decrement(ref strangers) < 0, Never);
        var stranger = Call();
        var answer = await InTime.Comes(
            Task.Run(() => ControlSocket.ReadLine(stranger, 1 << 16), TestContext.Current.CancellationToken),
            "an answer to a stranger");
        Assert.Contains("\"not-allowed\"", Encoding.UTF8.GetString(answer!), StringComparison.Ordinal);
        await IsAnswered("a stranger's call");
    }
}
