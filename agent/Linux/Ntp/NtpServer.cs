using System.Net;
using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Linux.Ntp;

/// <summary>One configured server: its name, its addresses, and how each address has behaved.</summary>
sealed class NtpServer
{
    const int DefaultPort = 123, MostAddresses = 8;
    const int SilentBeforeLookup = 3, SilentBeforeBackOff = 8, SilentPause = 3, DeniedPause = 56, MostRatePause = 31;

    readonly string host;
    readonly int port;
    readonly Func<string, Task<IPAddress[]>> resolve;
    Task<IPAddress[]>? lookup;
    List<Peer> peers = [];

    /// <param name="name"><c>host</c>, <c>host:port</c>, <c>2001:db8::1</c> or <c>[2001:db8::1]:port</c>.</param>
    public NtpServer(string name, Func<string, Task<IPAddress[]>> resolve)
    {
        (Name, this.resolve) = (name, resolve);
        (host, port) = Split(name);
        if (IPAddress.TryParse(host, out var literal)) peers = [new Peer(new IPEndPoint(literal, port))];
        else BeginLookup();
    }

    /// <summary>Gets the name as configured.</summary>
    public string Name { get; }

    /// <summary>
    /// Gets the look-up under way, which may take as long as the resolver needs; null if there is none.
    /// </summary>
    public Task? Lookup => lookup;

    public bool HasAddress => peers.Count > 0;

    /// <summary>
    /// Returns the addresses to ask now. An address that has been silent for long is skipped, unless
    /// <paramref name="all"/> is true because no server answers. An address that refused us or asked us to slow down is
    /// always left alone for a while (RFC 5905, section 7.4).
    /// </summary>
    public IEnumerable<IPEndPoint> Due(bool all)
    {
        foreach (var peer in peers)
        {
            if (peer.Pause > 0 && (peer.Kissed || !all)) peer.Pause--;
            else yield return peer.Address;
        }
    }

    public IEnumerable<IPEndPoint> Addresses => peers.Select(peer => peer.Address);

    /// <summary>
    /// Takes the result of a finished look-up: addresses that answer are kept, the others are replaced.
    /// </summary>
    public void TakeLookup()
    {
        if (lookup is not { IsCompleted: true } ended) return;
        lookup = null;
        if (!ended.IsCompletedSuccessfully) return;
        var kept = peers.Where(peer => peer.Silent == 0).ToList();
        var found = ended.Result.Select(address => new IPEndPoint(address, port))
            .Where(address => kept.TrueForAll(peer => !peer.Address.Equals(address)));
        peers = [
            .. kept.Concat(
            found.Select(address => peers.Find(peer => peer.Address.Equals(address)) ?? new Peer(address)))
            .Take(MostAddresses)];
    }

    /// <summary>Records the result of a request, and looks the name up again if all its addresses are silent.</summary>
    public void Note(IPEndPoint address, Gate.ReplyKind kind)
    {
        if (peers.Find(peer => peer.Address.Equals(address)) is not { } peer) return;
        peer.Note(kind);
        if (peers.TrueForAll(each => each.Silent >= SilentBeforeLookup)) BeginLookup();
    }

    /// <summary>Looks the name up again if it has no address.</summary>
    public void BeginLookupIfNone()
    {
        if (!HasAddress) BeginLookup();
    }

    void BeginLookup()
    {
        if (!IPAddress.TryParse(host, out _)) lookup ??= resolve(host).MayFail();
    }

    static (string Host, int Port) Split(string name)
    {
        var colon = name.LastIndexOf(':');
        if (name.StartsWith('[') && name.IndexOf(']', StringComparison.Ordinal) is var close and > 0)
            return (name[1..close], colon > close ? Port(name[(colon + 1)..]) : DefaultPort);
        return colon < 0 || name.IndexOf(':', StringComparison.Ordinal) != colon ? (name, DefaultPort)
            : (name[..colon], Port(name[(colon + 1)..]));
    }

    static int Port(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port
        : DefaultPort;

    sealed class Peer(IPEndPoint address)
    {
        int rateLimits;

        public IPEndPoint Address { get; } = address;
        /// <summary>Gets how many polls in a row had no useful answer.</summary>
        public int Silent { get; private set; }
        /// <summary>Gets whether its last answer was a kiss of death.</summary>
        public bool Kissed { get; private set; }
        /// <summary>Gets or sets how many polls to skip.</summary>
        public int Pause { get; set; }

        public void Note(Gate.ReplyKind kind)
        {
            Kissed = kind is Gate.ReplyKind.RateLimited or Gate.ReplyKind.Denied;
            Silent = kind == Gate.ReplyKind.Answered ? 0 : Silent + 1;
            Pause = kind switch
            {
                Gate.ReplyKind.RateLimited => Math.Min(MostRatePause, (1 << ++rateLimits) - 1),
                Gate.ReplyKind.Denied => DeniedPause,
                Gate.ReplyKind.Answered => 0,
                _ => Silent >= SilentBeforeBackOff ? SilentPause : 0,
            };
        }
    }
}
