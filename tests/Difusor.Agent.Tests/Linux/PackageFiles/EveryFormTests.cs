using System.Formats.Tar;
using System.IO.Compression;
using Difusor.Agent.Linux.PackageFiles;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// What make_prep_package.py makes, in each of its forms with each of its HASH formats: whole, and with one fault.
/// </summary>
public sealed class EveryFormTests(EveryFormTests.Made made) : IDisposable, IClassFixture<EveryFormTests.Made>
{
    const string Page = "DIP_LOC/seccion/0001.html", Stranger = "DIP_LOC/seccion/extra.html";

    readonly TemporaryFolder folder = new();

    public static MatrixTheoryData<string, string> FormsAndHashes =>
        new(["folder", "zip", "tar.gz"], ["manifest", "bsd", "sidecar"]);

    public void Dispose() => folder.Dispose();

    [Theory, MemberData(nameof(FormsAndHashes))]
    public void EachFormWithEachHashIsAccepted(string form, string hash)
    {
        var verdict = Judge(made[form, hash]);
        Assert.Empty(verdict.Reasons);
        Assert.Equal("2021-06-06T20:20:00-05:00", verdict.Corte?.ToString());
        Assert.Equal("PREP_MEX", verdict.Series);
    }

    [Theory, MemberData(nameof(FormsAndHashes))]
    public void OneByteChangedIsNamed(string form, string hash) =>
        AssertRefused(form, hash, "digest-mismatch", Page, inside =>
    {
        var bytes = File.ReadAllBytes($"{inside}/{Page}");
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes($"{inside}/{Page}", bytes);
    });

    [Theory, MemberData(nameof(FormsAndHashes))]
    public void OneFileRemovedIsNamed(string form, string hash) =>
        AssertRefused(form, hash, "missing-file", Page, inside => File.Delete($"{inside}/{Page}"));

    [Theory, MemberData(nameof(FormsAndHashes))]
    public void OneFileAddedIsNamed(string form, string hash) =>
        AssertRefused(
            form, hash, "uncovered-file", Stranger, inside => File.WriteAllText($"{inside}/{Stranger}", "<p>"));

    void AssertRefused(string form, string hash, string code, string path, Action<string> change)
    {
        var verdict = Judge(Changed(made[form, hash], form, change));
        Assert.Equal([(code, path)], verdict.Reasons.Select(reason => (reason.Code, reason.Path!)));
    }

    /// <summary>Each package, made once: no test changes it.</summary>
    public sealed class Made : IDisposable
    {
        readonly TemporaryFolder folder = new();
        readonly Dictionary<(string, string), string> packages = [];

        public void Dispose() => folder.Dispose();

        internal string this[string form, string hash]
        {
            get
            {
                if (packages.TryGetValue((form, hash), out var package)) return package;
                var (code, told, errors) = Bounded.Run(
                    "python3", Path.Combine(Repository.Root, "tests/tools/make_prep_package.py"),
                    folder[$"{form}-{hash}"], "--corte", "2021-06-06T20:20", "--scale", "0.001", "--form", form,
                    "--hash", hash);
                Assert.True(code == 0, errors);
                return packages[(form, hash)] = told.Split(' ')[0];
            }
        }
    }

    /// <summary>A copy of the package, changed, and packed again under its own name.</summary>
    string Changed(string package, string form, Action<string> change)
    {
        var (inside, changed) = (folder["inside"], folder[Path.GetFileName(package)]);
        if (form == "folder")
        {
            Assert.Equal(0, Bounded.Run("cp", "-r", package, changed).ExitCode);
            change(changed);
            return changed;
        }
        Directory.CreateDirectory(inside);
        if (form == "zip")
        {
            ZipFile.ExtractToDirectory(package, inside);
            change(inside);
            ZipFile.CreateFromDirectory(inside, changed);
            return changed;
        }
        using (var packed = new GZipStream(File.OpenRead(package), CompressionMode.Decompress))
            TarFile.ExtractToDirectory(packed, inside, overwriteFiles: false);
        change(inside);
        using var repacked = new GZipStream(File.Create(changed), CompressionLevel.Fastest);
        TarFile.CreateFromDirectory(inside, repacked, includeBaseDirectory: false);
        return changed;
    }

    static Verdict Judge(string package)
    {
        using var opened = PackageReader.Open(
            package, extra: null, VerificationRules.Default.Limits, new ReadingProgress(measured: false));
        return Verifier.Judge(opened.Offer, opened.Contents, VerificationRules.Default);
    }
}
