using System.Buffers;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests;

public sealed class RecordFormatTests
{
    static readonly Corte Corte = new(new DateTimeOffset(2021, 6, 6, 20, 20, 0, TimeSpan.FromHours(-5)));

    static readonly ReleaseRecord Record = new(
        new Release(
            ReleaseId.For(Corte, 7), 7, "PREP_MEX_20210606_2020", Corte, null, "ab", 2, 10, Root.Rehearsal, true, 99,
            DateTimeOffset.UnixEpoch,
            [new Finding("corte-not-shown", null, "a \"detail\"\n"), new Finding("x", "índice.html", "")],
            ReleaseId.For(Corte, 3)),
        [
            new ReleaseFile(RelativePath.Own("a/ñandú \"1\".html"), 4, Digest.Sha256("uno"u8), 98),
            new ReleaseFile(RelativePath.Own("b.txt"), 6, Digest.Sha256("dos"u8), 99),
        ]);

    [Fact]
    public void ARecordIsReadAsItWasWritten()
    {
        var read = RecordFormat.Read(Bytes())!;
        Assert.Equal(Record.Files, read.Files);
        Assert.Equal(Record.Release.Warnings.AsEnumerable(), read.Release.Warnings);
        Assert.Equal(Record.Release with { Warnings = [] }, read.Release with { Warnings = [] });
    }

    [Theory, InlineData("a", "b.txt"), InlineData("a/ñandú \"1\".html", "z"),
        InlineData("a/b", "a/c", "b", "b.txt", "c"), InlineData()]
    public void BesideAnotherCorteARecordReadsTheSameAndSharesItsPaths(params string[] earlier)
    {
        var like = Record
            with { Files =
            [.. earlier.Select(path => new ReleaseFile(RelativePath.Own(path), 1, Digest.Sha256("x"u8), 1))] };
        var read = RecordFormat.Read(Bytes(), like)!;
        Assert.Equal(Record.Files, read.Files);
        foreach (var file in read.Files)
            if (like.Files.FirstOrDefault(known => known.Path == file.Path) is { } known)
                Assert.Same(known.Path, file.Path);
    }

    [Fact]
    public void TheHeadAloneTellsTheRelease()
    {
        var bytes = Bytes();
        var end = bytes.IndexOf("\"files\":["u8) + 9;
        Assert.Equal(Record.Release.Id, RecordFormat.ReadRelease(bytes[..end])?.Id);
        for (var length = 0; length < end - 9; length++) Assert.Null(RecordFormat.ReadRelease(bytes[..length]));
    }

    [Fact]
    public void AnyCutRecordIsNoRecord()
    {
        var bytes = Bytes();
        for (var length = 0; length < bytes.Length; length++) Assert.Null(RecordFormat.Read(bytes[..length]));
    }

    /// <summary>A version that wrote less, or a member that is null, is read as if nothing were known of it.</summary>
    [Theory]
    [InlineData(""), InlineData("\"package\":null,\"manifest_sha256\":null,\"series\":null,\"destination\":null,"
        + "\"made_from\":null,\"unknown\":[{}],")]
    public void AMemberThatIsMissingIsEmpty(string members)
    {
        var text = $$"""{"id":"20210606-2020-0007","corte":"2021-06-06T20:20:00-05:00",{{members}}"files":[]}""";
        Assert.Equal(
            new Release(Record.Release.Id, 0, "", Corte, null, "", 0, 0, null, false, 0, default, []),
            RecordFormat.Read(Encoding.UTF8.GetBytes(text))!.Release with { Warnings = [] });
    }

