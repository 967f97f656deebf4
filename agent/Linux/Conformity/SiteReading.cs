using System.Diagnostics;
using System.Security.Cryptography;
using Difusor.Agent.Conformity;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Sentinel;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Linux.Conformity;

/// <summary>Gets one file of a site as a reader does.</summary>
/// <param name="path">Below the site; null: the site's own address.</param>
delegate ProbeAnswer AskSite(Uri site, RelativePath? path, long expectedSize);

/// <summary>
/// Reads the site by its name, as readers do, and compares it with the live release, or with the notice page while
/// there is none.
/// </summary>
sealed class SiteReading(HostTree tree, string state, AskSite ask)
{
    const string Releases = "releases/";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), LongestView = TimeSpan.FromSeconds(20);

    readonly StoreFolders folders = new(state);

    public static ProbeAnswer OverTheNetwork(Uri site, RelativePath? path, long expectedSize)
    {
        using var reader = new WebReader(site, Patience);
        return reader.Get(path, expectedSize);
    }

    public Fact<SiteViews> Read(string name, int port)
    {
        var live = Target("current");
        var seen = Look(name, port, live);
        // A corte that is published meanwhile makes each answer a wrong one.
        return Target("current") is var now && now == live ? seen : Look(name, port, now);
    }

    Fact<SiteViews> Look(string name, int port, string? live)
    {
        var expected = ReleaseOf(live) is { } id ? Files(id) : Notice();
        var isName = Uri.CheckHostName(name) is UriHostNameType.Dns or UriHostNameType.IPv4;
        if (expected.Seen is not { } files || !isName || ReaderSample.Of(files).Count == 0)
            return new Fact<SiteViews>(null, expected.Hidden ?? new Said("check.served-unread"));
        var place = port == 443 ? "/" : string.Create(CultureInfo.InvariantCulture, $":{port}/");
        List<SealedTree> before = [];
        if (ReleaseOf(Target("previous")) is { } earlier && earlier != ReleaseOf(live)
            && Record(earlier).Seen is { } record) before.Add(new SealedTree(record, Root.Public, owner: 0));
        return new SiteViews(
            View($"https://{name}@127.0.0.1{place}", files, before), View($"https://{name}{place}", files, before));
    }

    ReaderView View(string asked, IReadOnlyList<ReleaseFile> files, IReadOnlyList<SealedTree> before)
    {
        var (site, began) = (new Uri(asked), Stopwatch.GetTimestamp());
        ProbeFinding? worst = null;
        DateTimeOffset? until = null;
        var compared = 0;
        foreach (var (path, file) in ReaderSample.Of(files))
        {
            // A slow server: what it has shown so far counts.
            if (compared > 0 && Stopwatch.GetElapsedTime(began) > LongestView) break;
            var answer = ask(site, path, file.Size);
            until = answer.CertificateUntil ?? until;
            var found = ProbeJudgement.Judge(file, answer, before);
            if (found is { Trouble: ProbeTrouble.NoAnswer })
            {
                // The others would be as silent, and a good certificate proves nothing.
                if (worst is not { Code: EventCode.ProbeMismatch }) worst = found;
                break;
            }
            compared++;
            if (found is not null && Weight(found) > Weight(worst)) worst = found;
        }
        return new ReaderView(asked, compared, worst, until);
    }

    /// <summary>Returns how bad a finding is for this question: a bad certificate is another row's.</summary>
    static int Weight(ProbeFinding? finding) =>
        finding switch { null => 0, { Trouble: ProbeTrouble.Certificate } => 1, _ => 1 + finding.Badness };

    Fact<IReadOnlyList<ReleaseFile>> Files(ReleaseId id)
    {
        var record = Record(id);
        return new Fact<IReadOnlyList<ReleaseFile>>(record.Seen?.Files, record.Hidden);
    }

    Fact<ReleaseRecord> Record(ReleaseId id)
    {
        var path = Path.Combine(folders.Sealed, id.Value + ".json");
        var read = Bytes(path);
        if (read.Seen is not { } bytes) return new Fact<ReleaseRecord>(null, read.Hidden);
        return RecordFormat.Read(bytes) is { } record ? record
            : new Fact<ReleaseRecord>(null, new Said("check.served-record", ("path", path)));
    }

    Fact<IReadOnlyList<ReleaseFile>> Notice()
    {
        var read = Bytes(Path.Combine(folders.Public, "notice/index.html"));
        if (read.Seen is not { } bytes) return new Fact<IReadOnlyList<ReleaseFile>>(null, read.Hidden);
        var digest = new Digest(DigestAlgorithm.Sha256, SHA256.HashData(bytes));
        return new Fact<IReadOnlyList<ReleaseFile>>(
            [new ReleaseFile(RelativePath.Own("index.html"), bytes.Length, digest, Mtime: 0)]);
    }

    Fact<byte[]> Bytes(string path)
    {
        try { return File.ReadAllBytes(tree.At(path)); }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException) { return null; }
        catch (UnauthorizedAccessException) { return new Fact<byte[]>(null, HostTree.NeedsRoot(path)); }
        catch (IOException fault)
        {
            return new Fact<byte[]>(null, new Said("check.hidden-fault", ("what", path), ("fault", fault.Message)));
        }
    }

    static ReleaseId? ReleaseOf(string? target) =>
        target?.StartsWith(Releases, StringComparison.Ordinal) == true ? ReleaseId.Read(target[Releases.Length..])
            : null;

    string? Target(string link)
    {
        try { return new FileInfo(tree.At(Path.Combine(folders.Public, link))).LinkTarget; }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { return null; }
    }
}
