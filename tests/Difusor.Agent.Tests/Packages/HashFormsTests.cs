namespace Difusor.Agent.Tests.Packages;

/// <summary>Lists of HASH files that look like a form and are not quite, or may be read in two ways.</summary>
public sealed class HashFormsTests
{
    static readonly string One = new('1', 64), Two = new('2', 64), Md5 = new('3', 32);

    static HashFileReading Read(string text, HashLine? line = null, string name = "HASH.txt") => HashFile.Parse(
        RelativePath.Own(name), Encoding.UTF8.GetBytes(text), PathLimits.Default, HashFileReader.MostEntries, line);

    static string[] Stated(string text, HashLine? line = null)
    {
        var reading = Read(text, line);
        Assert.True(reading.File is not null, reading.Problem?.Detail);
        return [.. reading.File.Entries.Select(entry => $"{entry.Path}={entry.Digest.Hex[..1]}")];
    }

    static string Refused(string text, HashLine? line = null, string name = "HASH.txt")
    {
        var reading = Read(text, line, name);
        Assert.Null(reading.File);
        Assert.Equal("bad-hash-file", reading.Problem!.Code);
        return reading.Problem.Detail;
    }

    [Fact]
    public void ALineThatCannotBeReadIsShownWithItsNumberAndNoMoreThanSixtyCharacters()
    {
        const string Line = "lorem\u202E ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod";
        var told = Refused($"{One}  a.html\n{Line}\n");
        Assert.StartsWith("line 2, 'lorem\\xe2\\x80\\xae ipsum dolor", told, StringComparison.Ordinal);
        Assert.EndsWith("…': a line of no known form", told, StringComparison.Ordinal);
        Assert.InRange(told.Length, 60, 105);
    }

    [Theory]
    [InlineData("1;2"), InlineData("1,2")]
    public void TwoDigestsAreNoNameAndADigest(string line) => Assert.Contains(
        "two digests", Refused(line.Replace("1", One.ToUpperInvariant(), StringComparison.Ordinal)
            .Replace("2", $"\"{Two}\"", StringComparison.Ordinal) + "\n"), StringComparison.Ordinal);

    [Theory]
    [InlineData("a;b.html;{0}"), InlineData("{0};a.html;98"), InlineData("a,b,{0}"), InlineData("a.html:{0}")]
    [InlineData("a.html|{0}"), InlineData("\"a\"b\";{0}"), InlineData("\"a;{0}"), InlineData("{0}a.html")]
    [InlineData("SHA256 of a.html: {0}"), InlineData("\\a.html;{0}")]
    public void ALineWithMoreThanANameAndADigestIsNotGuessedAt(string line) =>
        Refused(line.Replace("{0}", One, StringComparison.Ordinal) + "\n");

    [Theory]
    [InlineData("b.html;{0}"), InlineData("{0};b.html"), InlineData("\"b.html\";\"{0}\""), InlineData("b.html\t{0}")]
    [InlineData("b.html,{0}"), InlineData("b.html  {0}"), InlineData("\"b.html\" {0}"), InlineData("b.html ; {0} ")]
    [InlineData("\"{0}\",\"b.html\""), InlineData("{0}; b.html"), InlineData("{0}  b.html\t"),
        InlineData("./b.html {0}")]
    public void NameAndDigestAreReadInEitherOrder(string line) => Assert.Contains(
        Stated(line.Replace("{0}", One, StringComparison.Ordinal) + "\n").Single(), new[] { "b.html=1", "b.html =1" });

    [Fact]
    public void BackSlashesAreSeparatorsWhereEachNameLeadsToASafePath()
    {
        var file = Read($"{One}  .\\DIP\\001.html\r\n{Two}  index.html\r\n\\{One} *bd\\\\MEX.txt\r\n").File!;
        Assert.True(file.IsOfWindows);
        Assert.Equal(["DIP/001.html", "index.html", "bd/MEX.txt"], file.Entries.Select(entry => entry.Path.Value));
        Assert.Empty(file.Findings);
    }

