using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Difusor.Agent.Conformity;

/// <summary>
/// The fingerprint of a key of sshd's, as ssh and sftp show it to whoever connects for the first time: the institute
/// compares it with what it was given, and so knows that it talks to this host.
/// </summary>
public static class SshHostKey
{
    const int LongestKey = 16 << 10;

    /// <summary>Returns <c>ED25519 SHA256:...</c>.</summary>
    /// <param name="line">The line of a file <c>ssh_host_*_key.pub</c>, whatever it holds.</param>
    /// <returns>Null if it holds no key.</returns>
    public static string? Fingerprint(string line)
    {
        if (line.Trim().Split(' ') is not [var type, { Length: > 0 and < LongestKey } body, ..]) return null;
        var key = new byte[body.Length];
        if (Base64.DecodeFromUtf8(Encoding.UTF8.GetBytes(body), key, out _, out var length) != OperationStatus.Done)
            return null;
        var sum = Convert.ToBase64String(SHA256.HashData(key.AsSpan(0, length))).TrimEnd('=');
        return $"{Name(type)} SHA256:{sum}";
    }

    /// <summary>Returns the type as ssh-keygen names it.</summary>
    static string Name(string type) =>
        type.StartsWith("ssh-", StringComparison.Ordinal) ? type[4..].ToUpperInvariant()
            : type.StartsWith("ecdsa-", StringComparison.Ordinal) ? "ECDSA" : type;
}
