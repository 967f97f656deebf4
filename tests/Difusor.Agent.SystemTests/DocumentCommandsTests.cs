using System.Diagnostics;
using System.Text.RegularExpressions;
using Difusor.Agent.SystemTests.Harness;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.SystemTests;

/// <summary>
/// The commands that the documents tell people to type, as they stand there, and where their links lead.
/// </summary>
public sealed partial class DocumentCommandsTests : IDisposable
{
    static readonly string Chromium = new[]
        { "/usr/bin/chromium", "/usr/bin/chromium-headless-shell", "/usr/bin/chromium-browser" }
        .FirstOrDefault(File.Exists) ?? "";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Also of names that a shell would take apart.</summary>
    [Theory, InlineData("docs/kit-piloto.md"), InlineData("docs/pilot-kit.md")]
    public void TheRecipeForTheHashMakesWhatTheAgentAccepts(string page)
    {
        var offset = TimeSpan.FromHours(-5);
        var package = new TestPackage(new DateTimeOffset(2021, 6, 6, 20, 20, 0, offset), offset: offset);
        package.Files["sección 1/página «a».html"] = package.Page("Sección");
        foreach (var (path, text) in package.Files) folder.Write($"{package.Name}/{path}", text);
        Assert.Equal((0, ""), Typed(Commands(page)[0], folder[package.Name]));
        var (exit, said, errors) = Binary.Run("verify", "--json", "--profile", "ieem-2021", folder[package.Name]);
        Assert.True(exit == 0, said + errors);
        var (_, huella) = Typed(Commands(page)[2], folder[package.Name]);
        Assert.Contains($"\"manifest_sha256\":\"{huella[..64]}\"", said.Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("docs/kit-piloto.md", "PAQUETE"), InlineData("docs/pilot-kit.md", "PACKAGE")]
    public void TheOneWayToSendLeavesAWholePackageUnderItsName(string page, string package)
    {
        folder.Write($"sent/{package}/bd/votos.txt", "uno\n");
        Directory.CreateDirectory(folder["drop"]);
        var server = new[] { "/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server" }.First(File.Exists);
        var command = Commands(page)[1].Replace(
            "difusor-entrega@prep.ejemplo.mx", $"-D '{server} -d {folder["drop"]}'", StringComparison.Ordinal);
        var (exit, said) = Typed(command, folder["sent"]);
        Assert.True(exit == 0, said);
        Assert.Equal([package], Directory.GetFileSystemEntries(folder["drop"]).Select(Path.GetFileName));
        Assert.Equal("uno\n", File.ReadAllText(folder[$"drop/{package}/bd/votos.txt"]));
    }

    [Theory, InlineData("docs/journal.md"), InlineData("docs/bitacora.md")]
    public void AStrangerChecksTheChainByTheCommandsOfItsPage(string page)
    {
        var commands = Commands(page);
        var (_, said) = Typed(commands[0], WorkingCopy.At("tests/data/journal-0.1.0"));
        var lines = said.Split('\n');
        Assert.Equal(lines[1], lines[0][..64]);
        Assert.Equal(0, Typed(commands[^1], WorkingCopy.At("tests/data/journal-0.1.0")).Exit);
    }

    /// <summary>The installed README led nowhere, for its folder was flat.</summary>
    [Fact]
    public void EachRelativeLinkOfTheInstalledDocumentsLeadsToAFile()
    {
        var (exit, _, errors) = Bounded.Run(WorkingCopy.At("packaging/docs"), folder.Path);
        Assert.True(exit == 0, errors);
        // The packages have these two elsewhere.
        folder.Write("usr/share/difusor-agent/agent.yaml", "");
        folder.Write("usr/share/difusor-agent/elections/ieem-2021.yaml", "");
        var top = folder["usr/share/doc/difusor-agent"];
        var documents = Directory.GetFiles(top, "*.md", SearchOption.AllDirectories);
        Assert.True(documents.Length > 20, top);
        Assert.Empty(
            from document in documents
            from link in Link().Matches(File.ReadAllText(document)).Select(match => match.Groups[1].Value)
            where !link.Contains("://", StringComparison.Ordinal)
            where !Path.Exists(Path.Combine(Path.GetDirectoryName(document)!, link))
            select $"{document[top.Length..]}: {link}");
    }

    [Theory, InlineData("docs/noche-a4.html"), InlineData("docs/night-a4.html")]
    public void TheNightIsPrintedOnOnePage(string page)
    {
        Assert.SkipWhen(Chromium.Length == 0, "no Chromium is installed");
        var pdf = folder["night.pdf"];
        var (exit, _, errors) = Bounded.Run(
            Chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", $"--print-to-pdf={pdf}",
            $"file://{WorkingCopy.At(page)}");
        Assert.True(exit == 0, errors);
        Assert.Single(PdfPage().Matches(Encoding.Latin1.GetString(File.ReadAllBytes(pdf))));
    }

    /// <summary>Returns the blocks of commands of a document.</summary>
    internal static List<string> Commands(string page) =>
        [.. Block().Matches(File.ReadAllText(WorkingCopy.At(page))).Select(match => match.Groups[1].Value)];

    static (int Exit, string Said) Typed(string command, string folder)
    {
        var start = new ProcessStartInfo("bash", ["-e", "-o", "pipefail", "-c", command]) { WorkingDirectory = folder };
        var (exit, said, errors) = Bounded.Run(start);
        return (exit, said + errors);
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"(?<!`)\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"/Type\s*/Page\b")]
    private static partial Regex PdfPage();
}
