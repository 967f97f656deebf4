using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Sentinel;

/// <summary>
/// Lists, for analysts and citizens, each published corte: when it was published, and its huella del paquete, with the
/// command that computes it from the files. The list is outside the docroot, so nothing is added to the package.
/// </summary>
public static class Huellas
{
    /// <summary>
    /// The command that computes the huella with find, xargs and coreutils, run in the folder with the package's files.
    /// </summary>
    public const string Recipe =
        "find . -type f -regextype posix-extended ! -iregex "
            + "'(.*/)?(HASH(ES)?(\\.txt)?|[^/]*\\.(hash|md5|sha1|sha256|sha384|sha512)|[^/]*SUMS(\\.txt)?|"
            + "manifest-[a-z0-9]+\\.txt)(\\.(sig|asc|gpg|minisig|p7s|tsr))?' "
        + "-printf '%P\\0' | xargs -0 sha256sum -- | LC_ALL=C sort | sha256sum";

    static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="published">The records of publications in the public root, oldest first.</param>
    public static string Text(Language language, string election, IEnumerable<JournalRecord> published)
    {
        var lines = new List<string>
        {
            $"# {election}: {Messages.Say(language, "page.huellas-title")}",
            $"# {Messages.Say(language, "page.huellas-how")}",
            $"#   {Recipe}",
            $"# {Messages.Say(language, "page.huellas-columns")}",
        };
        lines.AddRange(
            Published(published)
            .Select(one => $"{one.Corte.Corte}  {RecordLine.Time(one.At)}  {one.Corte.ManifestSha256}"));
        return string.Join('\n', lines) + "\n";
    }

    public static string Json(string election, IEnumerable<JournalRecord> published) => new JsonObject
    {
        ["election"] = election,
        ["recipe"] = Recipe,
        ["published"] = new JsonArray([.. Published(published).Select(one => new JsonObject
        {
            ["corte"] = one.Corte.Corte.ToString(),
            ["published_at"] = RecordLine.Time(one.At),
            ["manifest_sha256"] = one.Corte.ManifestSha256,
            ["files"] = one.Corte.Files,
        })]),
    }.ToJsonString(Readable) + "\n";

    static IEnumerable<(CortePublished Corte, DateTimeOffset At)> Published(IEnumerable<JournalRecord> records)
    {
        foreach (var record in records)
            if (record.Happened is CortePublished corte) yield return (corte, record.BestTime);
    }
}
