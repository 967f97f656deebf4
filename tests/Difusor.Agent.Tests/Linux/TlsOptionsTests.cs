using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Difusor.Agent.Configuration;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Syslog;

namespace Difusor.Agent.Tests.Linux;

/// <summary>Whom syslog over TLS trusts, and what it shows.</summary>
public sealed class TlsOptionsTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly X509Certificate2 collector;

    public TlsOptionsTests()
    {
        listener.Start();
        collector = Make("localhost");
    }

    [Fact]
    public void TheConfiguredAuthorityIsTrustedAndTheOwnCertificateIsShown()
    {
        Make("agente");
        var shown = Task.Run(Serve);
        using var connection = Connect(
            new() { Ca = folder["localhost.pem"], Certificate = folder["agente.pem"], Key = folder["agente.key"] });
        Assert.Equal("CN=agente", Bounded.Result(shown, "the collector's handshake"));
    }

    [Fact]
    public void AnotherAuthorityIsNotTrusted()
    {
        Make("otra");
        var refused = Task.Run(Serve);
        Assert.Throws<AuthenticationException>(() => Connect(new() { Ca = folder["otra.pem"] }));
        Bounded.Until(() => refused.IsCompleted, "the end of the collector's handshake");
    }

    [Theory]
    [InlineData("nowhere.pem"), InlineData("empty.pem")]
    public void AFileThatIsNoCertificateIsNamedWithItsKey(string file)
    {
        folder.Write("empty.pem", "no certificate\n");
        var fault = Assert.Throws<IOException>(() => Connect(new() { Ca = folder[file] }));
        Assert.StartsWith($"syslog.ca: {folder[file]}: ", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Takes one connection, and returns whose certificate it has shown.</summary>
    async Task<string?> Serve()
    {
        using var caller = await listener.AcceptTcpClientAsync();
        await using var secured = new SslStream(caller.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        try
        {
            await secured.AuthenticateAsServerAsync(
                collector, clientCertificateRequired: true, checkCertificateRevocation: false);
            return secured.RemoteCertificate?.Subject;
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException) { return null; }
    }

    ISyslogTransport Connect(SyslogSettings settings) => SyslogTransports.Connect(
        new SyslogTarget(SyslogTransportKind.Tls, "localhost", ((IPEndPoint)listener.LocalEndpoint).Port), settings,
        Bounded.Patience, CancellationToken.None);

    /// <summary>Makes a certificate that is its own authority, and writes NAME.pem and NAME.key.</summary>
    X509Certificate2 Make(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        folder.Write($"{name}.pem", certificate.ExportCertificatePem());
        folder.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }

    public void Dispose()
    {
        listener.Dispose();
        collector.Dispose();
        folder.Dispose();
    }
}
