using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Difusor.Agent.Configuration;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// Reads one site like a browser without compression, and follows no redirects. <c>https://SITE@127.0.0.1/</c> connects
/// to 127.0.0.1 and asks for SITE: in SNI, certificate and Host. A bad certificate is reported with the answer.
/// </summary>
sealed class WebReader : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    const long MostGrowth = 64 << 20, SlowestBytesASecond = 1 << 20;
    const int LongestHeadersKiB = 64;

    readonly Uri site;
    readonly HttpClient client;
    readonly TimeSpan patience;
    readonly long growth;
    readonly CancellationTokenSource ending = new();
    readonly byte[] buffer = new byte[64 << 10];
    string? certificate;
    DateTimeOffset? until;

    /// <param name="patience">The time for a whole answer; a large file gets more.</param>
    /// <param name="growth">How many bytes beyond the expected size are read.</param>
    public WebReader(Uri url, TimeSpan? patience = null, long growth = MostGrowth)
    {
        (this.patience, this.growth) = (patience ?? Patience, growth);
        var (host, port) = (url.DnsSafeHost, url.Port);
        site = url.UserInfo.Length == 0 ? url
            : new UriBuilder(url) { Host = url.UserInfo, UserName = "", Password = "" }.Uri;
        client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            // Do not wait for the unread part of an answer, nor longer for a connection than for an answer.
            MaxResponseHeadersLength = LongestHeadersKiB, MaxResponseDrainSize = 0, ConnectTimeout = this.patience,
            ConnectCallback = (_, cancel) => Connect(host, port, cancel),
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = Note },
        }) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("difusor-agent");
        client.DefaultRequestHeaders.CacheControl = new() { NoCache = true };
    }

    /// <summary>Gets one file.</summary>
    /// <param name="path">Below the site; null: the site's own URL.</param>
    public ProbeAnswer Get(RelativePath? path, long expectedSize)
    {
        var most = patience + TimeSpan.FromSeconds(expectedSize / SlowestBytesASecond);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        limit.CancelAfter(most);
        try
        {
            var target = path is null ? site
                : new Uri(site, string.Join('/', path.Value.Split('/').Select(Uri.EscapeDataString)));
            using var request = new HttpRequestMessage(HttpMethod.Get, target);
            using var response = client.Send(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            using var body = response.Content.ReadAsStream(limit.Token);
            var type = response.Content.Headers.ContentType;
            var text = AnnouncedCharset.OtherThanUtf8(type) is { } charset ? new AnnouncedCharset(charset) : null;
            var (digest, length) = Hash(body, expectedSize + growth, text, limit.Token);
            return new ProbeAnswer(
                (int)response.StatusCode, Shown(response.Headers.Location), Shown(type),
                Shown(response.Content.Headers.ContentEncoding.FirstOrDefault()), length, digest, null, certificate,
                text?.Garbled, until);
        }
        catch (OperationCanceledException)
        {
            return new ProbeAnswer(
                0, null, null, null, 0, null, $"no whole answer within {most.TotalSeconds:0} s", certificate);
        }
        catch (Exception fault)
            when (fault is HttpRequestException or IOException or UriFormatException or SocketException)
        {
            return new ProbeAnswer(
                0, null, null, null, 0, null, Shown((fault.InnerException ?? fault).Message), certificate);
        }
    }

    /// <summary>
    /// Ends the reader, and also a read under way: its answer is then an error. Any thread may call it.
    /// </summary>
    public void End() => ending.Cancel();

    public void Dispose()
    {
        client.Dispose();
        ending.Dispose();
    }

    /// <summary>
    /// Returns a server's text in a printable form without secrets, because it goes into logs and messages.
    /// </summary>
    static string? Shown(object? said) => said?.ToString() is { } text ? Printable.Of(Secrets.InText(text)) : null;

    (Digest Digest, long Length) Hash(Stream body, long most, AnnouncedCharset? text, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long length = 0;
        // Only the asynchronous read obeys the limit; this thread waits for it.
        for (int read; length <= most && (read = body.ReadAsync(buffer, cancel).AsTask().GetAwaiter().GetResult()) > 0;
        length += read)
        {
            hash.AppendData(buffer, 0, read);
            text?.Read(buffer.AsSpan(0, read));
        }
        return (new Digest(DigestAlgorithm.Sha256, hash.GetHashAndReset()), length);
    }

    static async ValueTask<Stream> Connect(string host, int port, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Notes the certificate's problem and continues anyway: a difference in the bytes matters more. No certificate is
    /// issued for "localhost", so a name mismatch alone is not a problem there.
    /// </summary>
    bool Note(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        until = shown is X509Certificate2 whole ? new DateTimeOffset(whole.NotAfter.ToUniversalTime()) : null;
        if (site.IsLoopback) errors &= ~SslPolicyErrors.RemoteCertificateNameMismatch;
        certificate = errors == SslPolicyErrors.None ? null
            : string.Join(
                ", ", new[] { errors.ToString() }.Concat(
                chain?.ChainStatus.Select(status => status.Status.ToString()) ?? []));
        return true;
    }
}
