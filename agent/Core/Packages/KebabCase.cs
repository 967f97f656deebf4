using System.Text.Json;
using System.Text.Json.Serialization;

namespace Difusor.Agent.Packages;

/// <summary>
/// Writes and reads the members of an enumeration as codes: <c>BeforeOpening</c> is <c>before-opening</c>.
/// </summary>
public sealed class KebabCase<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

public static class KebabCase
{
    /// <summary>Returns a member's name as a code.</summary>
    public static string Of(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);
}
