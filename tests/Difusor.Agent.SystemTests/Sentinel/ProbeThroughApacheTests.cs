using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests.Sentinel;

/// <summary>
/// The site read back by its own name through a real Apache with https on loopback, set up wrong in each way there is.
/// </summary>
public sealed class ProbeThroughApacheTests : IDisposable
{
    const string Name = "difusor.example";

    readonly string certificates = Directory.CreateTempSubdirectory("probe-").FullName;
    readonly string told;
    readonly HttpListener heart = new();
    readonly int port = LoopbackPort.Free(), plain = LoopbackPort.Free(), beatPort = LoopbackPort.Free();
    readonly Socket collector = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    readonly TamperScene scene;
    int beats;

    public ProbeThroughApacheTests()
    {
        File.SetUnixFileMode(certificates, (UnixFileMode)0b111_101_101);
        told = Path.Combine(certificates, "avisos.jsonl");
        var trusted = Certificate("good", Name, expired: false).Pem + Certificate("expired", Name, expired: true)
            .Pem + Certificate("other", "other.example", expired: false).Pem;
        File.WriteAllText(Path.Combine(certificates, "trusted.pem"), trusted);
        heart.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{beatPort}/"));
        heart.Start();
        // A collector that takes nothing would be a trouble, and silence the heartbeat.
        collector.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        new Thread(Beat) { IsBackground = true }.Start();
        scene = new TamperScene(
            yaml: $$"""notify: {command: "cat >> {{told}}", heartbeat: {url: "http://127.0.0.1:{{beatPort}}/", every: 100ms} }""",
            sentinel: $$""", probes: [{url: "https://{{Name}}@127.0.0.1:{{port}}/", every: 100ms}]""",
            wrapper: ["env", $"SSL_CERT_FILE={certificates}/trusted.pem"],
            syslog: $"udp://{collector.LocalEndPoint}");
    }

    [Fact]
    public void EachWrongSetUpIsToldWithWhatDiffers()
    {
        // while there is no server at all
        scene.Agent.AwaitStatus(_ => scene.Agent.Journal().Any(Is("PROBE_FAILED", "refused")));
        var before = Volatile.Read(ref beats);
        Meets("PROBE_MISMATCH", "another site", root: Elsewhere());
        Meets("PROBE_MISMATCH", "rewritten", ["filter", "substitute"], "AddOutputFilterByType SUBSTITUTE text/html",
            "Substitute \"s|PREP|Resultados|\"");
        Meets("PROBE_MISMATCH", "injected", ["filter", "substitute"], "AddOutputFilterByType SUBSTITUTE text/html",
            "Substitute \"s|</body>|<script src=//evil></script></body>|\"");
        Meets("PROBE_MISMATCH", "Content-Encoding gzip", ["deflate", "setenvif"], "SetOutputFilter DEFLATE",
            "SetEnvIf Request_URI . force-gzip");
        Meets("PROBE_MISMATCH", "rewritten", ["charset_lite"], "CharsetSourceEnc UTF-8", "CharsetDefault UTF-16");
        Meets("PROBE_MISMATCH", "redirects to https://elsewhere.example/", [],
            "Redirect 302 / https://elsewhere.example/");
        Meets("PROBE_MISMATCH", "asks for a login", ["authn_core", "auth_basic", "authz_user"], "<Location />",
            "AuthType Basic", "AuthName prueba", "Require valid-user", "</Location>");
        Meets("PROBE_MISMATCH", "forbids", [], "<Location />", "Require all denied", "</Location>");
        Meets("PROBE_MISMATCH", "DocumentRoot", [], "Redirect 404 /");
        Meets("PROBE_MISMATCH", "HTTP 500: an error page", [], "Redirect 500 /");
        Meets("PROBE_STALE", "recent release", root: scene.Paths().Older);
        Meets("PROBE_FAILED", "NotTimeValid", certificate: "expired");
        Meets("PROBE_FAILED", "RemoteCertificateNameMismatch", certificate: "other");
        Assert.Equal(before, Volatile.Read(ref beats));
        // Seen in pages with accents alone: in a round without one all is well.
        Meets("PROBE_MISMATCH", "broken accents", [], "AddDefaultCharset ISO-8859-1");
        using (Apache(null, "good", [], []))
            Assert.True(AwaitBeat(before), "all is well, and no heartbeat was fetched");
        var notices = File.ReadAllLines(told).Select(line => JsonNode.Parse(line)!)
            .Where(notice => ((string)notice["topic"]!).StartsWith("probe ", StringComparison.Ordinal)).ToList();
        Assert.Equal("worse", (string?)notices[0]["state"]);
        // A change of state each, and none for what merely goes on.
        Assert.InRange(
            notices.Count, 2,
            scene.Agent.Journal()
            .Count(record => RunningAgent.Event(record).StartsWith("PROBE_", StringComparison.Ordinal)) + 1);
        Assert.DoesNotContain(
            notices.Zip(notices.Skip(1)), pair =>
            (string?)pair.First["event"] is { } first && first == (string?)pair.Second["event"]);
    }

    void Meets(string code, string detail, params string[] module) => Meets(code, detail, module, []);

    void Meets(string code, string detail, string[] modules, params string[] lines) =>
        Meets(code, detail, null, "good", modules, lines);

    void Meets(string code, string detail, string? root = null, string certificate = "good") =>
        Meets(code, detail, root, certificate, [], []);

    void Meets(string code, string detail, string? root, string certificate, string[] modules, string[] lines)
    {
        using var apache = Apache(root, certificate, modules, lines);
        var record = scene.Agent.Await(Is(code, detail), $"{code}: {detail}");
        Assert.Equal($"https://{Name}@127.0.0.1:{port}/", RunningAgent.Field(record, "url"));
    }

    static Func<JsonNode, bool> Is(string code, string detail) =>
        record =>
            RunningAgent.Event(record) == code
            && (RunningAgent.Field(record, "detail") ?? RunningAgent.Field(record, "error") ?? "")
            .Contains(detail, StringComparison.Ordinal);

    Store.ApacheSite Apache(string? root, string certificate, string[] modules, string[] lines) =>
        new(scene.Agent.Folder, port, plain, Path.Combine(certificates, certificate + ".pem"),
            Path.Combine(certificates, certificate + ".key"), modules,
            [$"DocumentRoot {root ?? scene.Agent.Current}", .. lines], scene.Agent.Folder);

    string Elsewhere()
    {
        var folder = scene.Paths().Elsewhere;
        foreach (var path in new[] { "index.html", "css/site.css", "datos/a/b.csv" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.WriteAllText(Path.Combine(folder, path), "otro sitio");
        }
        return folder;
    }

    bool AwaitBeat(int before)
    {
        return SpinWait.SpinUntil(() => Volatile.Read(ref beats) > before, Bounded.Patience);
    }

    void Beat()
    {
        try
        {
            while (heart.IsListening)
            {
                var asked = heart.GetContext();
                Interlocked.Increment(ref beats);
                asked.Response.Close();
            }
        }
        catch (Exception end)
            when (end is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    (string Pem, string Key) Certificate(string file, string name, bool expired)
    {
        using var key = RSA.Create(2048);
        var request =
            new CertificateRequest($"CN={name} {file}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var made = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(expired ? -1 : 30));
        var (pem, secret) = (made.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(certificates, file + ".pem"), pem);
        File.WriteAllText(Path.Combine(certificates, file + ".key"), secret);
        return (pem, secret);
    }

    public void Dispose()
    {
        scene.Dispose();
        heart.Close();
        collector.Dispose();
        Directory.Delete(certificates, recursive: true);
    }
}
