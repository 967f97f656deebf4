using System.Reflection;
using System.Security.Cryptography;

namespace Difusor.Agent.Cli.Demo;

/// <summary>
/// A PREP package in the form of the convocatoria (HTML, TXT and HASH), made from a small part of a real PREP database:
/// a front page, a page for each district, the database and one HASH file over all of them.
/// </summary>
/// <param name="corte">Appears in the name, the pages and the header of the database.</param>
/// <param name="share">The share of the actas that is captured by then, 0 to 1.</param>
/// <param name="series">What follows the stamp in its name.</param>
sealed class DemoPackage(Corte corte, double share, string series = "PREP_DIP_QROO")
{
    const string HashFile = "PREP.hash";
    const int Columns = 7, District = 4, Section = 6, Casilla = 0;
    static readonly string[] Parties = ["PAN", "PRI", "PRD", "PVEM", "PT", "MC", "MORENA"];

    public Corte Corte => corte;
    public string Name { get; } = corte.At.ToString("yyyyMMdd_HHmm", CultureInfo.InvariantCulture) + "_" + series;

    /// <summary>
    /// Prepares the package under a name that the agent ignores, and renames it into place, as a careful sender does.
    /// </summary>
    /// <param name="tamper">Changes a file after its HASH was made: one path, and a function from the old contents to
    /// the new.</param>
    public void Deliver(string drop, (string Path, Func<string, string> Change)? tamper = null)
    {
        var preparing = Path.Combine(drop, "." + Name);
        Write(preparing, Contents(tamper));
        Directory.Move(preparing, Path.Combine(drop, Name));
    }

    /// <summary>Writes files into a folder.</summary>
    public static void Write(string folder, IEnumerable<KeyValuePair<string, string>> files)
    {
        foreach (var (path, text) in files)
        {
            var full = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, text);
        }
    }

    /// <summary>Returns all files of the package by their paths, with its HASH file.</summary>
    public SortedDictionary<string, string> Contents((string Path, Func<string, string> Change)? tamper = null)
    {
        var files = Files();
        var manifest = new StringBuilder();
        foreach (var (path, text) in files)
            manifest.Append(
                CultureInfo.InvariantCulture,
                $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}  {path}\n");
        if (tamper is { } change) files[change.Path] = change.Change(files[change.Path]);
        files[HashFile] = manifest.ToString();
        return files;
    }

    SortedDictionary<string, string> Files()
    {
        var lines = DataBase();
        var actas = lines[Columns..];
        var captured = actas[..(int)(actas.Length * share)];
        lines[2] = corte.At.ToString("yyyy/MM/dd HH:mm", CultureInfo.InvariantCulture)
            + $" (UTC{Hours(corte.At.Offset)})";
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["bd/QROO_DIP_LOC.txt"] = string.Join('\n', [.. lines[..Columns], .. captured]) + "\n",
            ["index.html"] = Page("PREP Diputaciones Locales", $"<p>{captured.Length} de {actas.Length} actas</p>"),
        };
        foreach (var district in captured.Select(acta => acta.Split('|')).GroupBy(fields => fields[District]))
        {
            var rows = string.Concat(district.Select(Row));
            var head = string.Concat(Parties.Select(party => $"<th>{party}</th>"));
            files[$"distrito/{int.Parse(district.Key, CultureInfo.InvariantCulture):00}.html"] =
                Page($"Distrito {district.Key}",
                    $"<table><tr><th>Secci\u00f3n</th><th>Casilla</th>{head}</tr>\n{rows}</table>");
        }
        return files;
    }

    static string Row(string[] acta) =>
        $"<tr><td>{acta[Section]}</td><td>{acta[Casilla].Trim('=', '"')}</td>"
        + string.Concat(acta[16..23].Select(votes => $"<td>{votes}</td>")) + "</tr>\n";

    string Page(string title, string body) =>
        $"""
        <!DOCTYPE html>
        <html lang="es"><head><meta charset="utf-8"><title>{title}</title></head><body>
        <h1>{title}</h1>
        <p class="corte">Corte de informaci&oacute;n: {corte.At.ToString("dd'/'MM'/'yyyy HH:mm", CultureInfo.InvariantCulture)} horas (UTC{Hours(corte.At.Offset)})</p>
        {body}
        </body></html>

        """;

    static string Hours(TimeSpan offset) => ((int)offset.TotalHours).ToString("+0;-0", CultureInfo.InvariantCulture);

    static string[] DataBase()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("demo.csv")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().TrimEnd('\n').Split('\n');
    }
}
