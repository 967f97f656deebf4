using Difusor.Agent.Linux.PackageFiles;
using Difusor.Agent.Tests.Linux;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Packages;

/// <summary>
/// What tools and systems leave beside the files of a package, each in a package on disk, verified as <c>verify</c>
/// does. The table is the one of docs/deliveries.md.
/// </summary>
public sealed class LeftoversTableTests : IDisposable
{
    static readonly (string Path, string Text)[] Files =
    [
        ("index.html", "<h1>PREP</h1>\n"), ("bd/MEX.txt", "sep=|\nDIPUTACIONES\n2021/06/06 20:20 (UTC-5)\nA|B\n1|2\n"),
    ];

    static readonly (string Tool, string[] Paths)[] Left =
    [
        ("rsync", [".index.html.Ab12Cd", "bd/.MEX.txt.x7Gh2k"]),
        ("rsync --partial-dir", [".rsync-partial/index.html"]),
        ("rsync --partial-dir, another name", [".rsync-tmp/index.html", "bd/.parcial/MEX.txt"]),
        ("rsync --delay-updates", [".~tmp~/index.html"]),
        ("WinSCP", ["index.html.filepart"]),
        ("lftp", [".in.index.html.", "index.html.lftp-pget-status", "index.html.lftp"]),
        ("rclone", ["index.html.1a2b3c4d.partial"]),
        ("Cyberduck", ["index.html-7b7d0c3e-5f61-4d6b-8a86-1f0f7f3a2b11"]),
        ("browsers, aria2", ["index.html.part", "index.html.crdownload", "index.html.aria2"]),
        ("ProFTPD, HiddenStores", [".in.index.html."]),
        ("Pure-FTPd", [".pureftpd-upload.561a6f21.15.3f2a.9f3d1c00"]),
        ("SFTPGo", [".sftpgo-upload.c2m9s9m10d1uv456u7tg.index.html"]),
        ("GNOME Files", [".goutputstream-X1Y2Z3"]),
        ("a working name of one's own", ["index.html.tmp", "bd/MEX.txt~"]),
        ("any other working name", ["index.html.subiendo", "tmp_index.html", ".index.html", "bd/MEX.txt (copia)"]),
        ("macOS", [".DS_Store", "._index.html", "__MACOSX/._index.html"]),
        ("Windows, Office", ["Thumbs.db", "bd/desktop.ini", "~$MEX.docx", "$RECYCLE.BIN/x"]),
        ("Synology", ["@eaDir/index.html@SynoEAStream"]),
        ("NFS, FUSE, Linux desktops", ["bd/.nfs000000000012d687", ".fuse_hidden00028240", ".directory"]),
    ];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WhatIsLeftIsNoReasonToRejectAndThePageSaysSo()
    {
        var rows = Left.Select((row, at) => Row(at, row.Tool, row.Paths)).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', rows));
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/deliveries.md"));
        var told = page.Split("## Litter and leftovers\n")[1].Split("\n## ")[0].Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).ToList();
        Assert.Equal(rows, told);
    }

    string Row(int number, string tool, string[] paths)
    {
        var package = folder[$"{number}/20210606_2020_PREP_MEX"];
        foreach (var (path, text) in Files.Concat(paths.Select(path => (path, "half"))))
        {
            Directory.CreateDirectory(Path.GetDirectoryName($"{package}/{path}")!);
            File.WriteAllText($"{package}/{path}", text);
        }
        File.WriteAllText($"{package}/HASH.txt", string.Concat(Files.Select(file =>
            $"{Digest.Sha256(Encoding.UTF8.GetBytes(file.Text)).Hex}  {file.Path}\n")));
        var rules = VerificationRules.Default;
        using var opened =
            PackageReader.Open(package, extra: null, rules.Limits, new ReadingProgress(measured: false));
        var verdict = Verifier.Judge(opened.Offer, opened.Contents, rules);
        Assert.True(verdict.Accepted, string.Join("; ", verdict.Reasons));
        Assert.Equal(Files.Length + 1, verdict.Contents.Count);
        Assert.Equal(
            paths.Order(StringComparer.Ordinal),
            verdict.Warnings.Select(warning => warning.Path).Order(StringComparer.Ordinal));
        var byName = paths.Select(path => LeftoverNames.BuiltIn.Has(path) ? "its name" : "the rule").Distinct();
        var codes = verdict.Warnings.Select(warning => warning.Code).Distinct();
        return $"| {tool} | {string.Join(", ", paths.Select(path => $"`{path}`"))} | {string.Join(", ", byName)} "
            + $"| `{string.Join("`, `", codes)}` |";
    }
}
