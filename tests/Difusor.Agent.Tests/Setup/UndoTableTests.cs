using Difusor.Agent.Setup;
using static Difusor.Agent.Tests.Setup.SetupScene;

namespace Difusor.Agent.Tests.Setup;

/// <summary>Each command of an undo, where something has happened between setup and undo.</summary>
public sealed class UndoTableTests
{
    static readonly (string Name, HostFacts Host, SetupInstance Instance, Func<HostFacts, HostFacts> Since)[] Hosts =
    [
        ("an agent that did not start before", Host() with { AgentRuns = false, AgentStarts = false }, First, it => it),
        ("an agent that was stopped since", Host(), First, it => it with { AgentRuns = false }),
        ("an agent that starts no more", Fresh(), First, it => it with { AgentRuns = false, AgentStarts = false }),
        ("an agent that starts but does not run", Fresh(), First, it => it with { AgentRuns = false }),
        ("setup's own configuration, edited", Fresh(), First, it => Edited(it, First)),
        ("a second one's configuration, edited", Host(debian: false), Second, it => Edited(it, Second)),
        ("a configuration that cannot be read", Host(), First,
            it => it with { Settings = null, Places = null, Files = it.Files.SetItem(First.Config, "?") }),
        ("results that are public, of a second one", Host(), Second, it => it with { Published = true }),
    ];

    static HostFacts Edited(HostFacts host, SetupInstance instance) =>
        WithConfig(host, instance, host.Files[instance.Config] + "# mine\n");

    [Fact]
    public void UndoDoesOnEachHostWhatTheTableSays()
    {
        var (text, told) = (new StringBuilder(), new HashSet<FileChange>());
        foreach (var (name, host, instance, since) in Hosts)
            SetupTableTests.Tell(
                text, told, $"# {name}",
                UndoPlan.Of(instance, since(After(host, instance, SetupPlan.Of(Wish, instance, host)))));
        Golden.Holds("undo.txt", text.ToString());
    }

    [Theory]
    [InlineData("ieem-2021", true), InlineData("/etc/x_y/a.b-c.yaml", false), InlineData("a/b.c_d-e", true)]
    [InlineData("", false), InlineData("2021", false), InlineData("a b", false), InlineData("a:b", false)]
    [InlineData("a#", false), InlineData("a\"", false), InlineData("ñ", false), InlineData("añ", false)]
    public void ATextIsPlainWhereNothingInItHasAMeaning(string text, bool isPlain) =>
        Assert.Equal(isPlain, SetupConfiguration.Scalar(text) == text);
}
