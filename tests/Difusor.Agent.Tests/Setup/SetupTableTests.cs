using Difusor.Agent.Setup;
using static Difusor.Agent.Tests.Setup.SetupScene;

namespace Difusor.Agent.Tests.Setup;

/// <summary>
/// Each command that <c>setup</c> and its undo run, and each file that they write, on hosts that differ.
/// </summary>
public sealed class SetupTableTests
{
    static readonly (string Name, HostFacts Host, SetupInstance Instance)[] Hosts =
    [
        ("Debian", Host(), First),
        ("Red Hat", Host(debian: false), First),
        ("Debian with ufw", Host() with { Ufw = "Status: active\n22/tcp ALLOW Anywhere" }, First),
        ("Red Hat with firewalld", Host(debian: false) with { Firewalld = "public (active)\n  services: ssh" }, First),
        ("another port of sshd", Host() with { Ufw = "Status: active", SshPort = "2222" }, First),
        ("nothing runs yet", Fresh() with { SshdFolderMissing = true, AccountExists = false }, First),
        ("a second instance", Host() with { Enabled = ["ssl", "rewrite", "site:difusor-agent"] }, Second),
        ("a second instance on Red Hat", Host(debian: false), Second),
        ("results are public", Host() with { Published = true }, First),
        ("a name that resolves", Host() with { SiteResolves = true }, First),
    ];

    [Fact]
    public void SetupAndItsUndoDoOnEachHostWhatTheTableSays()
    {
        var text = new StringBuilder();
        var told = new HashSet<FileChange>();
        foreach (var (name, host, instance) in Hosts)
        {
            var plan = SetupPlan.Of(Wish, instance, host);
            Tell(text, told, $"# {name}: setup", plan);
            Tell(text, told, $"# {name}: undo", UndoPlan.Of(instance, After(host, instance, plan)));
        }
        Golden.Holds("setup.txt", text.ToString());
    }

    internal static void Tell(StringBuilder text, HashSet<FileChange> told, string title, IEnumerable<Stage> plan)
    {
        text.Append(title).Append('\n');
        foreach (var stage in plan)
        {
            text.Append($"{stage.Name}\n");
            foreach (var change in stage.Changes)
                if (change is FileChange known && !told.Add(known)) text.Append($"  file {known.Path}, as above\n");
                else if (change is FileChange file)
                    foreach (var line in LineDifference.Between(file.Before, file.After).Prepend(file.Path))
                        text.Append($"  file {line}\n");
                else if (change is CommandChange command)
                    text.Append($"  run {string.Join(' ', command.Run)}; undo {string.Join(' ', command.Undo ?? [])}")
                        .Append(command.Secret ? " (secret)\n" : "\n");
            foreach (var proof in stage.Proofs)
                text.Append($"  proof {string.Join(' ', proof.Run)} {proof.Says} {proof.Before}\n");
            foreach (var reload in stage.Reloads) text.Append($"  reload {string.Join(' ', reload)}\n");
        }
    }
}
