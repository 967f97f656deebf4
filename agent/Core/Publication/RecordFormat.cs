using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Difusor.Agent.Publication;

/// <summary>
/// Reads and writes <c>sealed/ID.json</c>: one object, the release's own members first and <c>files</c> last, so that
/// it is possible to read only the beginning. Each file is an array, <c>[path, size, sha256, mtime]</c>. Written by
/// hand for speed: a second corte of 13,000 files costs milliseconds.
/// </summary>
public static class RecordFormat
{
    static readonly JsonWriterOptions Writing =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void Write(ReleaseRecord record, IBufferWriter<byte> into)
    {
        using var json = new Utf8JsonWriter(into, Writing);
        var release = record.Release;
        json.WriteStartObject();
        json.WriteString("id"u8, release.Id.Value);
        json.WriteNumber("sequence"u8, release.Sequence);
        json.WriteString("package"u8, release.Package);
        json.WriteString("corte"u8, release.Corte.ToString());
        json.WriteString("series"u8, release.Series);
        json.WriteString("manifest_sha256"u8, release.ManifestSha256);
        json.WriteNumber("file_count"u8, release.Files);
        json.WriteNumber("bytes"u8, release.Bytes);
        json.WriteString(
            "destination"u8,
            release.Destination switch { Root.Public => "public", Root.Rehearsal => "rehearsal", _ => null });
        json.WriteBoolean("future"u8, release.Future);
        json.WriteNumber("newest"u8, release.Newest);
        json.WriteString("sealed_at"u8, release.SealedAt.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("made_from"u8, release.MadeFrom?.Value);
        json.WriteStartArray("warnings"u8);
        foreach (var warning in release.Warnings) warning.WriteTo(json);
        json.WriteEndArray();
        json.WriteStartArray("files"u8);
        Span<byte> hex = stackalloc byte[64];
        foreach (var file in record.Files)
        {
            json.WriteStartArray();
            json.WriteStringValue(file.Path.Value);
            json.WriteNumberValue(file.Size);
            Convert.TryToHexStringLower(file.Sha256.Bytes, hex, out _);
            json.WriteStringValue(hex);
            json.WriteNumberValue(file.Mtime);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads the release's own members.</summary>
    /// <param name="head">The record, or its beginning.</param>
    /// <returns>The release; null if <paramref name="head"/> ends before <c>files</c>, or is not a record.</returns>
    public static Release? ReadRelease(ReadOnlySpan<byte> head)
    {
        try
        {
            var json = new Utf8JsonReader(head, isFinalBlock: false, default);
            return Head(ref json);
        }
        catch (Exception damaged) when (damaged is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <param name="like">
    /// A record whose path objects are used again if they are equal: cortes differ in few paths, and are in memory
    /// together.
    /// </param>
    /// <returns>The record; null if it is not a complete one.</returns>
    public static ReleaseRecord? Read(ReadOnlySpan<byte> record, ReleaseRecord? like = null)
    {
        try
        {
            var json = new Utf8JsonReader(record);
            if (Head(ref json) is not { } release) return null;
            var files = new List<ReleaseFile>(release.Files);
            var at = 0;
            while (json.Read() && json.TokenType == JsonTokenType.StartArray)
            {
                json.Read();
                var path = Path(ref json, like?.Files ?? [], ref at);
                json.Read();
                var size = json.GetInt64();
                json.Read();
                var digest = new byte[32];
                Hex(json.ValueSpan, digest);
                json.Read();
                files.Add(new ReleaseFile(path, size, new Digest(DigestAlgorithm.Sha256, digest), json.GetInt64()));
                json.Read();
            }
            return json.Read() && files.Count == release.Files ? new ReleaseRecord(release, files) : null;
        }
        catch (Exception damaged)
            when (damaged is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <param name="at">
    /// How far <paramref name="known"/> has been searched: both are in the order of their paths.
    /// </param>
    static RelativePath Path(ref Utf8JsonReader json, IReadOnlyList<ReleaseFile> known, ref int at)
    {
        if (at < known.Count && json.ValueTextEquals(known[at].Path.Value)) return known[at++].Path;
        var path = RelativePath.Own(json.GetString() ?? throw new FormatException());
        while (at < known.Count && known[at].Path < path) at++;
        return at < known.Count && known[at].Path == path ? known[at++].Path : path;
    }

    static Release? Head(ref Utf8JsonReader json)
    {
        ReleaseId? id = null, madeFrom = null;
        Corte? corte = null;
        Root? destination = null;
        var (package, manifest, series) = ("", "", (string?)null);
        var (sequence, bytes, newest, files, future) = (0L, 0L, 0L, 0, false);
        var sealedAt = default(DateTimeOffset);
        var warnings = ImmutableArray.CreateBuilder<Finding>();
        if (!json.Read()) return null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            if (!json.Read()) return null;
            switch (name)
            {
                case "id": id = ReleaseId.Read(json.GetString() ?? ""); break;
                case "sequence": sequence = json.GetInt64(); break;
                case "package": package = json.GetString() ?? ""; break;
                case "corte": corte = Corte.Read(json.GetString() ?? ""); break;
                case "series": series = json.GetString(); break;
                case "manifest_sha256": manifest = json.GetString() ?? ""; break;
                case "file_count": files = json.GetInt32(); break;
                case "bytes": bytes = json.GetInt64(); break;
                case "destination": destination = json.GetString(
                    ) switch { "public" => Root.Public, "rehearsal" => Root.Rehearsal, _ => null }; break;
                case "future": future = json.GetBoolean(); break;
                case "newest": newest = json.GetInt64(); break;
                case "sealed_at":
                    if (!DateTimeOffset.TryParse(
                        json.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.None, out sealedAt)) return null;
                    break;
                case "made_from": madeFrom = json.GetString() is { } from ? ReleaseId.Read(from) : null; break;
                case "warnings": if (!Warnings(ref json, warnings)) return null; break;
                case "files":
                    return id is { } known && corte is { } at
                        ? new Release(
                            known, sequence, package, at, series, manifest, files, bytes, destination, future, newest,
                            sealedAt,
                            warnings.ToImmutable(), madeFrom)
                        : null;
                default: if (!json.TrySkip()) return null; break;
            }
        }
        return null;
    }

    static bool Warnings(ref Utf8JsonReader json, ImmutableArray<Finding>.Builder into)
    {
        var (code, path, detail) = ("", (string?)null, "");
        while (json.Read())
        {
            switch (json.TokenType)
            {
                case JsonTokenType.EndArray: return true;
                case JsonTokenType.EndObject: into.Add(new Finding(code, path, detail)); break;
                case JsonTokenType.PropertyName when json.ValueTextEquals("code"u8): code = Text(ref json); break;
                case JsonTokenType.PropertyName when json.ValueTextEquals("path"u8): path = json.Read()
                    ? json.GetString() : null; break;
                case JsonTokenType.PropertyName when json.ValueTextEquals("detail"u8): detail = Text(ref json); break;
            }
        }
        return false;
    }

    static string Text(ref Utf8JsonReader json) => json.Read() ? json.GetString() ?? "" : "";

    static void Hex(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        if (Convert.FromHexString(text, bytes, out _, out var written) != OperationStatus.Done
            || written != bytes.Length)
            throw new FormatException();
    }
}
