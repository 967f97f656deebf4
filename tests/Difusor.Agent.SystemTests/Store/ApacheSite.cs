using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Difusor.Agent.SystemTests.Harness;

namespace Difusor.Agent.SystemTests.Store;

/// <summary>
/// A real Apache with the event MPM and https, on loopback: the shipped vhost, or a bare <c>DocumentRoot
/// public/current</c>.
/// </summary>
sealed class ApacheSite : IDisposable
{
    static readonly string[] Modules = ["mpm_event", "authz_core", "alias", "dir", "mime", "rewrite", "headers", "ssl"];

    /// <summary>What Debian's package turns on by itself, and then what <c>setup</c> does.</summary>
    static readonly string[] DebianModules =
    [
        "mpm_event", "access_compat", "alias", "auth_basic", "authn_core", "authn_file", "authz_core", "authz_host",
        "authz_user", "autoindex",
        "deflate", "dir", "env", "filter", "mime", "negotiation", "reqtimeout", "setenvif", "status", "socache_shmcb",
        "ssl", "rewrite", "headers",
    ];

    readonly Process process;
    readonly string folder;
    readonly bool asDebian;
    readonly string[] defines = [];

    const string ModulesAvailable = "/etc/apache2/mods-available";

    /// <param name="top">A folder that everybody may enter.</param>
    /// <param name="asDebian">With all modules that Debian turns on, and Debian's own settings of each.</param>
    /// <param name="defines">Names without a value that the shipped vhost knows.</param>
    internal ApacheSite(
        string top, string publicFolder, bool shippedVhost, bool asDebian = false, params string[] defines)
    {
        (this.asDebian, this.defines) = (asDebian, defines);
        folder = Directory.CreateDirectory(Path.Combine(top, "apache-" + (shippedVhost ? "map" : "link"))).FullName;
        StoreScene.Must(
            StoreScene.Run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-keyout", $"{folder}/key", "-out", $"{folder}/crt"]));
        (Port, var plain) = (LoopbackPort.Free(), LoopbackPort.Free());
        File.WriteAllText($"{folder}/httpd.conf", Configuration(publicFolder, shippedVhost, Port, plain));
        process = Begin();
    }

    /// <summary>A site set up by hand: https by a given certificate, and these lines in its virtual host.</summary>
    /// <param name="modules">Beside the usual ones; an empty vhost needs none.</param>
    /// <param name="readable">The folder that readers may be served from.</param>
    internal ApacheSite(
        string top, int port, int plain, string certificate, string key, string[] modules, string[] lines,
        string readable)
    {
        folder = Directory.CreateDirectory(Path.Combine(top, "apache-hand")).FullName;
        Port = port;
        string[] vhost =
        [
            $"<VirtualHost *:{port}>", "SSLEngine on", $"SSLCertificateFile {certificate}",
            $"SSLCertificateKeyFile {key}", .. lines,
            $"<Directory {readable}>", "Require all granted", "</Directory>", "</VirtualHost>",
        ];
        File.WriteAllText($"{folder}/httpd.conf", string.Join('\n', Common(port, plain, modules).Concat(vhost)) + "\n");
        process = Begin();
    }

    internal static bool HasDebiansModules =>
        DebianModules.All(module => File.Exists($"{ModulesAvailable}/{module}.load"));

    internal int Port { get; }

    internal string Url => $"https://localhost:{Port}/";

    internal HttpClient Client(int connections) => new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = connections,
        AllowAutoRedirect = false,
        SslOptions = new() { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        ConnectCallback = async (context, cancel) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri(Url) };

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        Bounded.Ended(process);
        process.Dispose();
    }

    Process Begin()
    {
        var start = new ProcessStartInfo(
            Program(), ["-f", $"{folder}/httpd.conf", "-DFOREGROUND"]) { RedirectStandardError = true };
        var begun = Process.Start(start)!;
        var said = "";
        while (Bounded.Line(begun.StandardError, $"apache on {Port}; it said {said}") is { } line)
        {
            if (line.Contains("resuming normal operations", StringComparison.Ordinal)) break;
            said += line + "\n";
        }
        if (begun.HasExited)
            throw new InvalidOperationException(
                $"apache did not start: {said}{File.ReadAllText($"{folder}/httpd.conf")}");
        _ = begun.StandardError.ReadToEndAsync();
        return begun;
    }

    string Configuration(string publicFolder, bool shippedVhost, int port, int plain)
    {
        var lines = Common(port, plain, []);
        lines.AddRange(
        [
            $"Define DIFUSOR_NAME localhost", $"Define DIFUSOR_PUBLIC {publicFolder}",
            $"Define DIFUSOR_CERTIFICATE {folder}/crt",
            $"Define DIFUSOR_KEY {folder}/key", $"Define DIFUSOR_HTTPS_PORT {port}",
            $"Define DIFUSOR_HTTP_PORT {plain}", .. defines.Select(name => $"Define {name}"),
        ]);
        if (shippedVhost)
            lines.Add($"Include {WorkingCopy.At("packaging/apache/difusor-agent.conf")}");
        else
            lines.AddRange(
                [$"<VirtualHost *:{port}>", $"DocumentRoot {publicFolder}/current", "SSLEngine on",
                $"SSLCertificateFile {folder}/crt",
                $"SSLCertificateKeyFile {folder}/key", $"<Directory {publicFolder}>", "Require all granted",
                "</Directory>", "</VirtualHost>"]);
        return string.Join('\n', lines) + "\n";
    }

    List<string> Common(int port, int plain, string[] more)
    {
        var modules = Directory.Exists("/usr/lib/apache2/modules") ? "/usr/lib/apache2/modules"
            : "/usr/lib64/httpd/modules";
        var lines = new List<string>
        {
            $"ServerRoot {folder}", $"PidFile {folder}/pid", "ErrorLog /dev/stderr", "LogLevel notice",
            "ServerName localhost",
            $"Listen 127.0.0.1:{port} https", $"Listen 127.0.0.1:{plain} http", "TypesConfig /etc/mime.types",
            "MaxKeepAliveRequests 0",
        };
        if (asDebian)
        {
            foreach (var name in new[] { "APACHE_RUN_DIR", "APACHE_LOG_DIR", "APACHE_LOCK_DIR" })
                lines.Insert(0, $"Define {name} {folder}");
            foreach (var kind in new[] { "load", "conf" })
                lines.AddRange(DebianModules.Select(module => $"IncludeOptional {ModulesAvailable}/{module}.{kind}"));
        }
        else lines.InsertRange(
            0, Modules.Concat(more).Select(module => $"LoadModule {module}_module {modules}/mod_{module}.so"));
        if (File.Exists($"{modules}/mod_unixd.so")) lines.Insert(0, $"LoadModule unixd_module {modules}/mod_unixd.so");
        if (Environment.UserName == "root")
            lines.AddRange(["User nobody", $"Group {(Directory.Exists("/usr/lib/apache2") ? "nogroup" : "nobody")}"]);
        return lines;
    }

    static string Program() => new[] { "/usr/sbin/apache2", "/usr/sbin/httpd" }.First(File.Exists);
}
