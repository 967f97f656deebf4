using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Configuration;

/// <summary>A probe's address is the agent's own notation: who copies it into curl asks for something else.</summary>
public sealed class ProbeAddressTests
{
    const string Check = "difusor-agent check";

    static string? Help(string shown) =>
        TroubleCatalogue.Of(Trouble.Probe).HelpWith(new JsonObject { ["url"] = shown });

    [Theory]
    [InlineData("https://prep.ejemplo.mx@127.0.0.1/",
        "curl -sSI --resolve prep.ejemplo.mx:443:127.0.0.1 https://prep.ejemplo.mx/")]
    [InlineData("http://prep.ejemplo.mx@127.0.0.1/a/b.html",
        "curl -sSI --resolve prep.ejemplo.mx:80:127.0.0.1 http://prep.ejemplo.mx/a/b.html")]
    [InlineData("https://prep.ejemplo.mx@127.0.0.1:8443/ (2)",
        "curl -sSI --resolve prep.ejemplo.mx:8443:127.0.0.1 https://prep.ejemplo.mx:8443/")]
    [InlineData("https://prep.ejemplo.mx@[::1]/",
        "curl -sSI --resolve 'prep.ejemplo.mx:443:[::1]' https://prep.ejemplo.mx/")]
    [InlineData("https://prep.ejemplo.mx@frente.ejemplo.mx/",
        "curl -sSI --connect-to prep.ejemplo.mx:443:frente.ejemplo.mx:443 https://prep.ejemplo.mx/")]
    [InlineData("https://prep.ejemplo.mx/", "curl -sSI https://prep.ejemplo.mx/")]
    [InlineData("http://127.0.0.1:8080/", "curl -sSI http://127.0.0.1:8080/")]
    [InlineData("https://[::1]/", "curl -sSI 'https://[::1]/'")]
    [InlineData("https://prep.ejemplo.mx/it's;x", @"curl -sSI 'https://prep.ejemplo.mx/it'\''s;x'")]
    // What is hidden cannot be asked for.
    [InlineData("https://***@127.0.0.1/", null), InlineData("https://prep.ejemplo.mx/?***", null)]
    [InlineData("not an address", null)]
    public void TheCommandThatHelpsIsOneThatWorks(string shown, string? command) =>
        // A healthy answer to curl proves nothing: check compares what readers get, and looks whether Apache runs.
        Assert.Equal(Check + (command is null ? "" : "; " + command), Help(shown));

    [Theory]
    [InlineData("127.0.0.1"), InlineData("::1")]
    public void RealCurlAsksThatAddressForThatSite(string address)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/curl"), "it needs curl");
        var ip = IPAddress.Parse(address);
        Assert.SkipUnless(ip.AddressFamily == AddressFamily.InterNetwork || Socket.OSSupportsIPv6, "it needs IPv6");
        using var server = new TcpListener(ip, 0);
        try { server.Start(); }
        catch (SocketException) { Assert.Skip("this machine has no such address"); }
        var asked = Serve(server);
        var end = (IPEndPoint)server.LocalEndpoint;
        var curl = Help($"http://prep.ejemplo.mx@{end}/a")![(Check.Length + 2)..];
        var (code, output, errors) = Bounded.Run("/bin/sh", "-c", curl);
        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("HTTP/1.1 200", output, StringComparison.Ordinal);
        Assert.StartsWith(
            string.Create(CultureInfo.InvariantCulture, $"HEAD /a HTTP/1.1\r\nHost: prep.ejemplo.mx:{end.Port}\r\n"),
            Bounded.Result(asked, "what curl asks for"), StringComparison.Ordinal);
    }

    static async Task<string> Serve(TcpListener server)
    {
        using var connection = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var stream = connection.GetStream();
        var (request, text) = (new byte[4096], "");
        while (!text.Contains("\r\n\r\n", StringComparison.Ordinal)
            && await stream.ReadAsync(request, TestContext.Current.CancellationToken) is var read and > 0)
            text += Encoding.Latin1.GetString(request, 0, read);
        await stream.WriteAsync(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        return text;
    }

    [Theory]
    [InlineData("https://prep.ejemplo.mx@127.0.0.1:8443/ (2)", "https://prep.ejemplo.mx:8443/ (127.0.0.1) (2)")]
    [InlineData("https://prep.ejemplo.mx@[::1]/", "https://prep.ejemplo.mx/ ([::1])")]
    [InlineData("https://prep.ejemplo.mx/", "https://prep.ejemplo.mx/"), InlineData("a@b", "a@b"), InlineData("", "")]
    public void PeopleReadWhichSiteIsAskedForAndWhere(string shown, string words)
    {
        Assert.Equal(words, ProbeAddress.Words(shown));
        foreach (var id in new[] { "PROBE_FAILED", "PROBE_STALE", "PROBE_MISMATCH", "PROBE_RECOVERED" })
            foreach (var language in new[] { Language.Es, Language.En })
                Assert.StartsWith(
                    words + " ", EventCatalogue.Sentence(language, id, new JsonObject { ["url"] = shown }),
                    StringComparison.Ordinal);
    }
}