    [Theory]
    [InlineData("\"id\":\"20210606-2020-0007\"", "\"id\":null")]
    [InlineData("\"corte\":\"2021", "\"corte\":\"\",\"x\":\"2021")]
    [InlineData("\"id\":\"20210606-2020-0007\"", "\"id\":7"), InlineData("\"sequence\":7", "\"sequence\":\"7\"")]
    [InlineData("\"future\":true", "\"future\":1"), InlineData("1970-01-01", "1970-31-01")]
    [InlineData("\"file_count\":2", "\"file_count\":1"), InlineData("\"file_count\":2", "\"file_count\":3")]
    [InlineData("\"b.txt\"", "null"), InlineData("\"b.txt\",6", "\"b.txt\",\"6\""), InlineData(",99]", ",\"99\"]")]
    [InlineData("HEX", "HE"), InlineData("HEX", "HEX00"), InlineData("HEX", "HEg"), InlineData("HEX", "")]
    public void ADamagedRecordIsNone(string was, string damaged)
    {
        var hex = Digest.Sha256("dos"u8).Hex;
        string In(string text) => text.Replace("HEX", hex, StringComparison.Ordinal)
            .Replace("HE", hex[..^(text == "HE" ? 2 : 1)], StringComparison.Ordinal);
        var text = Encoding.UTF8.GetString(Bytes());
        Assert.Contains(In(was), text, StringComparison.Ordinal);
        text = text.Replace(In(was), In(damaged), StringComparison.Ordinal);
        Assert.Null(RecordFormat.Read(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void AWarningThatSaysNothingIsEmpty()
    {
        var text = Encoding.UTF8.GetString(Bytes()).Replace(
            "\"warnings\":[", "\"warnings\":[{\"code\":null,\"path\":null,\"detail\":null},", StringComparison.Ordinal);
        Assert.Equal(
            [new Finding("", null, ""), .. Record.Release.Warnings],
            RecordFormat.Read(Encoding.UTF8.GetBytes(text))!.Release.Warnings);
    }

    [Theory]
    [InlineData("\"release\":\"20210606-2020-0007\"", "\"release\":7"), InlineData("\"hold\":true", "\"hold\":\"yes\"")]
    [InlineData("\"hold\":true", "\"held\":true")]
    [InlineData("\"overruled_sequence\":7", "\"overruled_sequence\":\"7\"")]
    [InlineData("1970-01-01", "1970-31-01"), InlineData("\"at\"", "\"when\""), InlineData("}", "")]
    public void ADamagedChoiceIsNone(string was, string damaged)
    {
        var choice = new OperatorChoice(
            ReleaseId.For(Corte, 7), Record.Release.Rank, true, "x", DateTimeOffset.UnixEpoch);
        var text = Encoding.UTF8.GetString(ChoiceFormat.Write(choice));
        Assert.Contains(was, text, StringComparison.Ordinal);
        Assert.Null(ChoiceFormat.Read(Encoding.UTF8.GetBytes(text.Replace(was, damaged, StringComparison.Ordinal))));
    }

    [Fact]
    public void AnOperatorsChoiceIsReadAsItWasWritten()
    {
        var choice = new OperatorChoice(
            ReleaseId.For(Corte, 7), Record.Release.Rank, true, "por orden del «INE»", DateTimeOffset.UnixEpoch);
        Assert.Equal(choice, ChoiceFormat.Read(ChoiceFormat.Write(choice).ToArray()));
        var none = new OperatorChoice(null, null, false, "", DateTimeOffset.UnixEpoch);
        Assert.Equal(none, ChoiceFormat.Read(ChoiceFormat.Write(none).ToArray()));
        Assert.Null(ChoiceFormat.Read("{\"release\":"u8.ToArray()));
    }

    [Theory, InlineData("20210606-2020-0007", true), InlineData("20210606-2020-12345", true), InlineData("..", false),
        InlineData("20210606-2020", false),
        InlineData("20210606-2020-007", false), InlineData("2021060a-2020-0007", false)]
    public void OnlyOurOwnNamesAreReleases(string name, bool ours) =>
        Assert.Equal(ours, ReleaseId.Read(name) is not null);

    static ReadOnlySpan<byte> Bytes()
    {
        var bytes = new ArrayBufferWriter<byte>();
        RecordFormat.Write(Record, bytes);
        return bytes.WrittenSpan;
    }
}
