using System.Text.RegularExpressions;
using Difusor.Agent.Setup;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.Tests.Setup;

/// <summary>
/// The packages' SELinux rules, as their scripts give them to semanage: once, and none where there is no SELinux.
/// </summary>
public sealed class LabelScriptTests : IDisposable
{
    const string Legacy = "/var/lib/difusor-syslog(-[^/]+)?/dev/log";

    readonly TemporaryFolder folder = new();

    public LabelScriptTests()
    {
        Tool("selinuxenabled", "exit 0");
        Tool("semodule", "exit 0");
        Tool("semanage", $"""
            case $1 in
              fcontext) cat '{folder["known"]}' ;;
              import) cat > '{folder["imported"]}' ;;
            esac
            """);
        folder.Write("known", "");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EachPlaceWhereAnotherServiceWorksHasARuleForTheFirstAndForTheOthers()
    {
        var rules = Patterns(Label(""));
        foreach (var instance in new[] { new SetupInstance("agent"), new SetupInstance("ine") })
            foreach (var place in new[]
            {
                $"{instance.State}/public/releases/R1/index.html", $"{instance.State}/staging/x",
                $"{instance.Run}/page/index.html", instance.SyslogSocket, $"{instance.Home}/entrega/PREP.zip",
                $"{instance.Home}/acuses/ultimo.json",
            }) Assert.Single(rules, rule => rule.IsMatch(place));
        Assert.DoesNotContain(rules, rule => rule.IsMatch("/var/lib/difusor-agent/journal/000001.jsonl"));
        Assert.DoesNotContain(rules, rule => rule.IsMatch("/run/difusor-agent/status.json"));
    }

    [Fact]
    public void ARuleThatIsThereStaysAndTheOneOfNoUseGoes()
    {
        var all = Label("");
        var known = all.Split('\n').Where(line => line.Length > 0)
            .Select(line => line.Split('\'')[1] + "    all files    system_u:object_r:theirs_t:s0");
        Assert.Equal("", Label(string.Join('\n', known) + "\n"));
        var former = $"{Legacy}    all files    system_u:object_r:devlog_t:s0\n";
        Assert.EndsWith($"fcontext -d '{Legacy}'\n", Label(former), StringComparison.Ordinal);
    }

    [Fact]
    public void ARemovalTakesAwayWhatIsThere()
    {
        var all = Patterns(Label(""));
        Assert.Equal("", Label("", "off"));
        var known = string.Join('\n', all.Select(rule => rule.ToString()[1..^1] + "    all files    x")) + "\n";
        var gone = Label(known, "off").Split('\n').Where(line => line.Length > 0).ToList();
        Assert.Equal(all.Count, gone.Count);
        Assert.All(gone, line => Assert.StartsWith("fcontext -d '", line, StringComparison.Ordinal));
    }

    [Fact]
    public void WithoutSELinuxSemanageIsNotAsked()
    {
        Tool("selinuxenabled", "exit 1");
        Assert.Equal("", Label(""));
    }

    static List<Regex> Patterns(string imported) =>
        [.. imported.Split('\n').Where(line => line.Length > 0)
            .Select(line => new Regex($"^{line.Split('\'')[1]}$"))];

    /// <summary>What semanage is given to import.</summary>
    /// <param name="known">The local rules that it lists.</param>
    string Label(string known, string how = "")
    {
        folder.Write("known", known);
        File.Delete(folder["imported"]);
        var common = Path.Combine(Repository.Root, "packaging/scripts/common");
        var (exit, said, errors) =
            Bounded.Run("sh", "-ec", $"PATH='{folder.Path}':$PATH; . '{common}'; label {how}");
        Assert.True(exit == 0, said + errors);
        return File.Exists(folder["imported"]) ? File.ReadAllText(folder["imported"]) : "";
    }

    void Tool(string name, string script)
    {
        var path = folder.Write(name, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }
}
