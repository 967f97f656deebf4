using System.Text.Json.Nodes;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>
/// One row of <c>check</c>: what was checked and found, the result, and what to do about it.
/// </summary>
/// <param name="Id">A stable name for programs: <c>apache</c>, <c>ssh-account</c>.</param>
/// <param name="Mend">What to do, in words; null if nothing, or if <paramref name="Command"/> says it all.</param>
/// <param name="Command">A command to paste that corrects it; null if there is none.</param>
public sealed record ConformityRow(
    string Id, Standing Standing, Said Looked, Said Found, Said? Mend = null, string? Command = null)
{
    /// <summary>Gets the number of the clause in the call: <c>II.1.b</c>; null where no call is known.</summary>
    public string? Clause { get; init; }

    /// <summary>Gets what it is about, where no call is known.</summary>
    public Said? Subject { get; init; }

    /// <summary>Returns what people see before the row: the clause, or the subject.</summary>
    public string Heading(Language language) => Clause ?? Subject?.In(language) ?? "";

    public JsonObject ToJson(Language language) => new()
    {
        ["id"] = Id,
        ["clause"] = Clause,
        ["state"] = Standing.Word(),
        ["looked"] = Looked.In(language),
        ["found"] = Found.In(language),
        ["mend"] = Mend?.In(language),
        ["command"] = Command,
    };
}

/// <summary>Makes the rows of one subject; the message <c>check.ID</c> says what is checked.</summary>
public readonly record struct Clause(string Id)
{
    Said Looked => new($"check.{Id}");

    public ConformityRow Pass(Said found) => new(Id, Standing.Pass, Looked, found);

    public ConformityRow Warn(Said found, Said? mend = null, string? command = null) =>
        new(Id, Standing.Warn, Looked, found, mend, command);

    public ConformityRow Fail(Said found, Said? mend = null, string? command = null) =>
        new(Id, Standing.Fail, Looked, found, mend, command);

    public ConformityRow ByHand(Said found, Said? mend = null, string? command = null) =>
        new(Id, Standing.ByHand, Looked, found, mend, command);

    /// <summary>Returns the row for something that could not be seen; it is not guessed.</summary>
    public ConformityRow Unseen(Said why) => ByHand(why);
}

/// <summary>The words of <see cref="Standing"/>.</summary>
public static class StandingWords
{
    public static string Word(this Standing standing) => standing switch
    {
        Standing.Pass => "pass",
        Standing.Warn => "warn",
        Standing.Fail => "fail",
        Standing.ByHand => "by-hand",
    };
}