    [Theory]
    [InlineData("..\\x.html"), InlineData("a\\..\\x.html"), InlineData("a\\\\x.html"), InlineData("a\\\u0007.html")]
    [InlineData("C:\\..\\x.html"), InlineData("\\..\\x.html"), InlineData("a\\.\\x.html"), InlineData("a\\")]
    public void OneNameThatLeadsElsewhereMakesEachBackSlashOfTheListUnsafe(string name)
    {
        var file = Read($"{One}  DIP\\001.html\n{Two}  {name}\n{One}  index.html\n").File!;
        Assert.False(file.IsOfWindows);
        Assert.Equal(["index.html"], file.Entries.Select(entry => entry.Path.Value));
        Assert.Equal(2, file.Findings.Count);
        Assert.DoesNotContain(file.Findings, finding => finding.Detail.Contains("Windows", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("C:\\prep\\index.html"), InlineData("\\\\servidor\\prep\\index.html"), InlineData("\\prep\\index.html")]
    public void AnAbsolutePathOfWindowsIsUnsafeAndSaidToBeOne(string name)
    {
        var file = Read($"SHA256 ({name}) = {One}\n{Two}  DIP\\001.html\n").File!;
        var finding = Assert.Single(file.Findings);
        Assert.Equal(("unsafe-path", name), (finding.Code, finding.Path));
        Assert.StartsWith("an absolute Windows path, in ", finding.Detail, StringComparison.Ordinal);
        Assert.Equal(["DIP/001.html"], file.Entries.Select(entry => entry.Path.Value));
    }

    [Fact]
    public void ATextOfUtf16IsReadOnceWholeAndNoHalfOfIt()
    {
        byte[] text = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes($"{One}  México.html\r\n")];
        var path = RelativePath.Own("HASH.txt");
        Assert.Equal("México.html", HashFile.Parse(path, text).File!.Entries.Single().Path.Value);
        Assert.Contains("UTF-16", HashFile.Parse(path, text.AsSpan(..^1)).Problem!.Detail, StringComparison.Ordinal);
        byte[] half = [.. text, 0x00, 0xD8];
        Assert.Contains("UTF-16", HashFile.Parse(path, half).Problem!.Detail, StringComparison.Ordinal);
        Assert.NotNull(HashFile.Parse(path, text.AsSpan(2..)).Problem);
    }

    [Theory]
    [InlineData("archivo;hash;huella"), InlineData("archivo;nombre;hash"), InlineData("archivo;sha256;sha-256")]
    [InlineData("archivo;algoritmo;algorithm;hash"), InlineData("archivo;tamaño"), InlineData("hash;sha256;archivo")]
    public void AHeaderThatNamesSomethingTwiceOrNotAtAllIsNone(string header) =>
        Assert.StartsWith(
            $"line 1, '{header}'", Refused($"{header}\na.html;{One};{One};{One}\n"), StringComparison.Ordinal);

    [Fact]
    public void ARowWithOtherFieldsThanTheHeaderIsRefused()
    {
        const string Header = "archivo;bytes;sha256\n";
        Assert.Equal(["a;b.html=1"], Stated($"{Header}\"a;b.html\";98;{One}\n"));
        Assert.Contains("4 fields in place of 3", Refused($"{Header}a;b.html;98;{One}\n"), StringComparison.Ordinal);
        Assert.Contains("2 fields in place of 3", Refused($"{Header}a.html;{One}\n"), StringComparison.Ordinal);
        Assert.Contains("not the 64 hex digits", Refused($"{Header}a.html;98;{Md5}\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void ADigestThatIsNotOfTheAlgorithmBesideItIsRefused()
    {
        string[] lists =
        [
            $"Algorithm,Hash,Path\nMD5,{One},a.html\n", $"Algorithm : MD5\nHash      : {One}\nPath      : a.html\n",
            $"MD5 hash of a.html:\n{One}\n",
        ];
        Assert.All(lists, list => Assert.Contains("not the 32 hex digits", Refused(list), StringComparison.Ordinal));
        Assert.Contains("named for md5", Refused($"a.html;{One}\n", name: "MD5SUMS"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SHA256 hash of a.html:\n"), InlineData("SHA256 hash of a.html:\nSHA256 hash of b.html:\n")]
    [InlineData("SHA256 hash of a.html:\n11 11\n"), InlineData("CertUtil: -hashfile command completed successfully.\n")]
    [InlineData("SHA256 hash of a.html:\nCertUtil: -hashfile command FAILED: 0x80070002\n")]
    [InlineData("Hash : {0}\n\nPath : a.html\n"), InlineData("Hash : {0}\nHash : {0}\nPath : a.html\n")]
    [InlineData("Hash : {0}\nlorem\nPath : a.html\n"), InlineData("Path : a.html\n")]
    public void APartOfWhatAToolWritesIsRefused(string text) =>
        Refused(text.Replace("{0}", One, StringComparison.Ordinal));

    [Fact]
    public void WhatTheWindowShowedAroundCertutilIsPassedOver()
    {
        var text = $"""

            C:\prep>certutil -hashfile index.html SHA256
            SHA256 hash of index.html:
            {One}
            CertUtil: -hashfile command completed successfully.

            C:\prep>CertUtil -hashfile "bd\DIP 1.txt" SHA256
            SHA256 hash of bd\DIP 1.txt:
            {string.Join(' ', Two.Chunk(2).Select(two => new string(two)))}
            CertUtil: -hashfile command completed successfully.

            """;
        Assert.Equal(["index.html=1", "bd/DIP 1.txt=2"], Stated(text));
    }

    [Theory]
    [InlineData("x\n{0}"), InlineData("{0}x\n"), InlineData("{0}{0}")]
    public void NothingStandsBesideASignedText(string around)
    {
        var signed = Encoding.UTF8.GetString(HashFileWriter.Wrap($"{One}  a.html\n", HashWrapping.ClearSigned));
        Assert.Equal(["a.html=1"], Stated(signed));
        Refused(around.Replace("{0}", signed, StringComparison.Ordinal));
        Assert.Contains("without its end", Refused(signed[..^40]), StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherListOfTheSameFormMayFollowInTheSameFile()
    {
        Assert.Equal(["a=1", "b=2"], Stated($"archivo,hash\na,{One}\narchivo,hash\nb,{Two}\n"));
        Assert.Equal(
            ["a=1", "a=3", "b=2"],
            Stated(
                $"%%%% HASHDEEP-1.0\n%%%% size,sha256,md5,filename\n1,{One},{Md5},a\n"
                + $"%%%% size,sha256,filename\n1,{Two},b\n"));
    }

    [Fact]
    public void ALineThatTheConfigurationDescribesIsReadWhereNoOtherFormFits()
    {
        var line = new HashLine("|", 2, 4);
        Assert.Equal(
            ["a.html=1", "b.html=2"], Stated($"n|archivo|x|huella\n1|a.html|x|{One}\n2|b.html|x|{Two}\n", line));
        Assert.Equal(["a.html=1"], Stated($"{One}  a.html\n", line));
        Assert.Contains(
            "3 fields in place of 4", Refused($"1|a.html|x|{One}\n2|x|{Two}\n", line), StringComparison.Ordinal);
        Assert.Contains(
            "no digest", Refused("n|archivo|x|huella\nn|archivo|x|huella\n", line), StringComparison.Ordinal);
        // What got further tells what is wrong.
        Assert.StartsWith("line 2, 'lorem", Refused($"{One}  a.html\nlorem ipsum\n", line), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(";", "{separator: \";\", name: 1, digest: 2}")]
    [InlineData("\t", "{separator: \"\\t\", name: 1, digest: 2}")]
    [InlineData("\\", "{separator: \"\\\\\", name: 1, digest: 2}")]
    public void ADescriptionIsSaidAsTheConfigurationHasIt(string separator, string said) =>
        Assert.Equal(said, new HashLine(separator, 1, 2).ToString());
}
