namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>
/// Zips with random names in a random code page, and lists of them, whole and spoiled. The same thousand each time;
/// <c>DIFUSOR_FUZZ_SECONDS=60</c> (<c>make fuzz</c>) goes on with new ones.
/// </summary>
public sealed class ZipNameFuzzTests
{
    const string Ascii = "abcXYZ019_-. ";

    static readonly (int CodePage, string Letters)[] Pages =
        [.. new[] { 437, 850, 1252 }.Select(page => (page, Letters(page))), (65001, "áéíóúñÑÁß€中")];

    [Fact]
    public void TheNamesAreThoseOfTheListWhateverTheCodePage()
    {
        var asked = Environment.GetEnvironmentVariable("DIFUSOR_FUZZ_SECONDS");
        var random = new Random(asked is null ? 1 : Environment.TickCount);
        var time = TimeSpan.FromSeconds(asked is null ? 600 : double.Parse(asked, CultureInfo.InvariantCulture));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var count = 0L;
        for (; watch.Elapsed < time && (asked is not null || count < 1000); count++)
        {
            var (codePage, letters) = Pages[random.Next(Pages.Length)];
            var names = Enumerable.Range(0, random.Next(1, 8)).Select(_ => Name(random, letters)).ToHashSet();
            var zip = ZipOf(random, codePage, names);
            Unpacked.Zip(zip).IsGood([.. names, "HASH"]);
            for (var spoiled = random.Next(3); spoiled >= 0; spoiled--)
                zip[random.Next(zip.Length)] = (byte)random.Next(256);
            ArchiveFuzz.Try(PackageForm.Zip, zip);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} zips");
    }

    /// <summary>Returns the letters of a code page that a safe path may have.</summary>
    static string Letters(int codePage) =>
        string.Concat(
            CodePagesEncodingProvider.Instance.GetEncoding(codePage)!
            .GetString([.. Enumerable.Range(128, 128).Select(value => (byte)value)])
            .Where(letter => RelativePath.Read($"{letter}", PathLimits.Default).Path is not null));

    /// <summary>A name in three letters that are not ASCII at least: one alone is another letter elsewhere.</summary>
    static string Name(Random random, string letters)
    {
        var name = new StringBuilder("n");
        for (var i = random.Next(3, 12); i > 0; i--)
            name.Append(letters[random.Next(letters.Length)]).Append(Ascii[random.Next(Ascii.Length)]);
        return $"{name}{random.Next()}.html";
    }

    static byte[] ZipOf(Random random, int codePage, HashSet<string> names)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(codePage) ?? Encoding.UTF8;
        var stated = names.Select(name => random.Next(2) == 0 ? name : TwinKey.Decomposed(name));
        var list = string.Concat(stated.Select(name => $"{new string('0', 64)}  {name}\n"));
        return ZipBuilder.Of(
            [new ZipPart("HASH", list), .. names.Select(name => new ZipPart(encoding.GetBytes(name), [1]))]);
    }
}
