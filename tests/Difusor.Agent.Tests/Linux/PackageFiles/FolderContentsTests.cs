using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.PackageFiles;
using Difusor.Agent.Verification;

namespace Difusor.Agent.Tests.Linux;

public sealed class FolderContentsTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("contents-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    Agent.Linux.PackageFiles.FolderContents Read(LimitSettings? limits = null) =>
        Agent.Linux.PackageFiles.FolderContents.Read(
            folder, limits ?? new LimitSettings(), new ReadingProgress(measured: true));

    [Fact]
    public void FilesOfAllSizesAreHashedAndInOrder()
    {
        var random = new Random(7);
        // Around the sizes of a buffer, where reading once becomes reading on.
        foreach (var size in new[] { 0, 1, 4095, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 1_000_000 })
        {
            var bytes = new byte[size];
            random.NextBytes(bytes);
            Directory.CreateDirectory(Path.Combine(folder, $"d{size % 3}"));
            File.WriteAllBytes(Path.Combine(folder, $"d{size % 3}", $"{size}.html"), bytes);
        }
        for (var i = 0; i < 300; i++) File.WriteAllText(Path.Combine(folder, $"{i}-é.html"), $"{i}");
        using var contents = Read();
        Assert.Empty(contents.Findings);
        Assert.Equal(307, contents.Entries.Count);
        Assert.Equal(contents.Entries.OrderBy(entry => entry.Path), contents.Entries);
        foreach (var entry in contents.Entries)
        {
            var bytes = File.ReadAllBytes(Path.Combine(folder, entry.Path.Value));
            Assert.Equal((bytes.Length, Digest.Sha256(bytes)), (entry.Size, entry.Sha256));
        }
    }

    [Fact]
    public void WhatCannotBeTakenIsAFindingAndTheRestIsRead()
    {
        File.WriteAllText(Path.Combine(folder, "index.html"), "x");
        File.CreateSymbolicLink(Path.Combine(folder, "link.html"), "/etc/passwd");
        File.WriteAllText(Path.Combine(folder, "big.html"), new string('x', 2000));
        using var contents = Read(new LimitSettings { FileSize = 1000 });
        Assert.Equal(["index.html"], contents.Entries.Select(entry => entry.Path.Value));
        Assert.Equal(
            [("unsafe-type", "link.html"), ("file-too-large", "big.html")],
            contents.Findings.Select(finding => (finding.Code, finding.Path!)));
    }

    [Fact]
    public void AFileThatBecomesALinkOnceItIsListedIsNotFollowed()
    {
        File.CreateSymbolicLink(Path.Combine(folder, "page.html"), "/etc/passwd");
        using var top = SafeFolder.Open(folder);
        var hashing = new FileHashing(top, new LimitSettings(), new ReadingProgress(measured: false));
        hashing.Add(new ListedFolder([], [.. "page.html\0"u8], [0]));
        var (entries, findings) = hashing.Finish();
        Assert.Empty(entries);
        Assert.Equal(
            [("unsafe-type", "page.html")], findings.InOrder().Select(finding => (finding.Code, finding.Path!)));
    }

    [Fact]
    public void AHashFileThatChangesBetweenHashingAndReadingIsUnreadable()
    {
        File.WriteAllText(Path.Combine(folder, "index.html"), "x");
        File.WriteAllText(Path.Combine(folder, "HASH"), $"{Digest.Sha256("x"u8).Hex}  index.html\n");
        using var contents = Read();
        File.AppendAllText(Path.Combine(folder, "HASH"), $"{Digest.Sha256("y"u8).Hex}  other.html\n");
        File.WriteAllText(Path.Combine(folder, "HASH"), new string('#', 75));
        var verdict = Verifier.Judge(new PackageOffer("20210606_2020_PREP", []), contents, VerificationRules.Default);
        Assert.Contains(("unreadable-file", "HASH"), verdict.Reasons.Select(finding => (finding.Code, finding.Path)));
    }

    [Fact]
    public void AFileThatIsTooLargeHidesNothingElseOfAFolder()
    {
        File.WriteAllText(Path.Combine(folder, "big.html"), new string('x', 2000));
        File.WriteAllText(Path.Combine(folder, "HASH"), $"{Digest.Sha256("y"u8).Hex}  gone.html\n");
        using var opened = PackageReader.Open(
            folder, null, new LimitSettings { FileSize = 1000 }, new ReadingProgress(measured: false));
        var codes = Verifier.Judge(opened.Offer, opened.Contents, VerificationRules.Default)
            .Reasons.Select(reason => (reason.Code, reason.Path));
        Assert.Superset(
            new HashSet<(string, string?)> { ("file-too-large", "big.html"), ("missing-file", "gone.html") },
            codes.ToHashSet());
    }

    [Fact]
    public void AHashFileByAnotherWayCoversAFolderAndAnArchive()
    {
        File.WriteAllText(Path.Combine(folder, "index.html"), "x");
        var extra = new HashText(
            RelativePath.Own("x.txt"), Encoding.UTF8.GetBytes($"{Digest.Sha256("x"u8).Hex}  index.html\n"));
        using var opened = PackageReader.Open(folder, extra, new LimitSettings(), new ReadingProgress(measured: false));
        Assert.DoesNotContain(
            Verifier.Judge(opened.Offer, opened.Contents, VerificationRules.Default).Reasons, reason =>
            reason.Code is "no-hash" or "uncovered-file");
    }
}
