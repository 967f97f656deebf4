using System.Text.RegularExpressions;
using Difusor.Agent.Night;

namespace Difusor.Agent.Tests.Structure;

/// <summary>What a thread says to the agent loop is taken there.</summary>
public sealed class SignalTests
{
    [Fact]
    public void EachSignalHasItsCase()
    {
        var cases = string.Concat(new[] { "AgentLoop.cs", "IntegrityMonitor.cs" }
            .Select(file => File.ReadAllText(Path.Combine(Repository.Root, "agent/Agent/Daemon", file))));
        var signals = Repository.Types.Where(type => type.IsSubclassOf(typeof(Signal)) && !type.IsAbstract)
            .Select(type => type.Name).ToList();
        Assert.Contains("StopRequested", signals);
        Assert.All(signals, signal => Assert.Matches(new Regex($@"\bcase (\w+ or )*{signal}\b"), cases));
    }
}
