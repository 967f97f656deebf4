using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Difusor.Agent.Configuration;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// Makes the options of a TLS connection. The files are read for each connection, so a renewed certificate counts
/// without a reload.
/// </summary>
static class TlsOptions
{
    /// <exception cref="IOException">A file cannot be read, or is not what it should be.</exception>
    public static SslClientAuthenticationOptions For(string host, SyslogSettings settings)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (settings.Ca is { } authorities)
            Read("syslog.ca", authorities, () => options.CertificateChainPolicy = Trusting(authorities));
        if (settings is { Certificate: { } certificate, Key: { } key })
            Read("syslog.certificate", certificate, () => options.ClientCertificateContext = Own(certificate, key));
        return options;
    }

    static X509ChainPolicy Trusting(string authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(authorities);
        return policy.CustomTrustStore.Count > 0 ? policy : throw new CryptographicException("no certificate in it");
    }

    static SslStreamCertificateContext Own(string certificate, string key)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificate);
        return SslStreamCertificateContext.Create(
            X509Certificate2.CreateFromPemFile(certificate, key), chain, offline: true);
    }

    static void Read(string setting, string file, Action read)
    {
        try { read(); }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{setting}: {file}: {fault.Message}", fault);
        }
    }
}
