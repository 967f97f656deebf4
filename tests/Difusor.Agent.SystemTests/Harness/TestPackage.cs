using System.Security.Cryptography;

namespace Difusor.Agent.SystemTests.Harness;

/// <summary>
/// A small PREP package on its way: files in memory, one manifest at the top, delivered as a careful sender does.
/// </summary>
sealed class TestPackage
{
    readonly DateTimeOffset corte;

    /// <param name="offset">The offset of local time in its name and header; null: UTC-6.</param>
    public TestPackage(DateTimeOffset corte, int pages = 3, string? series = null, TimeSpan? offset = null)
    {
        this.corte = corte.ToOffset(offset ?? TimeSpan.FromHours(-6));
        Name = this.corte.ToString("yyyyMMdd_HHmm", CultureInfo.InvariantCulture) + "_" + (series ?? "PREP_PRUEBA");
        Files["index.html"] = Page("PREP");
        Files["bd/PRUEBA.txt"] =
            $"PREP\nELECCION DE PRUEBA\n{this.corte:yyyy/MM/dd HH:mm} (UTC{this.corte.Offset.Hours})\n";
        for (var page = 1; page <= pages; page++) Files[$"seccion/{page:0000}.html"] = Page($"Sección {page}");
    }

    public string Name { get; }
    public SortedDictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    public string Page(string title) =>
        $"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1><p>Corte: "
            + $"{corte:dd'/'MM'/'yyyy HH:mm} horas</p></body></html>\n";

    public string Manifest() =>
        string.Concat(
            Files.Select(
            file => $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Value)))}  {file.Key}\n"));

    /// <param name="tamper">What happens to the files after the manifest was made.</param>
    public TestPackage Deliver(string drop, Action<TestPackage>? tamper = null)
    {
        var manifest = Manifest();
        tamper?.Invoke(this);
        var preparing = Path.Combine(drop, "." + Name);
        foreach (var (path, text) in Files.Append(new("PREP.hash", manifest)))
        {
            var full = Path.Combine(preparing, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, text);
        }
        Directory.Move(preparing, Path.Combine(drop, Name));
        return this;
    }
}
