using System.Text.Json.Serialization;

namespace Difusor.Agent.Night;

/// <summary>The outcome of a judged package, with the words of the acuses (contract, section 6).</summary>
[JsonConverter(typeof(KebabCase<PackageState>))]
public enum PackageState
{
    Published,
    Held,
    Rejected,
    Superseded,
    Duplicate,
}

public static class PackageStates
{
    static readonly string[] Words = [.. Enum.GetNames<PackageState>().Select(KebabCase.Of)];

    /// <summary>Returns the word in acuses and answers.</summary>
    public static string Word(this PackageState state) => Words[(int)state];
}
