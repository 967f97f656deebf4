using System.Collections.Immutable;

namespace Difusor.Agent.Gate;

/// <summary>
/// What one address of one configured server said. <see cref="Server"/> is as configured (<c>host</c> or
/// <c>host:port</c>), <see cref="Address"/> as asked (<c>192.0.2.1:123</c>), empty where the name has none; <see
/// cref="Sample"/> is there where <see cref="Kind"/> is Answered.
/// </summary>
public sealed record ServerReply(
    string Server, string Address, ReplyKind Kind, int Stratum = 0, NtpSample? Sample = null);

/// <summary>One question to every server, and what came back.</summary>
public sealed record NtpPoll(ImmutableArray<ServerReply> Replies, ClockReading Started, ClockReading Finished);
