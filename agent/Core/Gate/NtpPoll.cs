namespace Difusor.Agent.Gate;

/// <summary>
/// The reply of one address of one configured server. <see cref="Server"/> is as configured (<c>host</c> or
/// <c>host:port</c>), <see cref="Address"/> as asked (<c>192.0.2.1:123</c>), empty if the name has no address;
/// <see cref="Sample"/> is set if <see cref="Kind"/> is Answered.
/// </summary>
public sealed record ServerReply(
    string Server, string Address, ReplyKind Kind, int Stratum = 0, NtpSample? Sample = null);

/// <summary>One question to every server, and the replies.</summary>
public sealed record NtpPoll(ImmutableArray<ServerReply> Replies, ClockReading Started, ClockReading Finished);
