using Difusor.Agent.Configuration;
using Difusor.Agent.Publication;
using Difusor.Agent.Sentinel;

namespace Difusor.Agent.Conformity;

/// <summary>What a reader got who asked for the site one way, compared with what the agent publishes.</summary>
/// <param name="Asked">How it was asked for. <c>https://SITE@127.0.0.1/</c> connects to 127.0.0.1 and asks for
/// SITE.</param>
/// <param name="Compared">How many answers were compared.</param>
/// <param name="Finding">The worst of them; null if each was what is published.</param>
/// <param name="CertificateUntil">Until when the certificate that it was shown is valid; null if it was shown
/// none.</param>
public sealed record ReaderView(
    string Asked, int Compared, ProbeFinding? Finding, DateTimeOffset? CertificateUntil = null)
{
    /// <summary>Gets for people how it was asked for.</summary>
    public string Shown => ProbeAddress.Words(Asked);

    /// <summary>Gets whether each answer had the published bytes, whatever the certificate is.</summary>
    public bool IsRight => Finding is null or { Trouble: ProbeTrouble.Certificate };
}

/// <param name="ByLoopback">By 127.0.0.1, with the site's name in SNI and Host: which of its sites this Apache
/// shows.</param>
/// <param name="ByName">By the public name, through DNS and whatever is in front of this host.</param>
public sealed record SiteViews(ReaderView ByLoopback, ReaderView ByName);

/// <summary>Chooses what <c>check</c> asks the site for.</summary>
public static class ReaderSample
{
    const int Most = 5;
    const long Largest = 8 << 20;

    /// <summary>
    /// Returns the site's own address (a null path) with the page that it must show, that page by its name, and a few
    /// files from all over the release.
    /// </summary>
    public static IReadOnlyList<(RelativePath? Path, ReleaseFile File)> Of(IReadOnlyList<ReleaseFile> files)
    {
        var sample = new List<(RelativePath?, ReleaseFile)>();
        if (files.FirstOrDefault(file => file.Path.Value == "index.html") is { } index)
            sample.AddRange([(null, index), (index.Path, index)]);
        var small = files.Where(file => file.Size <= Largest && file.Path.Value != "index.html").ToList();
        var chosen = Math.Min(Most, small.Count);
        for (var at = 0; at < chosen; at++)
        {
            var file = small[chosen == 1 ? 0 : at * (small.Count - 1) / (chosen - 1)];
            sample.Add((file.Path, file));
        }
        return sample;
    }
}
