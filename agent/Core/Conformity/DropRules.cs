using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>
/// Clauses II.2.c and II.3: the folder where the institute leaves its packages, and the acuses that it reads.
/// </summary>
static class DropRules
{
    public static IEnumerable<ConformityRow> Rows(HostFacts host, Configured configured)
    {
        Clause exists = new("drop"), modes = new("drop-modes");
        var drop = configured.Settings.Paths.Drop;
        var found = host.Folder(drop);
        if (found.Hidden is { } why)
        {
            yield return exists.Unseen(why);
            yield return modes.Unseen(why);
        }
        else if (found.Seen is not { IsFolder: true } folder)
        {
            yield return exists.Fail(
                new Said("check.folder-missing", ("path", drop)),
                command: "systemd-tmpfiles --create difusor-agent.conf");
            yield return modes.Unseen(new Said("check.folder-missing", ("path", drop)));
        }
        else
        {
            yield return host.Closed is { } closed ? exists.Fail(
                    new Said(
                    "check.drop-closed", ("drop", drop), ("cause", new Said(Why(closed.Cause))), ("path", closed.Path),
                    ("owner", closed.Owner), ("group", closed.Group), ("mode", closed.Mode)),
                    closed.Command is null ? new Said("check.drop-root-mend") : null, closed.Command)
                : folder.OwnerId == 0
                ? exists.Fail(
                    new Said("check.drop-root", ("path", drop)), new Said("check.drop-root-mend"),
                    host.Opening ?? $"chown difusor-entrega:difusor-agent {drop}")
                : exists.Pass(
                    new Said("check.drop-right", ("path", drop), ("owner", folder.Owner), ("group", folder.Group)));
            yield return folder.OthersWrite
                ? modes.Fail(
                    new Said("check.drop-modes-open", ("path", drop), ("mode", AgentRules.Octal(folder.Mode))),
                    command: $"chmod o-w {drop}")
                : Access(modes, host, folder);
        }

        var kept = new Clause("drop-service");
        if (host.Agent.ModesAreKept is { } isKept)
            yield return isKept ? kept.Pass(new Said("check.drop-service-runs"))
                : kept.Fail(
                    new Said("check.drop-service-stopped"), command: "systemctl restart difusor-agent-entrega");

        var receipts = new Clause("receipts");
        if (configured.Settings.Paths.Receipts is not { } path)
            yield return receipts.Warn(
                new Said("check.key", ("key", "paths.receipts: null")), new Said("check.receipts-mend"));
        else if (host.Folder(path).Hidden is { } unseen) yield return receipts.Unseen(unseen);
        else
        {
            // The whole of it: half leaves the institute or the agent outside, or what is written already.
            var (agent, institute) = (host.ReceiptsAccess.Seen?.Account, host.Institute);
            var mend = institute is null ? agent is null ? null : $"chown {agent} {path}"
                : $"chown -R {agent}:{institute} {path} && chmod 2750 {path}";
            yield return (host.Folder(path).Seen is null ? null : Written(receipts, host, path, mend))
                ?? Receipts(receipts, path, host.Folder(path).Seen, institute, mend);
        }
    }

    static string Why(ClosedCause cause) => cause switch
    {
        ClosedCause.NoWriting => "cause.closed-no-writing",
        ClosedCause.NoEntry => "cause.closed-no-entry",
        ClosedCause.ReadOnly => "cause.closed-read-only",
        ClosedCause.Immutable => "cause.closed-immutable",
    };

    /// <summary>
    /// Checks that the agent can open what the institute delivers. A command never has the name of an entry: the sender
    /// chose it.
    /// </summary>
    static ConformityRow Access(Clause clause, HostFacts host, FolderFacts drop)
    {
        if (host.DropAccess.Seen is not { } access)
            return clause.Unseen(host.DropAccess.Hidden ?? new Said("check.access-account-none"));
        (string, object?) account = ("account", access.Account);
        if (access.Refused is not { } refused)
            return clause.Pass(
                new Said("check.drop-modes-right", ("mode", AgentRules.Octal(drop.Mode)), account));
        var found = access.Entry is not { } entry
            ? new Said("check.drop-unreached", account, ("path", refused))
            : new Said(
                "check.drop-refused", account, ("path", refused), ("owner", entry.Owner), ("group", entry.Group),
                ("mode", entry.Mode), ("lacks", Lacking(access.Lacks)));
        if (refused == drop.Path)
            return host.Opening is { } opening ? clause.Fail(found, command: opening)
                : access.Entry is null
                ? clause.Fail(found, new Said("check.drop-unreached-mend"), $"namei -l {drop.Path}")
                : clause.Fail(found, command: $"chgrp {access.Group} {drop.Path} && chmod 2770 {drop.Path}");
        return clause.Fail(
            found, new Said("check.drop-refused-mend"),
            $"chgrp -R {access.Group} {drop.Path} && chmod -R g+rwX {drop.Path}");
    }

    /// <summary>Returns in words what an account may not do.</summary>
    /// <param name="lacks"><c>r</c>, <c>w</c>, <c>x</c>, or several of them.</param>
    static Said Lacking(string lacks) => new(lacks switch
    {
        "r" => "check.access-read",
        "w" => "check.access-write",
        "x" => "check.access-enter",
        "rw" => "check.access-read-write",
        "wx" => "check.access-write-enter",
        _ => "check.access-open",
    });

    /// <summary>Checks that the agent can write acuses: it goes on without.</summary>
    /// <returns>Null if it can.</returns>
    static ConformityRow? Written(Clause clause, HostFacts host, string path, string? mend)
    {
        if (host.ReceiptsAccess.Seen is not { } access)
            return clause.Unseen(host.ReceiptsAccess.Hidden ?? new Said("check.access-account-none"));
        return access.Refused is null ? null
            : clause.Fail(
                new Said("check.receipts-refused", ("account", access.Account), ("path", path)), command: mend);
    }

    /// <summary>
    /// Checks the folder of the acuses: the institute's group must be able to read it, and new files must get that
    /// group (setgid). No other account may read it, because before the opening the acuses contain information that is
    /// not public.
    /// </summary>
    static ConformityRow Receipts(
        Clause clause, string path, FolderFacts? folder, string? account, string? mend)
    {
        if (folder is { IsFolder: true, OthersEnter: true })
            return clause.Warn(
                new Said("check.receipts-open", ("path", path), ("mode", AgentRules.Octal(folder.Mode))),
                command: mend);
        if (folder is { IsFolder: true, GroupEnters: true, HandsGroupOn: true }
            && (account is null || folder.Group == account))
            return clause.Pass(new Said("check.receipts-right", ("path", path)));
        var closed = new Said("check.receipts-closed", ("path", path));
        return folder is { IsFolder: true } ? clause.Warn(closed, command: mend)
            : clause.Fail(closed, command: "systemd-tmpfiles --create difusor-agent.conf");
    }
}
