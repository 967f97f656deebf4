using System.Text.Json.Nodes;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>
/// One row of <c>check</c>: a clause of the convocatoria, what was looked at and found, how it stands, and what mends
/// it.
/// </summary>
/// <param name="Id">Stable, for programs: <c>apache</c>, <c>ssh-account</c>.</param>
/// <param name="Clause">As the call numbers it: <c>II.1.b</c>.</param>
/// <param name="Mend">What to do, in words; null where nothing, or where <paramref name="Command"/> says it
/// all.</param>
/// <param name="Command">The command that mends it, to be pasted; null where none does.</param>
public sealed record ConformityRow(
    string Id, string Clause, Standing Standing, Said Looked, Said Found, Said? Mend = null, string? Command = null)
{
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

/// <summary>The rows of one subject: what is looked at is the message <c>check.ID</c>.</summary>
public readonly record struct Clause(string Id, string Number)
{
    Said Looked => new($"check.{Id}");

    public ConformityRow Pass(Said found) => new(Id, Number, Standing.Pass, Looked, found);

    public ConformityRow Warn(Said found, Said? mend = null, string? command = null) =>
        new(Id, Number, Standing.Warn, Looked, found, mend, command);

    public ConformityRow Fail(Said found, Said? mend = null, string? command = null) =>
        new(Id, Number, Standing.Fail, Looked, found, mend, command);

    public ConformityRow ByHand(Said found, Said? mend = null, string? command = null) =>
        new(Id, Number, Standing.ByHand, Looked, found, mend, command);

    /// <summary>It could not be seen, and is not guessed.</summary>
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
        _ => "by-hand",
    };
}
