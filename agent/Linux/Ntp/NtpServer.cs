using System.Globalization;
using System.Net;
using Difusor.Agent.Linux.Control;

namespace Difusor.Agent.Linux.Ntp;

/// <summary>One configured server: its name, the addresses it has, and how each has behaved.</summary>
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

    /// <summary>As configured.</summary>
    public string Name { get; }

    /// <summary>
    /// The look-up under way, which may take as long as the resolver likes; null where there is none.
    /// </summary>
    public Task? Lookup => lookup;

    public bool HasAddress => peers.Count > 0;

    /// <summary>
    /// The addresses to ask now. One that has long been silent is passed over, unless <paramref name="all"/>, for
    /// nobody answers; one that refused us or asked us to slow down is left alone whatever the others do (RFC 5905,
    /// section 7.4).
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

    /// <summary>Takes in a look-up that has ended: what answers is kept, the rest is replaced.</summary>
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

    /// <summary>
    /// Remembers what became of a question, and asks for the name's addresses again where all are silent.
    /// </summary>
    public void Note(IPEndPoint address, Gate.ReplyKind kind)
    {
        if (peers.Find(peer => peer.Address.Equals(address)) is not { } peer) return;
        peer.Note(kind);
        if (peers.TrueForAll(each => each.Silent >= SilentBeforeLookup)) BeginLookup();
    }

    /// <summary>Where a name had no address, it is looked up again.</summary>
    public void BeginLookupIfNone()
    {
        if (!HasAddress) BeginLookup();
    }

    void BeginLookup()
    {
        if (!IPAddress.TryParse(host, out _)) lookup ??= resolve(host);
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
        /// <summary>Polls in a row without an answer of use.</summary>
        public int Silent { get; private set; }
        /// <summary>Its last word was a kiss of death.</summary>
        public bool Kissed { get; private set; }
        /// <summary>Polls to leave out.</summary>
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
