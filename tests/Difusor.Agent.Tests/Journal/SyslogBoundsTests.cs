using System.Text.Json.Nodes;
using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Journal;

/// <summary>What just fits into a message, and what just is our own line in a file of syslog.</summary>
public sealed class SyslogBoundsTests
{
    static readonly string Head = new('c', 64);
    static readonly SyslogIdentity Here =
        new(16, "difusor.example.mx", 4321, TimeZoneInfo.Utc, "difusor@32473", Language.Es);

    static JournalRecord Record(JsonObject fields) => new(
        7, new DateTimeOffset(2021, 6, 6, 20, 20, 3, 250, TimeSpan.Zero), default, "PACKAGE_DUPLICATE", fields,
        JournalRecord.Genesis, Head);

    static string Text(byte[] message) => Encoding.UTF8.GetString(message);

    [Fact]
    public void AMessageIsFilledToItsLastByteAndNoFurther()
    {
        foreach (var format in new Func<JournalRecord, SyslogIdentity, byte[]>[] { LocalSyslog.Format, Rfc5424.Format })
        {
            string With(int length)
            {
                // The last field never fits, so that the message says that it is cut.
                var fields = new JsonObject { ["package"] = "a.zip", ["corte"] = "C" };
                for (var field = 0; field < 7; field++) fields[$"x{field}"] = new string('x', 1000);
                fields["y"] = new string('y', length);
                fields["z"] = new string('z', 1020);
                return Text(format(Record(fields), Here));
            }
            var (fits, tooLong) = (1, 1000);
            while (tooLong - fits > 1)
            {
                var length = (fits + tooLong) / 2;
                if (With(length).Contains(" y=", StringComparison.Ordinal)) fits = length;
                else tooLong = length;
            }
            // The space before the first field is counted, and another one stands there.
            Assert.Equal(SyslogFields.MessageLimit - 1, Encoding.UTF8.GetByteCount(With(fits)));
        }
    }

    [Theory]
    [InlineData("a b\u007fc~!", "abc~!"), InlineData(" \t", "-"), InlineData(null, "-"), InlineData("ñandú", "and")]
    public void AHostsNameIsOfPrintableAscii(string? host, string shown) =>
        Assert.StartsWith(
            $"<134>1 2021-06-06T20:20:03.250000Z {shown} difusor-agent ",
            Text(Rfc5424.Format(Record([]), Here with { Host = host })), StringComparison.Ordinal);

    [Theory]
    [InlineData("x9z0", "X9Z0"), InlineData("a_b", "A_B"), InlineData("a-ñ@[`{/:", "A________")]
    [InlineData("#56", "56"), InlineData("#57", "56")]
    public void AFieldOfJournaldHasANameThatItTakes(string name, string shown)
    {
        if (name[0] == '#')
            (name, shown) = (new string('a', name == "#56" ? 56 : 57), new string('A', 56));
        Assert.Contains(
            $"\nDIFUSOR_{shown}=v\n", Text(JournaldEntry.Format(Record(new JsonObject { [name] = "v" }), Here)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("difusor-agent seq=\"7\" head=\"HEAD\"", 7)]
    [InlineData("x difusor-agent x seq=\"7\" head=\"HEAD\" x", 7)]
    [InlineData("difusor-agent seq=\"7\" head=\"HEAD", 0)]
    [InlineData("difusor-agent seq=\"7\" head=\"HEADc\"", 0)]
    [InlineData("difusor-agent seq=\"7\" head=\"HEAg\"", 0)]
    [InlineData("difusor-agent seq=\"7\" head=\"HEA\"c", 0)]
    [InlineData("difusor-agent seq=\"7\" head=\"HEAg'", 0), InlineData("difusor-agent seq=\"\" head=\"HEAD\"", 0)]
    [InlineData("difusor-agent seq=\"-7\" head=\"HEAD\"", 0), InlineData("other seq=\"7\" head=\"HEAD\"", 0)]
    [InlineData("difusor-agent seq=\"1234567890123456789\" head=\"HEAD\"", 1234567890123456789)]
    [InlineData("difusor-agent seq=\"12345678901234567890\" head=\"HEAD\"", 0)]
    [InlineData("difusor-agent seq=\"7\" head=\"HEAx\"", 0), InlineData("", 0)]
    public void OnlyAWholeHeadOfOursIsAWitness(string line, long seq)
    {
        var text = line.Replace("HEAD", Head, StringComparison.Ordinal)
            .Replace("HEA", Head[..63], StringComparison.Ordinal);
        var heads = SyslogHeads.Read(new LineReader(new MemoryStream(Encoding.UTF8.GetBytes(text + "\n"))), "f").Heads;
        Assert.Equal(seq > 0 ? [seq] : [], heads.Keys);
    }

    [Theory]
    [InlineData("receiving", "receiving"), InlineData("", "pool"), InlineData(null, "pool")]
    public void AFaultNamesItsThread(string? thread, string named) =>
        Assert.Equal(named, Faults.Of(new InvalidTimeZoneException(), "step", thread, null, 1).Thread);
}
