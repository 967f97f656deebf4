using System.Collections.Concurrent;
using System.Diagnostics;

namespace Difusor.Agent.SystemTests.Store;

/// <summary>
/// What many readers have been answered. A body that is neither release's, or shorter than its own length, is mixed. A
/// connection that the server ends before any byte of an answer is asked again, as every browser does (RFC 9112,
/// 9.3.1), and counted apart: Apache's event MPM ends idle connections while its workers are busy, swaps or not.
/// </summary>
/// <param name="bodyOf">The body of a path in a release.</param>
sealed class ReadersTally(Func<string, string, string> bodyOf, params string[] releases)
{
    readonly Lock counting = new();
    readonly List<double>[] times = [[], [], []];
    readonly Dictionary<string, int> whole = [];
    readonly Dictionary<(string Path, string Tag), string> tags = [];

    internal enum Phases { WarmUp, Still, Swapping }

    internal volatile Phases Phase;
    internal int Swaps { get; set; }
    internal int Answers { get; private set; }
    internal int NotOk { get; private set; }
    internal int Mixed { get; private set; }
    internal int AskedAgain { get; private set; }

    /// <summary>An ETag that stood for one body and then for another: a cache would serve the wrong one.</summary>
    internal int TwoBodiesOfOneTag { get; private set; }

    internal ConcurrentQueue<string> Oddities { get; } = new();
    internal int Of(string release) => whole.GetValueOrDefault(release);

    internal async Task Read(HttpClient client, string path)
    {
        var start = Stopwatch.GetTimestamp();
        var phase = Phase;
        using var answer = await Ask(client, path);
        string body;
        try
        {
            body = await answer.Content.ReadAsStringAsync();
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException)
        {
            body = "cut: " + cut.Message;
        }
        var took = Stopwatch.GetElapsedTime(start);
        lock (counting)
        {
            Answers++;
            times[(int)phase].Add(took.TotalMilliseconds);
            Count(answer, path, body);
        }
    }

    async Task<HttpResponseMessage> Ask(HttpClient client, string path)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await client.GetAsync("/" + path, HttpCompletionOption.ResponseHeadersRead);
            }
            catch (HttpRequestException ended)
                when (attempt < 1000
                && ended.InnerException is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded })
            {
                lock (counting) AskedAgain++;
            }
        }
    }

    void Count(HttpResponseMessage answer, string path, string body)
    {
        if (!answer.IsSuccessStatusCode)
        {
            NotOk++;
            Oddities.Enqueue($"/{path}: {answer.StatusCode}");
            return;
        }
        var tag = (path, answer.Headers.ETag?.Tag ?? "none");
        if (releases.FirstOrDefault(release => body == bodyOf(path, release)) is not { } found)
        {
            Mixed++;
            Oddities.Enqueue(
                $"/{path}: length {answer.Content.Headers.ContentLength}, body of {body.Length}: "
                + $"{body[..Math.Min(body.Length, 60)]}");
            return;
        }
        whole[found] = whole.GetValueOrDefault(found) + 1;
        if (tags.TryGetValue(tag, out var known) && known != found) TwoBodiesOfOneTag++;
        tags[tag] = found;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Swaps} swaps, {Answers} answers, {NotOk} not 200, {Mixed} mixed bodies, {AskedAgain} asked again; p99 "
            + $"{P99(Phases.Swapping):0.0} ms with swaps, {P99(Phases.Still):0.0} ms without");

    internal double P99(Phases phase)
    {
        var sorted = times[(int)phase].Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[(int)(sorted.Count * 0.99)];
    }
}
