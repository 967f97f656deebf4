using System.Net;
using System.Net.Sockets;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Tests.Linux;

/// <summary>A real server on loopback that answers one way or another, and a real probe.</summary>
public sealed class ProbeTests : IDisposable
{
    readonly PublishedSite site = new();
    readonly HttpListener server;
    readonly string url;
    volatile string answer = "as published";
    int asked;

    public ProbeTests()
    {
        var first = site.Seal(
            1, new Dictionary<string, string> { ["index.html"] = "<h1>corte 1</h1>", ["año/a b.html"] = "1" });
        site.Publish(first);
        site.Publish(
            site.Seal(
            2, new Dictionary<string, string> { ["index.html"] = "<h1>corte 2, México</h1>", ["año/a b.html"] = "2" }));
        (server, url) = Listen();
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public void Dispose()
    {
        server.Close();
        site.Dispose();
    }

    [Theory]
    [InlineData("as published", null, "")]
    [InlineData("older corte", EventCode.ProbeStale, "recent release")]
    [InlineData("injected script", EventCode.ProbeMismatch, "rewritten, injected")]
    [InlineData("redirect", EventCode.ProbeMismatch, "redirects to https://elsewhere.example/")]
    [InlineData("login", EventCode.ProbeMismatch, "asks for a login")]
    [InlineData("forbidden", EventCode.ProbeMismatch, "forbids")]
    [InlineData("missing", EventCode.ProbeMismatch, "DocumentRoot")]
    [InlineData("error page", EventCode.ProbeMismatch, "error page")]
    [InlineData("Latin-1 announced", EventCode.ProbeMismatch, "announced as charset ISO-8859-1")]
    [InlineData("UTF-8 announced", null, "")]
    [InlineData("compressed", EventCode.ProbeMismatch, "Content-Encoding gzip")]
    public void WhatIsServedIsHeldAgainstWhatWasPublished(string how, EventCode? expected, string detail)
    {
        answer = how;
        var found = Probe(url).Finding;
        Assert.Equal(expected, found?.Code);
        Assert.Contains(detail, found?.Detail ?? "", StringComparison.Ordinal);
    }

    /// <summary>Nothing was asked for before the first publication, so nobody knew that Apache was down.</summary>
    [Theory]
    [InlineData("as published", null)]
    [InlineData("injected script", EventCode.ProbeMismatch)]
    [InlineData("missing", EventCode.ProbeMismatch)]
    public void BeforeTheFirstPublicationTheNoticePageIsAskedFor(string how, EventCode? expected)
    {
        answer = how;
        site.Withdraw();
        var round = Probe(url);
        Assert.Null(round.Expected.Release);
        Assert.Equal(expected, round.Finding?.Code);
    }

    [Fact]
    public void ASiteThatStillShowsTheNoticePageAfterThePublicationShowsNoResults()
    {
        answer = "notice page";
        var found = Probe(url).Finding;
        Assert.Equal((ProbeTrouble.Stale, EventCode.ProbeMismatch), (found?.Trouble, found?.Code));
    }

    /// <summary>The host has just started, and its web server takes a moment longer.</summary>
    [Fact]
    public void AWebServerThatComesUpAfterTheAgentIsNoTrouble()
    {
        answer = "error page";
        using var prober = new Prober(new UrlEvery(new Uri(url), TimeSpan.FromHours(5)), site.State, site.Signals.Add);
        Bounded.Until(() => Volatile.Read(ref asked) > 0, "the first round");
        answer = "as published";
        prober.Hurry();
        Assert.Null(Next().Finding);
        // Once it has been there, it is told at once that it is gone.
        answer = "error page";
        prober.Hurry();
        Assert.Equal(
            EventCode.ProbeMismatch,
            Bounded.Each(site.Signals, "the trouble").OfType<ProbeFinished>().First(one => one.Finding is not null)
                .Finding!.Code);
    }

    /// <summary>The public name is asked every five minutes: for so long the status told yesterday's news.</summary>
    [Fact]
    public void WhatChangesIsAskedForSoonAndNotInTheProbesOwnTime()
    {
        using var prober = new Prober(new UrlEvery(new Uri(url), TimeSpan.FromHours(5)), site.State, site.Signals.Add);
        var first = Next().Expected;
        site.Publish(site.Seal(3, new Dictionary<string, string> { ["index.html"] = "<h1>corte 3</h1>" }));
        var next = Next();
        Assert.Equal((site.Live, null), (next.Expected.Id, next.Finding));
        Assert.False(next.Expected.IsSame(first));
        using (site.State.Changing())
        {
            // As a heal does: what must be served stays the same.
        }
        Assert.True(Next().Expected.IsSame(next.Expected));
        prober.Hurry();
        Assert.True(Next().Expected.IsSame(next.Expected));
    }

    ProbeFinished Next() => Bounded.Each(site.Signals, "a round of the probe").OfType<ProbeFinished>().First();

    [Fact]
    public void NoAnswerIsNoMismatch()
    {
        // Held, and nobody listens: a port that is only free may be another's by now.
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Equal(EventCode.ProbeFailed, Probe($"http://{held.LocalEndPoint}/").Finding?.Code);
    }

    [Fact]
    public void AServerThatDripsHasOneTimeForItsWholeAnswer()
    {
        var answer = Raw("HTTP/1.1 200 OK\r\nContent-Length: 298\r\n\r\nx", TimeSpan.FromMilliseconds(300));
        Assert.Equal(0, answer.Status);
        Assert.StartsWith("no whole answer within", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void GarbageInPlaceOfAnAnswerIsToldPrintable() =>
        Assert.DoesNotContain(Raw("\u001b[31m\u0007garbage \u0001\r\n\r\n", null).Error!, char.IsControl);

    /// <summary>What the reader makes of these bytes, after which the server holds the connection.</summary>
    static ProbeAnswer Raw(string sent, TimeSpan? patience)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Serve();
        using var reader = new WebReader(new Uri($"http://{listener.LocalEndpoint}/"), patience);
        var answer = reader.Get(null, 298);
        using var held = Bounded.Result(serving, "the reader's connection");
        return answer;

        async Task<TcpClient> Serve()
        {
            var accepted = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            accepted.Client.Send(Encoding.Latin1.GetBytes(sent));
            return accepted;
        }
    }

    /// <summary>Else a trouble would end with the next sample, and begin again an hour later.</summary>
    [Fact]
    public void AFileThatWasWrongIsReadAgainUntilItIsRight()
    {
        var files = Enumerable.Range(0, 100)
            .Select(at => new ReleaseFile(RelativePath.Own($"{at:00}.html"), 1, Digest.Sha256([]), 0)).ToList();
        var (round, _) = ProbePlan.Round(files, 3, TimeSpan.FromSeconds(1), "77.html");
        Assert.Equal(["77.html", "03.html"], round.Select(file => file.Path.Value));
        Assert.Equal(
            ["03.html"],
            ProbePlan.Round(files, 3, TimeSpan.FromSeconds(1), "gone").Files.Select(file => file.Path.Value));
    }

    [Fact]
    public void EachFileIsReadWithinTheHour()
    {
        var files = Enumerable.Range(0, 13_175)
            .Select(at => new ReleaseFile(RelativePath.Own($"{at:00000}.html"), 1, Digest.Sha256([]), 0))
            .Append(new ReleaseFile(RelativePath.Own("index.html"), 1, Digest.Sha256([]), 0)).ToList();
        var (seen, cursor) = (new HashSet<ReleaseFile>(), 0);
        for (var round = 0; round < 59; round++)
        {
            (var wanted, cursor) = ProbePlan.Round(files, cursor, TimeSpan.FromMinutes(1));
            Assert.Equal("index.html", wanted[0].Path.Value);
            Assert.InRange(wanted.Count, 200, 260);
            seen.UnionWith(wanted);
        }
        Assert.Equal(files.Count, seen.Count);
    }

    ProbeFinished Probe(string at)
    {
        using var prober =
            new Prober(new UrlEvery(new Uri(at), TimeSpan.FromMilliseconds(1)), site.State, site.Signals.Add);
        return Bounded.Each(site.Signals, $"a round of the probe of {at}").OfType<ProbeFinished>().First();
    }

    /// <summary>
    /// A server on a port that it has itself: one that was looked up beforehand may have been given to another test
    /// meanwhile.
    /// </summary>
    static (HttpListener Server, string Url) Listen()
    {
        for (var attempt = 1; ; attempt++)
        {
            var url =
                string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Random.Shared.Next(10240, 32768)}/");
            var server = new HttpListener();
            server.Prefixes.Add(url);
            try
            {
                server.Start();
                return (server, url);
            }
            catch (HttpListenerException) when (attempt < 100)
            {
                server.Close();
            }
        }
    }

    void Serve()
    {
        try
        {
            while (server.IsListening) Answer(server.GetContext());
        }
        catch (Exception end)
            when (end is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    void Answer(HttpListenerContext request)
    {
        var response = request.Response;
        var path = Uri.UnescapeDataString(request.Request.RawUrl!).TrimStart('/');
        var how = answer;
        Interlocked.Increment(ref asked);
        var body = File.ReadAllBytes(
            how == "notice page" ? site["notice/index.html"]
                : how == "older corte" ? site[$"releases/20210606-2020-0001/{path}"] : site[$"current/{path}"]);
        switch (how)
        {
            case "injected script": body = [.. body, .. "<script src=//evil></script>"u8]; break;
            case "redirect": response.Redirect("https://elsewhere.example/"); break;
            case "login": response.StatusCode = 401; break;
            case "forbidden": response.StatusCode = 403; break;
            case "missing": response.StatusCode = 404; break;
            case "error page": response.StatusCode = 503; break;
            case "Latin-1 announced": response.ContentType = "text/html; charset=\"ISO-8859-1\""; break;
            case "UTF-8 announced": response.ContentType = "text/html; charset=Utf-8"; break;
            case "compressed":
                response.AddHeader("Content-Encoding", "gzip");
                body = Encoding.ASCII.GetBytes("\u001f\u008b");
                break;
        }
        response.OutputStream.Write(body);
        response.Close();
    }
}
