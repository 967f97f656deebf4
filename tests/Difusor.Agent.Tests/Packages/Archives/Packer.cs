using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Difusor.Agent.Linux.PackageFiles;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>A tool that packs a package, as an institute would use it.</summary>
/// <param name="How">A command of the shell, where <c>$P</c> is the package's folder; for .NET, the call.</param>
/// <param name="Needs">The commands of which one must be there; empty: none.</param>
/// <param name="Answer">The verdict: <c>accepted</c>, or the reasons.</param>
/// <param name="Call">What packs the folder into the archive; null: the command does.</param>
sealed record Packer(
    string Tool, string How, string Extension, string Needs, string Answer, Action<string, string>? Call = null)
{
    const string Name = "20210606_2020_PREP_MEX", Accepted = "accepted", Bad = "bad-archive";

    readonly Lock packing = new();
    string? measured;

    /// <summary>
    /// Gets the tools of the page docs/deliveries.md, section "Archives", in its order: first those whose archives are
    /// accepted.
    /// </summary>
    public static ImmutableArray<Packer> All { get; } =
    [
        new("Info-ZIP 3.0", "zip -qr $P.zip $P", ".zip", "zip", Accepted),
        new("Info-ZIP 3.0, into a pipe", "zip -qr - $P | cat > $P.zip", ".zip", "zip", Accepted),
        new("Info-ZIP 3.0, in the folder", "(cd $P && zip -qr ../$P.zip .)", ".zip", "zip", Accepted),
        new("Info-ZIP 3.0, forced ZIP64", "zip -qr -fz $P.zip $P", ".zip", "zip", Accepted),
        new("7-Zip", "7z a -tzip $P.zip $P", ".zip", "7zz|7z", Accepted),
        new("7-Zip, names twice", "7z a -tzip -mcl=on $P.zip $P", ".zip", "7zz|7z", Accepted),
        new("7-Zip, tar", "7z a -ttar $P.tar $P", ".tar", "7zz|7z", Accepted),
        new("bsdtar, zip", "bsdtar --format zip -cf $P.zip $P", ".zip", "bsdtar", Accepted),
        new("bsdtar, forced ZIP64", "bsdtar --format zip --options zip:zip64 -cf $P.zip $P", ".zip", "bsdtar",
            Accepted),
        new("bsdtar, its own format", "bsdtar -cf $P.tar $P", ".tar", "bsdtar", Accepted),
        new("bsdtar, pax", "bsdtar --format pax -czf $P.tar.gz -C $P .", ".tar.gz", "bsdtar", Accepted),
        new("GNU tar", "tar -czf $P.tar.gz $P", ".tar.gz", "tar", Accepted),
        new("GNU tar, pax", "tar --format=pax -cf $P.tar -C $P .", ".tar", "tar", Accepted),
        new("GNU tar, through pigz", "tar -cf - $P | pigz > $P.tgz", ".tgz", "pigz", Accepted),
        new("busybox tar", "busybox tar -czf $P.tar.gz $P", ".tar.gz", "busybox", Accepted),
        new("cpio, ustar", "find $P | cpio --quiet -o -H ustar > $P.tar", ".tar", "cpio", Accepted),
        new("git archive, zip", "git -C $P archive --format=zip HEAD > $P.zip", ".zip", "git", Accepted),
        new("git archive, tar.gz", "git -C $P archive --format=tar.gz HEAD > $P.tar.gz", ".tar.gz", "git", Accepted),
        new("Python zipfile", "python3 -m zipfile -c $P.zip $P", ".zip", "python3", Accepted),
        new("Python tarfile", "python3 -m tarfile -c $P.tar.gz $P", ".tar.gz", "python3", Accepted),
        new("Python shutil", "python3 -c \"import shutil; shutil.make_archive('$P', 'zip', '.', '$P')\"", ".zip",
            "python3", Accepted),
        new("Perl Archive::Tar", "ptar -czf $P.tar.gz $P", ".tar.gz", "ptar", Accepted),
        new("PHP PharData", "php -r '(new PharData(\"$argv[1].zip\"))->buildFromDirectory($argv[1]);' $P", ".zip",
            "php", Accepted),
        new("Java jar", "jar cMf $P.zip $P", ".zip", "jar", Accepted),
        new(".NET ZipFile", "ZipFile.CreateFromDirectory(P, P.zip)", ".zip", "", Accepted,
            ZipFile.CreateFromDirectory),
        new(".NET ZipFile, code page 850",
            "ZipFile.CreateFromDirectory(P, P.zip, …, true, Encoding 850)", ".zip", "", Accepted,
            (folder, archive) => ZipFile.CreateFromDirectory(
                folder, archive, CompressionLevel.Optimal, includeBaseDirectory: true,
                CodePagesEncodingProvider.Instance.GetEncoding(850)!)),
        new(".NET TarFile", "TarFile.CreateFromDirectory(P, P.tar, false)", ".tar", "", Accepted,
            (folder, archive) => TarFile.CreateFromDirectory(folder, archive, includeBaseDirectory: false)),
        new("7-Zip, Deflate64", "7z a -tzip -mm=Deflate64 $P.zip $P", ".zip", "7zz|7z", Bad),
        new("7-Zip, 7z", "7z a $P.7z $P", ".7z", "7zz|7z", Bad),
        new("GNU tar, xz", "tar -cJf $P.tar.xz $P", ".tar.xz", "xz", Bad),
        new("GNU tar, sparse files", "truncate -s 1M $P/x.dat && tar -cSf $P.tar $P", ".tar", "tar",
            "unsafe-type, bad-archive"),
        new("GNU tar, a symbolic link", "ln -s index.html $P/x.html && tar -czf $P.tgz $P", ".tgz", "tar",
            "unsafe-type"),
        new("Info-ZIP 3.0, password", "zip -qr -P x $P.zip $P", ".zip", "zip", "encrypted-archive"),
    ];

    public bool IsInstalled => Needs.Length == 0 || Needs.Split('|').Any(need => Find(need) is not null);

    /// <summary>Returns the row of the page.</summary>
    public string Row(string answer) =>
        $"| {Tool} | `{How.Replace("|", "\\|", StringComparison.Ordinal)}` | {answer} |";

    /// <summary>Packs a package, and returns the verdict. Once for all tests.</summary>
    public string Measure()
    {
        lock (packing) return measured ??= Verdict();
    }

    string Verdict()
    {
        using var folder = new Linux.TemporaryFolder();
        foreach (var (path, text) in Package()) folder.Write($"{Name}/{path}", text);
        var archive = folder[Name + Extension];
        if (Call is not null) Call(folder[Name], archive);
        else Run(folder.Path);
        using var opened =
            PackageReader.Open(archive, extra: null, new LimitSettings(), new ReadingProgress(measured: false));
        var verdict = Verifier.Judge(opened.Offer, opened.Contents, VerificationRules.Default);
        return verdict.Accepted ? Accepted
            : string.Join(", ", verdict.Reasons.Select(reason => reason.Code).Distinct());
    }

    void Run(string folder)
    {
        var command = How.Replace("7z a", $"{Find("7zz") ?? Find("7z")} a", StringComparison.Ordinal);
        if (Needs == "git")
            command = "git init -q $P && git -C $P add . && git -C $P -c user.name=i -c user.email=i@i commit -qm i && "
                + command;
        var start = new ProcessStartInfo("sh", ["-ec", command]) { WorkingDirectory = folder };
        (start.Environment["P"], start.Environment["LC_ALL"]) = (Name, "C.UTF-8");
        var (exit, _, errors) = Bounded.Run(start);
        Assert.True(exit == 0, $"{How}: {errors}");
    }

    static string? Find(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin")
            .Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);

    /// <summary>A package with names that are not ASCII, a long one and an empty file, listed by its HASH.</summary>
    static Dictionary<string, string> Package()
    {
        var files = new Dictionary<string, string>
        {
            ["index.html"] = "<h1>PREP</h1>\n", ["sección/niño é.html"] = "<p>1</p>\n", ["vacío.txt"] = "",
            ["DIP/" + new string('d', 90) + "/NAUCALPAN_DE_JUÁREZ.html"] = "<p>2</p>\n",
            ["bd/PREP.csv"] = "PREP\n2021/06/06 20:20 (UTC-5)\nA,B\n1,2\n",
        };
        files["PREP.hash"] = string.Concat(files.Select(file =>
            $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Value)))}  {file.Key}\n"));
        return files;
    }
}
