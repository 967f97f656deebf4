using Difusor.Agent.Conformity;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Linux.Conformity;

/// <summary>
/// Opens folders as the agent's own account: modes, groups and access lists together decide, and only that account can
/// tell what they allow.
/// </summary>
/// <param name="state">The state's folder, which belongs to the agent's account.</param>
sealed class AccessReading(BoundedProgram programs, Fact<FolderFacts> state)
{
    const int LongestPath = 256;
    static readonly string[] Usable = ["(", "-readable", "-writable", "-executable", ")"];

    /// <summary>Prints an entry's mode, owner and group, what is not allowed there, and its path.</summary>
    static readonly string[] Printed =
    [
        "-printf", "%m %u %g ", "(", "-readable", "-o", "-printf", "r", ")",
        "(", "!", "-type", "d", "-o", "-writable", "-o", "-printf", "w", ")",
        "(", "!", "-type", "d", "-o", "-executable", "-o", "-printf", "x", ")", "-printf", " %p", "-quit",
    ];

    /// <summary>Opens the drop, and what has lain in it for a while.</summary>
    public Fact<AgentAccess> Drop(string path)
    {
        var itself = Folder(path);
        if (itself.Seen is not { Refused: null } access) return itself;
        // What has just come may still get its modes from the account's own service.
        var inside = AsAgent(
            ["find", path, "-mindepth", "1", "-ignore_readdir_race", "-mmin", "+1", "(",
                "-type", "f", "!", "-readable", "-o", "-type", "d", "!", .. Usable, ")", .. Printed]);
        if (inside is not { Exit: not null }) return Unseen(path);
        return Refused(access, inside.Output) ?? access;
    }

    /// <summary>Opens one folder.</summary>
    public Fact<AgentAccess> Folder(string path)
    {
        if (state.Seen is not { } owned)
            return new Fact<AgentAccess>(null, state.Hidden ?? new Said("check.access-account-none"));
        if (!IsAgent && Syscall.geteuid() != 0) return new Fact<AgentAccess>(null, HostTree.NeedsRoot(path));
        if (AsAgent(["find", path, "-maxdepth", "0", "!", .. Usable, .. Printed]) is not { Exit: not null } answer)
            return Unseen(path);
        if (answer.Errors.StartsWith("setpriv", StringComparison.Ordinal))
            return new Fact<AgentAccess>(
                null, new Said("check.hidden-fault", ("what", path), ("fault", answer.FirstLine)));
        // Below a folder that lets nobody in, find cannot even look, and fails.
        var access = new AgentAccess(owned.Owner, owned.Group, null);
        return Refused(access, answer.Output) ?? (answer.Succeeded ? access : access with { Refused = path });
    }

    /// <summary>Returns what is refused, as find has printed it; null where it has printed nothing.</summary>
    static AgentAccess? Refused(AgentAccess access, string printed) =>
        printed.TrimEnd('\n').Split(' ', 5) is [var mode, var owner, var group, var lacks, var refused]
            ? access with
            {
                Refused = Printable.Of(refused, LongestPath), Lacks = lacks,
                Entry = new RefusedEntry(mode.PadLeft(4, '0'), owner, group),
            } : null;

    bool IsAgent => state.Seen?.OwnerId == Syscall.geteuid();

    ProgramAnswer? AsAgent(string[] command)
    {
        if (IsAgent) return programs.Run(command[0], command[1..]);
        var account = state.Seen!;
        return programs.Run(
            "setpriv", ["--reuid", account.Owner, "--regid", account.Group, "--init-groups", "--", .. command]);
    }

    static Fact<AgentAccess> Unseen(string path) =>
        new(null, new Said("check.hidden-slow", ("program", $"find {path}")));
}
