using System.Buffers;
using System.Text.Json;
using Difusor.Agent.Night;
using Difusor.Agent.Publication;
using Difusor.Agent.Texts;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// Writes the acuses that the institute fetches over SFTP (contract, section 6): one JSON file for each delivery, and
/// <c>ultimo.json</c> for the last one. They only inform the sender and are not part of the proof: if one cannot be
/// written, the agent complains and goes on; that the folder cannot be written to, the loop tells as a trouble.
/// </summary>
/// <param name="complain">Receives the fault when an acuse could not be written.</param>
public sealed class Receipts(Action<SystemFault> complain) : IReceipts
{
    const string Last = "ultimo";

    /// <summary>The file that repeats the last acuse.</summary>
    internal const string LastName = Last + ".json";

    const int LongestName = 200;

    /// <summary>Gets or sets the folder of the acuses; null: none are written.</summary>
    public string? Folder { get; set; }

    /// <summary>Gets or sets the language in which the details of a later rejection are written.</summary>
    public Language Language { get; set; }

    /// <summary>Looks whether acuses can be written: the folder is there, and the agent may write to it.</summary>
    /// <returns>Why they cannot; null if they can, or none are to be written.</returns>
    public SystemFault? Look() =>
        Folder is { } folder && Syscall.access(folder, AccessModes.W_OK | AccessModes.X_OK) < 0
            ? SystemFault.Last("access", folder) : null;

    public void Write(string delivery, PackageState state, Verdict verdict, DateTimeOffset at, bool isRehearsal) =>
        Write(delivery, json =>
    {
        Describe(
            json, verdict.Package, verdict.Series, verdict.Corte, state, at, verdict.ManifestSha256, verdict.Files,
            verdict.Bytes, isRehearsal);
        VerdictJson.WriteFindings(json, "reasons", Told.Of(verdict.Reasons), verdict.ReasonsTotal);
    });

    /// <summary>Writes the acuse of a release whose state has changed since its verdict.</summary>
    /// <param name="isLast">False: <c>ultimo.json</c> stays as it is.</param>
    /// <param name="reason">Why it is rejected; null in any other state.</param>
    public void Write(
        Release release, PackageState state, DateTimeOffset at, bool isLast = true, Finding? reason = null) =>
        Write(release.Package, json =>
    {
        Describe(
            json, release.Package, release.Series, release.Corte, state, at, release.ManifestSha256, release.Files,
            release.Bytes, release.Destination == Root.Rehearsal);
        IReadOnlyList<Finding> reasons =
            reason is null ? [] : [reason with { Detail = Details.In(Language, reason.Detail) }];
        VerdictJson.WriteFindings(json, "reasons", Told.Of(reasons), reasons.Count);
    }, isLast);

    static void Describe(
        Utf8JsonWriter json, string package, string? series, Corte? corte, PackageState state, DateTimeOffset at,
        string manifest, int files, long bytes, bool isRehearsal)
    {
        json.WriteString("package", package);
        if (isRehearsal) json.WriteBoolean("rehearsal", true);
        json.WriteString("series", series);
        json.WriteString("corte", corte?.ToString());
        json.WriteString("state", state.Word());
        json.WriteString("at", new Corte(at).ToString());
        json.WriteString("manifest_sha256", manifest);
        json.WriteNumber("files", files);
        json.WriteNumber("bytes", bytes);
    }

    void Write(string delivery, Action<Utf8JsonWriter> describe, bool isLast = true)
    {
        if (Folder is null) return;
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, PrintableJson.Line))
        {
            json.WriteStartObject();
            describe(json);
            json.WriteEndObject();
        }
        try
        {
            using var folder = OwnFolder.Open(Folder);
            // 0640: the institute, whose group comes from the folder, may read what is not published yet; no other
            // account may. Not flushed: the publication must not wait for an acuse.
            DurableFile.Replace(folder, NameFor(delivery), bytes.WrittenSpan, Modes.GroupFile);
            if (isLast) DurableFile.Replace(folder, LastName, bytes.WrittenSpan, Modes.GroupFile);
        }
        catch (SystemFault fault)
        {
            complain(fault);
        }
    }

    /// <summary>Returns a file name for a delivery's name: not too long, not hidden, and inside this folder.</summary>
    static string NameFor(string delivery)
    {
        var name = new StringBuilder();
        foreach (var rune in delivery.EnumerateRunes())
            name.Append(rune.Value == '/' || Printable.Hides(rune) ? "_" : rune.ToString());
        while (Encoding.UTF8.GetByteCount(name.ToString()) > LongestName) name.Length--;
        if (name.Length == 0 || name[0] == '.' || name.ToString() == Last) name.Insert(0, '_');
        return name.Append(".json").ToString();
    }
}
