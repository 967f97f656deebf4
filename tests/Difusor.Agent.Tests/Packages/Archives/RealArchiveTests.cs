using System.Diagnostics;

namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>Archives as the tools of the trade write them.</summary>
public sealed class RealArchiveTests
{
    [Fact]
    public void ThePrepOfQuintanaRooAsItWasPublished() =>
        Unpacked.Zip(
            File.ReadAllBytes(Path.Combine(Repository.Root, "tests/data/prep/20190603_0547_PREP_DIP_QROO.zip")))
            .IsGood("LEEME.txt", "QROO_DIP_CANDIDATURAS_2019.csv", "QROO_DIP_LOC_2019.csv");

    [Theory]
    [InlineData("tar -cf - PREP", PackageForm.Tar)]
    [InlineData("tar -cf - -C PREP .", PackageForm.Tar)]
    [InlineData("tar --format=v7 -cf - PREP", PackageForm.Tar)]
    [InlineData("tar --format=ustar -cf - PREP", PackageForm.Tar)]
    [InlineData("tar --format=pax -cf - PREP", PackageForm.Tar)]
    [InlineData("tar --format=oldgnu -cf - PREP", PackageForm.Tar)]
    [InlineData("tar -czf - PREP", PackageForm.TarGz)]
    [InlineData("tar -cf - -b 200 PREP | gzip -9", PackageForm.TarGz)]
    [InlineData("tar -cf a.tar PREP && (head -c 1000 a.tar | gzip; tail -c +1001 a.tar | gzip -1)", PackageForm.TarGz)]
    [InlineData("zip -qr - PREP", PackageForm.Zip)]
    [InlineData("zip -qr0 - PREP", PackageForm.Zip)]
    [InlineData("zip -qr a.zip PREP && cat a.zip", PackageForm.Zip)]
    [InlineData("zip -qrD a.zip PREP && cat a.zip", PackageForm.Zip)]
    [InlineData("(cd PREP && zip -qr - .)", PackageForm.Zip)]
    [InlineData(
        "python3 -c \"import shutil; shutil.make_archive('a', 'zip', '.', 'PREP')\" && cat a.zip", PackageForm.Zip)]
    [InlineData("python3 -c \"import tarfile, sys; t = tarfile.open(fileobj=sys.stdout.buffer, mode='w|gz'); "
        + "t.add('PREP'); t.close()\"", PackageForm.TarGz)]
    [InlineData("python3 -m zipfile -c a.zip PREP && cat a.zip", PackageForm.Zip)]
    public void AFolderIsReadAsTheToolPackedIt(string command, PackageForm form)
    {
        using var folder = new Linux.TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "PREP/DIP/vacía"));
        var deep = "DIP/" + new string('d', 90) + "/una página con acentos y eñes " + new string('f', 60) + ".html";
        var texts = new Dictionary<string, string>
        {
            ["HASH"] = "x", ["index.html"] = new string('a', 100_000), ["DIP/001.html"] = "uno", ["DIP/vacío.txt"] = "",
        };
        if (!command.Contains("v7", StringComparison.Ordinal)) texts[deep] = "hondo";
        foreach (var (path, text) in texts)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder.Path, "PREP", path))!);
            File.WriteAllText(Path.Combine(folder.Path, "PREP", path), text);
        }
        var unpacked = Unpacked.Of(form, Run(command, folder.Path)).IsGood([.. texts.Keys]);
        Assert.Equal(
            command.Contains("PREP .", StringComparison.Ordinal) || command.Contains(
            "cd PREP", StringComparison.Ordinal) ? null : "PREP", unpacked.Result.Folder);
        foreach (var (path, text) in texts) Assert.Equal(text, unpacked.Text(path));
    }

    static byte[] Run(string command, string folder)
    {
        using var process = Process.Start(
            new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        using var output = new MemoryStream();
        Bounded.Ended(process.StandardOutput.BaseStream.CopyToAsync(output), command);
        Assert.Equal(0, Bounded.Ended(process));
        return output.ToArray();
    }
}
