using System.Diagnostics;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Sentinel;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.Tests.Sentinel;

/// <summary>The command that anyone is told to check a published corte with, typed into a real shell.</summary>
public sealed class HuellaRecipeTests
{
    static readonly string[] Names =
    [
        "index.html", "DIP/á b'c\".html", "-guion.html", "$(id).html", "hash.html", "DIP/HASHES.html", "sums.csv",
        "HASH.d/uno.html", "foto.sig", "manifest-a-b.txt",
    ];

    [Theory, InlineData("C"), InlineData("C.UTF-8")]
    public void TheShownRecipeGivesTheHuellaOfWhatIsPublished(string locale)
    {
        using var night = new DropNight();
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Names) files[name] = $"<p>{name}</p>";
        files["twice.html"] = files["index.html"];
        var list = string.Concat(files.Select(file => $"{DropNight.Hex(file.Value)}  {file.Key}\n"));
        foreach (var hash in new[] { "Sha256Sums", "manifest-sha256.txt", "todo.SHA256" }) files[hash] = list;
        foreach (var sign in new[] { "Sha256Sums.asc", "todo.SHA256.Sig" }) files[sign] = "firma";
        // What a sender's system leaves is not published, and not counted.
        files["DIP/.DS_Store"] = "litter";
        night.PutWhole("20210606_2020_PREP", files);
        var judged = night.Next<DeliveryJudged>();
        Assert.True(judged.Verdict.Accepted, string.Join('\n', judged.Verdict.Reasons));
        night.Publish(judged);
        var (code, output, errors) = Bounded.Run(new ProcessStartInfo("sh", ["-c", Huellas.Recipe])
        {
            WorkingDirectory = Path.Combine(night.State, "public/current"), Environment = { ["LC_ALL"] = locale },
        });
        Assert.Equal((0, "", $"{judged.Verdict.ManifestSha256}  -\n"), (code, errors, output));
    }
}
