using System.Text.Json;

namespace Difusor.Agent.Packages;

/// <summary>
/// A reason or a warning: its code, the file it is about (as the sender wrote it, made printable) or null, and what was
/// found, in plain English.
/// </summary>
public sealed record Finding(string Code, string? Path, string Detail)
{
    public static Finding Of(ReasonCode reason, string? path, string detail) => new(reason.Code(), path, detail);

    /// <summary>Writes the finding as an object: <c>code</c>, <c>path</c>, <c>detail</c>.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("code"u8, Code);
        json.WriteString("path"u8, Path);
        json.WriteString("detail"u8, Detail);
        json.WriteEndObject();
    }
}
