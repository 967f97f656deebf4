using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Difusor.Agent.SystemTests.Harness;

/// <summary>
/// A certificate for localhost that this process trusts as the host's own authorities are trusted: by OpenSSL's
/// SSL_CERT_FILE, which is read once, so there is one for all tests.
/// </summary>
sealed class LoopbackCertificate
{
    public static LoopbackCertificate Trusted { get; } = new();

    LoopbackCertificate()
    {
        var folder = Directory.CreateTempSubdirectory("certificate-").FullName;
        (File, KeyFile) = (Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        System.IO.File.WriteAllText(File, certificate.ExportCertificatePem());
        System.IO.File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        if (setenv("SSL_CERT_FILE", File, 1) != 0) throw new InvalidOperationException("setenv");
    }

    /// <summary>Before any test makes OpenSSL read it.</summary>
    [System.Runtime.CompilerServices.ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Usage", "CA2255", Justification = "OpenSSL reads the variable once in a process, whichever test comes first")]
    internal static void Trust() => _ = Trusted;

    public string File { get; }
    public string KeyFile { get; }

    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int setenv(string name, string value, int overwrite);
}
