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
}
