using System.Net.Sockets;
using System.Security.Authentication;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>Why a collector takes nothing, as a code that has its words in messages.json.</summary>
static class SyslogProblem
{
    const string Unknown = "lost";

    /// <summary>Gets all codes.</summary>
    public static IReadOnlyList<string> Codes { get; } =
        ["missing", "denied", "refused", "unreachable", "unresolved", "silent", "untrusted", Unknown];

    public static string CodeOf(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
            if (Named(cause) is { } code) return code;
        return Unknown;
    }

    static string? Named(Exception cause) => cause switch
    {
        FileNotFoundException => "missing",
        AuthenticationException => "untrusted",
        TimeoutException or OperationCanceledException => "silent",
        SocketException socket => Named(socket.SocketErrorCode),
        _ => null,
    };

    static string? Named(SocketError error)
    {
        if (error is SocketError.AccessDenied) return "denied";
        if (error is SocketError.ConnectionRefused) return "refused";
        if (error is SocketError.HostUnreachable or SocketError.NetworkUnreachable) return "unreachable";
        if (error is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData) return "unresolved";
        return error is SocketError.TimedOut ? "silent" : null;
    }
}
