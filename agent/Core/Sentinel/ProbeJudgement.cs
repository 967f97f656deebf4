using Difusor.Agent.Events;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Sentinel;

/// <summary>The answer of a web server to the request for one file.</summary>
/// <param name="Status">The HTTP status; 0 if there was no answer, and <paramref name="Error"/> says why.</param>
/// <param name="Location">The target of a redirect; null if it is not one.</param>
/// <param name="Encoding">A Content-Encoding, although none was asked for; null if there is none.</param>
/// <param name="Sha256">The digest of the body; null if there was none.</param>
/// <param name="Certificate">What is wrong with the certificate; null if nothing is, or it is not https.</param>
/// <param name="Garbled">The wrong charset that is announced for a UTF-8 text; null if the charset does no
/// harm.</param>
/// <param name="CertificateUntil">Until when the certificate that was shown is valid; null if it is not https.</param>
public sealed record ProbeAnswer(
    int Status, string? Location, string? ContentType, string? Encoding, long Length, Digest? Sha256, string? Error,
    string? Certificate,
    string? Garbled = null, DateTimeOffset? CertificateUntil = null);

/// <summary>The kinds of trouble. The kind stays the same even if a server sends different bytes each time.</summary>
public enum ProbeTrouble { NoAnswer, Certificate, Stale, Redirect, Login, Forbidden, Missing, ErrorPage, Encoded,
    Garbled, Rewritten }

/// <summary>What a probe found to be wrong.</summary>
/// <param name="Served">The recent release whose bytes are served; null if they belong to none, or are the notice
/// page's.</param>
public sealed record ProbeFinding(
    ProbeTrouble Trouble, EventCode Code, string? Path, string? Expected, string? Found, int? Status, ReleaseId? Served,
    string Detail)
{
    /// <summary>Gets how bad the finding is; the worst finding of a round represents it.</summary>
    public int Badness => Code switch { EventCode.ProbeMismatch => 3, EventCode.ProbeFailed => 2, _ => 1 };
}

/// <summary>
/// Decides whether the served bytes are the published ones. A redirect, a login, an error page or a rewrite is a
/// mismatch; no answer at all proves nothing.
/// </summary>
public static class ProbeJudgement
{
    /// <param name="recent">The other releases that are kept, and the notice page: a cache or a CDN may still have
    /// them.</param>
    /// <returns>Null if the bytes are the published ones and the certificate is good.</returns>
    public static ProbeFinding? Judge(ReleaseFile expected, ProbeAnswer answer, IEnumerable<SealedTree> recent)
    {
        var path = expected.Path.Value;
        if (answer.Status == 0)
            return new(
                ProbeTrouble.NoAnswer, EventCode.ProbeFailed, path, null, null, null, null,
                answer.Error ?? "no answer");
        if (answer is { Status: 200, Sha256: { } digest } && digest == expected.Sha256)
        {
            if (answer.Garbled is { } charset)
                return new(
                    ProbeTrouble.Garbled, EventCode.ProbeMismatch, path, "charset=utf-8", $"charset={charset}", 200,
                    null,
                    $"announced as charset {charset}, and it is UTF-8: readers see broken accents; is it "
                        + $"AddDefaultCharset?");
            return answer.Certificate is { } wrong
                ? new(ProbeTrouble.Certificate, EventCode.ProbeFailed, path, null, null, 200, null,
                $"certificate: {wrong}") : null;
        }
        if (answer is { Status: 200, Sha256: { } served })
            foreach (var tree in recent)
                if (tree.File(path)?.Sha256 == served)
                    return tree.Release is { } release
                        ? new(
                            ProbeTrouble.Stale, EventCode.ProbeStale, path, expected.Sha256.Hex, served.Hex, 200,
                            release, "the bytes of a recent release")
                        // A cache may have it for a moment. Who gets it for longer gets no results at all.
                        : new(
                            ProbeTrouble.Stale, EventCode.ProbeMismatch, path, expected.Sha256.Hex, served.Hex, 200,
                            null, "still the notice page");
        var (trouble, detail) = Difference(expected, answer);
        return new(
            trouble, EventCode.ProbeMismatch, path, expected.Sha256.Hex, answer.Sha256?.Hex ?? $"HTTP {answer.Status}",
            answer.Status, null, detail);
    }

    static (ProbeTrouble, string) Difference(ReleaseFile expected, ProbeAnswer answer) => answer switch
    {
        { Location: { } elsewhere } => (ProbeTrouble.Redirect, $"HTTP {answer.Status}: redirects to {elsewhere}"),
        { Status: 401 or 407 } =>
            (ProbeTrouble.Login, $"HTTP {answer.Status}: asks for a login; access must be free (call, I.2)"),
        { Status: 403 } => (ProbeTrouble.Forbidden, "HTTP 403: forbids; access must be free (call, I.2)"),
        { Status: 404 or 410 } =>
            (ProbeTrouble.Missing,
            $"HTTP {answer.Status}: does not have the file; is DocumentRoot the agent's current?"),
        { Status: not 200 } => (ProbeTrouble.ErrorPage, $"HTTP {answer.Status}: an error page"),
        { Encoding: { } encoding } =>
            (ProbeTrouble.Encoded,
            $"Content-Encoding {encoding}, which was not asked for: {expected.Size} bytes expected, "
            + $"{answer.Length} received"),
        _ => (ProbeTrouble.Rewritten,
            $"{expected.Size} bytes expected, {answer.Length} received as {answer.ContentType ?? "no type"}: "
            + $"rewritten, injected into, or another site"),
    };
}

/// <summary>
/// Decides which files a round reads: what was wrong in the last one, <c>index.html</c>, and a rolling sample, so that
/// each file is read at least once an hour.
/// </summary>
public static class ProbePlan
{
    static readonly TimeSpan Hour = TimeSpan.FromMinutes(55);

    /// <param name="cursor">Where the last round ended.</param>
    /// <param name="elapsed">The time since the round before.</param>
    /// <param name="wrong">The file that was wrong then: without it a trouble would end that lasts.</param>
    /// <returns>The files, and where the next round begins.</returns>
    public static (IReadOnlyList<ReleaseFile> Files, int Next) Round(
        IReadOnlyList<ReleaseFile> files, int cursor, TimeSpan elapsed, string? wrong = null)
    {
        if (files.Count == 0) return ([], 0);
        var wanted = (int)Math.Clamp(Math.Ceiling(files.Count * (elapsed / Hour)), 1, files.Count);
        var round = new List<ReleaseFile>(wanted + 2);
        if (wrong is not null && files.FirstOrDefault(file => file.Path.Value == wrong) is { } again) round.Add(again);
        if (files.FirstOrDefault(file => file.Path.Value is "index.html" or "index.htm") is { } index
            && !round.Contains(index)) round.Add(index);
        for (var at = 0; at < wanted; at++)
            if (files[(cursor + at) % files.Count] is var file && !round.Contains(file)) round.Add(file);
        return (round, (cursor + wanted) % files.Count);
    }
}
