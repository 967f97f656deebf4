using Difusor.Agent.Cli;
using Difusor.Agent.Setup;
using Difusor.Agent.Tests.Texts;
using Difusor.Agent.Texts;
using static Difusor.Agent.Tests.Setup.SetupScene;

namespace Difusor.Agent.Tests.Setup;

/// <summary>What is shown before the one question: two hundred lines, among them all of agent.yaml, hid it.</summary>
public sealed class SetupViewTests
{
    [Theory, InlineData(Language.Es), InlineData(Language.En)]
    public void OnAFreshHostTheChangesFitOnOneScreenAndEachIsNamed(Language language)
    {
        var fresh = Fresh() with { SshdFolderMissing = true, AccountExists = false };
        foreach (var host in new[] { fresh, fresh with { Ufw = "Status: active" }, Host(debian: false) })
        {
            var plan = SetupPlan.Of(Wish with { Election = "ieem-2024" }, First, host);
            var lines = Shown(plan, language, view => view.Short()).Split('\n');
            Assert.InRange(lines.Length, 10, 31);
            foreach (var file in plan.SelectMany(stage => stage.Changes).OfType<FileChange>())
                Assert.Single(lines, line => line.StartsWith($"  {file.Path}  (", StringComparison.Ordinal));
            Assert.All(plan, stage => Assert.Contains(Messages.Say(language, $"setup.stage-{stage.Name}"), lines));
            var words = lines.Where(line => line.StartsWith("  /", StringComparison.Ordinal) || line is not [' ', ..]);
            Assert.All(words, line => Assert.Empty(OneLanguage.Foreign(language, line)));
        }
    }

    [Fact]
    public void WhatIsShownWholeHasEachLineOfEachFile()
    {
        var plan = SetupPlan.Of(Wish with { Election = "ieem-2024" }, First, Fresh());
        var whole = Shown(plan, Language.Es, view => view.Whole());
        foreach (var file in plan.SelectMany(stage => stage.Changes).OfType<FileChange>())
            foreach (var line in LineDifference.Between(file.Before, file.After))
                Assert.Contains(line, whole, StringComparison.Ordinal);
    }

    [Fact]
    public void AChangedFileSaysHowMuchOfItChanges()
    {
        IReadOnlyList<Stage> plan =
        [
            new("agent", [new FileChange("/a", "1\n2\n", "1\n3\n4\n"), new FileChange("/b", "1\n", null)], [], []),
        ];
        var shown = Shown(plan, Language.Es, view => view.Short());
        Assert.Contains("  /a  (se cambia: 2 líneas más, 1 menos)\n", shown, StringComparison.Ordinal);
        Assert.Contains("  /b  (se quita)\n", shown, StringComparison.Ordinal);
    }

    static string Shown(IReadOnlyList<Stage> plan, Language language, Action<SetupView> show)
    {
        using var output = new StringWriter();
        show(new SetupView(new CliOutput(output, TextWriter.Null, language, Surface.Plain), plan));
        return output.ToString();
    }
}
