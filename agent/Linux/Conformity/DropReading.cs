using Difusor.Agent.Conformity;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Linux.Conformity;

/// <summary>
/// Opens the drop as the agent's own account: modes, groups and access lists together decide, and only that account can
/// tell what they allow.
/// </summary>
sealed class DropReading(BoundedProgram programs)
{
    const int LongestPath = 256;

    /// <param name="state">The state's folder, which belongs to the agent's account.</param>
    public Fact<DropAccess> Read(string drop, Fact<FolderFacts> state)
    {
        if (state.Seen is not { } owned)
            return new Fact<DropAccess>(null, state.Hidden ?? new Said("check.drop-account-none"));
        var own = Syscall.geteuid();
        if (own != owned.OwnerId && own != 0) return new Fact<DropAccess>(null, HostTree.NeedsRoot(drop));
        string[] asAgent = own == owned.OwnerId ? []
            : ["setpriv", "--reuid", owned.Owner, "--regid", owned.Group, "--init-groups", "--"];
        DropAccess Access(string? refused) => new(owned.Owner, owned.Group, refused);

        string[] folder = ["find", drop, "-maxdepth", "0", "!", "(", "-readable", "-writable", "-executable", ")"];
        if (Run([.. asAgent, .. folder]) is not { Exit: not null } first) return Unseen(drop);
        if (first.Errors.StartsWith("setpriv", StringComparison.Ordinal))
            return new Fact<DropAccess>(
                null, new Said("check.hidden-fault", ("what", drop), ("fault", first.FirstLine)));
        // A folder above it that lets nobody in: find cannot even look, and says so.
        if (!first.Succeeded || first.Output.Length > 0) return Access(drop);

        // What has just come may still get its modes from the account's own service.
        string[] entries = ["find", drop, "-mindepth", "1", "-ignore_readdir_race", "-mmin", "+1", "(",
            "-type", "f", "!", "-readable", "-o",
            "-type", "d", "!", "(", "-readable", "-writable", "-executable", ")", ")", "-print", "-quit"];
        return Run([.. asAgent, .. entries]) is { Exit: not null } second
            ? Access(second.Output.TrimEnd('\n') is { Length: > 0 } path ? Printable.Of(path, LongestPath) : null)
            : Unseen(drop);
    }

    ProgramAnswer? Run(string[] command) => programs.Run(command[0], command[1..]);

    static Fact<DropAccess> Unseen(string drop) =>
        new(null, new Said("check.hidden-slow", ("program", $"find {drop}")));
}
