using Difusor.Agent.Linux.Conformity;
using Difusor.Agent.Sentinel;
using Difusor.Agent.SystemTests.Harness;
using Difusor.Agent.SystemTests.Store;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.SystemTests;

/// <summary>The site as <c>check</c> reads it, through a real Apache with https on loopback.</summary>
public sealed class CheckThroughApacheTests : IDisposable
{
    const string Name = "localhost";

    readonly TemporaryFolder folder = new();
    readonly int port = LoopbackPort.Free(), plain = LoopbackPort.Free();

    public CheckThroughApacheTests()
    {
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        folder.Write("estado/public/notice/index.html", "<h1>PREP</h1>");
        Directory.CreateSymbolicLink(folder["estado/public/current"], "notice");
        folder.Write("otro/index.html", "Apache2 Default Page");
    }

    [Fact]
    public void AnotherSiteOfTheSameNameThatIsSortedFirstIsSeen()
    {
        using (Apache($"DocumentRoot {folder["estado/public/current"]}", $"ServerName {Name}"))
            Assert.Equal(((ProbeTrouble?)null, 2), Seen());
        using (Apache(
            $"DocumentRoot {folder["otro"]}", $"ServerName {Name}", "</VirtualHost>", $"<VirtualHost *:{port}>",
            "SSLEngine on", $"SSLCertificateFile {LoopbackCertificate.Trusted.File}",
            $"SSLCertificateKeyFile {LoopbackCertificate.Trusted.KeyFile}", $"ServerName {Name}",
            $"DocumentRoot {folder["estado/public/current"]}"))
            Assert.Equal(((ProbeTrouble?)ProbeTrouble.Rewritten, 2), Seen());
        Assert.Equal(((ProbeTrouble?)ProbeTrouble.NoAnswer, 0), Seen());
    }

    (ProbeTrouble? Trouble, int Compared) Seen()
    {
        var reading = new SiteReading(new HostTree("/"), folder["estado"], SiteReading.OverTheNetwork);
        var view = reading.Read(Name, port).Seen!.ByLoopback;
        return (view.Finding?.Trouble, view.Compared);
    }

    ApacheSite Apache(params string[] lines) =>
        new(folder.Path, port, plain, LoopbackCertificate.Trusted.File, LoopbackCertificate.Trusted.KeyFile, [], lines,
            folder.Path);

    public void Dispose() => folder.Dispose();
}
