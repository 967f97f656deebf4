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
