using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Linux.Rehearsal;

/// <summary>
/// Reads, writes and removes in the agent's folders as its account. Root itself would follow a link in them.
/// </summary>
sealed class AgentsHand
{
    static readonly BoundedProgram Programs = BoundedProgram.OfHost();
    readonly string[] account;

    /// <param name="state">The agent's state folder: it belongs to its account.</param>
    public AgentsHand(string state)
    {
        SystemFault.Check(Syscall.stat(state, out var found), "stat", state);
        account =
        [
            string.Create(CultureInfo.InvariantCulture, $"--reuid={found.st_uid}"),
            string.Create(CultureInfo.InvariantCulture, $"--regid={found.st_gid}"), "--clear-groups", "--",
        ];
    }

    /// <summary>Returns a file's text; null if there is none.</summary>
    public string? Read(string path) =>
        Programs.Run("setpriv", [.. account, "cat", "--", path]) is { Succeeded: true } answer ? answer.Output : null;

    /// <summary>Gives a file this text, in place, so its mode and group stay.</summary>
    public bool Write(string path, string text) =>
        Programs.Run("setpriv", [.. account, "sh", "-c", "cat > \"$1\"", "sh", path], text) is { Succeeded: true };

    public bool Remove(params IEnumerable<string> paths) =>
        Programs.Run("setpriv", [.. account, "rm", "-rf", "--one-file-system", "--", .. paths]) is { Succeeded: true };
}
