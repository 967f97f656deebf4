using System.Net.Sockets;
using Difusor.Agent.Linux.Sentinel;

namespace Difusor.Agent.Linux.Rehearsal;

/// <summary>
/// What this host's Apache serves: the public site, and beside it the rehearsal root, for this host alone.
/// </summary>
/// <param name="probe">The site by loopback: <c>https://SITE@127.0.0.1/</c>.</param>
sealed class ServedSite(Uri probe)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Gets where Apache shows the rehearsal root.</summary>
    public Uri Rehearsal { get; } = new(probe, "difusor-agent/rehearsal/");

    /// <summary>Returns the digest of the public front page; null if there is no answer with a page.</summary>
    public Digest? Front()
    {
        using var reader = new WebReader(probe);
        return reader.Get(null, 0) is { Status: 200, Sha256: { } page } ? page : null;
    }

    /// <summary>Reads files of the rehearsal root, and compares their bytes.</summary>
    /// <returns>The first that is not served as it is, with what was; null if all are.</returns>
    public string? Wrong(IEnumerable<KeyValuePair<string, string>> files)
    {
        using var reader = new WebReader(Rehearsal);
        foreach (var (path, text) in files)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var answer = reader.Get(RelativePath.Own(path), bytes.Length);
            if (answer.Status != 200 || answer.Sha256 != Digest.Sha256(bytes))
                return answer.Error ?? string.Create(CultureInfo.InvariantCulture, $"{path}: {answer.Status}");
        }
        return null;
    }

    /// <summary>Returns what answers first at sshd's port of this host: its greeting; null if nothing does.</summary>
    public static string? Greeting(int port)
    {
        try
        {
            using var client = new TcpClient { ReceiveTimeout = (int)Patience.TotalMilliseconds };
            client.Connect("localhost", port);
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
            var greeting = new char[64];
            return new string(greeting, 0, reader.Read(greeting, 0, greeting.Length)).Split('\r', '\n')[0];
        }
        catch (Exception fault) when (fault is SocketException or IOException) { return null; }
    }
}
