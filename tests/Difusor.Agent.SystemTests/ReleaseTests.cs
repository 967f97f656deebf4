using System.Diagnostics;
using Difusor.Agent.SystemTests.Harness;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.SystemTests;

/// <summary><c>packaging/release</c> in a repository of its own, whose packages are made in no time.</summary>
public sealed class ReleaseTests : IDisposable
{
    const string Log = """
        # Changelog

        ## [1.2.3] - 2026-11-29

        - What is new.

        ## [1.2.2] - 2026-01-01

        - What was new.

        """;
    readonly TemporaryFolder folder = new();

    public ReleaseTests()
    {
        folder.Write(
            "top/Directory.Build.props",
            "<Project><PropertyGroup><Version>1.2.3</Version></PropertyGroup></Project>\n");
        folder.Write("top/CHANGELOG.md", Log);
        folder.Write("top/.gitignore", "artifacts/\n");
        folder.Write(
            "top/Makefile",
            "packages:\n\t@mkdir -p artifacts/packages\n\t@cd artifacts/packages && echo deb > a.deb && echo rpm > "
            + "a.rpm\n");
        folder.Write("top/packaging/lint", "#!/bin/sh\nls \"$1\"/a.deb \"$1\"/a.rpm\n");
        File.Copy(WorkingCopy.At("packaging/release"), folder["top/packaging/release"]);
        foreach (var script in new[] { "top/packaging/lint", "top/packaging/release" })
            File.SetUnixFileMode(folder[script], (UnixFileMode)0b111_101_101);
        Git("init", "-q");
        Commit();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AReleaseHasPackagesSumsAndTheNotesOfItsVersion()
    {
        folder.Write("top/artifacts/release/old.deb", "of another version");
        var (exit, said) = Release("test ! -e artifacts && git rev-parse HEAD > tested");
        Assert.True(exit == 0, said);
        Assert.Equal(["SHA256SUMS", "a.deb", "a.rpm", "difusor-agent-1.2.3-notes.txt"], Made());
        var notes = File.ReadAllText(folder["top/artifacts/release/difusor-agent-1.2.3-notes.txt"]);
        Assert.Contains("What is new.", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("What was new.", notes, StringComparison.Ordinal);
        Assert.Equal(0, Run(folder["top/artifacts/release"], "sha256sum", "-c", "--quiet", "SHA256SUMS").Exit);
        Assert.False(Path.Exists(folder["top/tested"]), "the tests ran in the working tree");
    }

    [Fact]
    public void ATestThatFailsMakesNoRelease()
    {
        Assert.NotEqual(0, Release("false").Exit);
        Assert.Empty(Made());
    }

    [Theory]
    [InlineData("top/CHANGELOG.md", Log + "\nmore\n"), InlineData("top/new.txt", "never added")]
    public void ADirtyTreeIsRefused(string path, string text)
    {
        folder.Write(path, text);
        Refused("not committed");
    }

    [Theory]
    [InlineData("## [1.2.3]"), InlineData("## [Unreleased]"), InlineData("## [1.2.3] - soon"),
        InlineData("## [1.2.30] - 2026-11-29")]
    [InlineData("## [1.2.3] - 2026-11-29\n\n## [1.2.1] - 2026-01-02")]
    public void AVersionWithoutADatedSectionIsRefused(string heading)
    {
        folder.Write("top/CHANGELOG.md", Log.Replace("## [1.2.3] - 2026-11-29", heading, StringComparison.Ordinal));
        Commit();
        Refused("## [1.2.3] - YYYY-MM-DD");
    }

    void Refused(string why)
    {
        var (exit, said) = Release("true");
        Assert.True(exit == 2 && said.Contains(why, StringComparison.Ordinal), $"{exit}: {said}");
        Assert.Empty(Made());
    }

    IEnumerable<string> Made() => !Directory.Exists(Out) ? []
        : Directory.GetFileSystemEntries(Out).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    string Out => folder["top/artifacts/release"];

    void Commit()
    {
        Git("add", "-A");
        Git("-c", "user.name=x", "-c", "user.email=x@localhost", "commit", "-q", "-m", "x");
    }

    void Git(params string[] arguments)
    {
        var (exit, said) = Run(folder["top"], "git", arguments);
        Assert.True(exit == 0, said);
    }

    (int Exit, string Said) Release(string tests) =>
        Run(folder["top"], "env", $"RELEASE_TESTS={tests}", "packaging/release", "artifacts/release");

    static (int Exit, string Said) Run(string where, string program, params string[] arguments)
    {
        var (code, said, errors) = Bounded.Run(new ProcessStartInfo(program, arguments) { WorkingDirectory = where });
        return (code, said + errors);
    }
}
