namespace Difusor.Agent.Tests.Cli;

/// <summary>The command lines whose output may have something of the configuration.</summary>
static class ShownCommands
{
    public static readonly string[] Lines =
    [
        "config show", "config show --json", "config validate", "config validate --json", "check", "check --json",
        "check --html", "check --anexo1", "status", "status --json", "clock", "releases list", "journal show",
        "journal verify", "huellas", "profile show", "profile show --json",
    ];

    /// <summary>The commands that are not tried so: they act, or have no configuration.</summary>
    public static readonly string[] Others =
    [
        "config reload", "config schema", "demo", "journal export", "notify test", "profile new", "profile schema",
        "profile validate", "publish", "releases activate", "releases remove", "releases resume", "retry", "run",
        "setup", "simulacro", "verify", "withdraw",
    ];
}
