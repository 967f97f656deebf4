using System.Text.Json.Nodes;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Journal;

public class SyslogFormatTests
{
    static readonly SyslogIdentity Here =
        new(16, "difusor.example.mx", 4321, TimeZoneInfo.CreateCustomTimeZone("t", TimeSpan.FromHours(-5), "t", "t"),
        "difusor@32473", Language.Es);

    [Fact]
    public void AMessageOfRfc5424HasItsFieldsInOneElementAndTheSentenceAfterIt()
    {
        var text = Text(
            Rfc5424.Format(
            Record("PACKAGE_DUPLICATE",
            new JsonObject
            {
                ["package"] = "a.zip", ["corte"] = "2021-06-06T20:20:00-05:00", ["files"] = 3, ["published"] = "r-1",
            }),
            Here));
        Assert.Equal($"""<134>1 2021-06-07T01:20:03.250000Z difusor.example.mx difusor-agent 4321 PACKAGE_DUPLICATE [difusor@32473 seq="7" head="{Head}" """
            + $"""package="a.zip" corte="2021-06-06T20:20:00-05:00" files="3" published="r-1"] """
            + "El paquete a.zip repite byte por byte el corte 2021-06-06T20:20:00-05:00. "
            + "Es lo que está publicado (r-1): no hay nada que hacer.", text);
    }

    [Fact]
    public void TheLocalFormatHasTheCodeAndTheFieldsBeforeTheSentence()
    {
        var text = Text(
            LocalSyslog.Format(
            Record("PACKAGE_DUPLICATE", new JsonObject { ["package"] = "a.zip", ["corte"] = "C" }),
            Here with { Host = null }));
        Assert.Equal($"""<134>Jun  6 20:20:03 difusor-agent[4321]: PACKAGE_DUPLICATE seq="7" head="{Head}" package="a.zip" corte="C" """
            + "El paquete a.zip repite byte por byte el corte C.", text);
    }

    [Fact]
    public void AnInstanceBesideTheFirstTellsItsNameAfterTheHead()
    {
        var (record, second) = (Record("PACKAGE_DUPLICATE", []), Here with { Instance = "segunda" });
        Assert.All(
            new[] { Rfc5424.Format(record, second), LocalSyslog.Format(record, second) }, message =>
            Assert.Contains($"head=\"{Head}\" agent=\"segunda\"", Text(message), StringComparison.Ordinal));
        Assert.Contains(
            "\nDIFUSOR_AGENT=segunda\n", Text(JournaldEntry.Format(record, second)), StringComparison.Ordinal);
    }

    [Fact]
    public void JournaldGetsTheSameTextAndEachFieldOfItsOwnAndTheIdOfItsCatalogsText()
    {
        var fields = new JsonObject
        {
            ["package"] = "a\"]\\ñ.zip\nPRIORITY=0", ["corte"] = "C",
            ["reasons"] = new JsonArray(new JsonObject { ["code"] = "digest-mismatch", ["path"] = "index.html" }),
        };
        var record = Record("PACKAGE_REJECTED", fields);
        var text = Text(LocalSyslog.Format(record, Here with { Host = null }));
        Assert.Equal([
            "MESSAGE=" + text[text.IndexOf("PACKAGE_REJECTED", StringComparison.Ordinal)..],
            "MESSAGE_ID=" + EventCatalogue.MessageId(EventCode.PackageRejected), "PRIORITY=3", "SYSLOG_FACILITY=16",
            "SYSLOG_IDENTIFIER=difusor-agent", "SYSLOG_PID=4321",
            "DIFUSOR_EVENT=PACKAGE_REJECTED", "DIFUSOR_AT=2021-06-07T01:20:03.250000Z", "DIFUSOR_SEQ=7",
            $"DIFUSOR_HEAD={Head}",
            "DIFUSOR_PACKAGE=a\"]\\ñ.zip\\x0aPRIORITY=0", "DIFUSOR_CORTE=C", "DIFUSOR_REASONS_TOTAL=1",
            "DIFUSOR_REASONS=digest-mismatch",
            "DIFUSOR_REASON1=digest-mismatch: index.html", "",
        ], Text(JournaldEntry.Format(record, Here)).Split('\n'));
    }

    [Theory]
    [InlineData("""a"b""", """package="a\"b" """), InlineData("""a]b""", """package="a\]b" """), InlineData("""a\b""", """package="a\\b" """)]
    [InlineData("a\nb\0c", """package="a\\x0ab\\x00c" """), InlineData("ñandú", "package=\"ñandú\" ")]
    public void WhatASenderWroteCannotLeaveItsValue(string package, string expected) =>
        Assert.Contains(
            expected.TrimEnd(),
            Text(Rfc5424.Format(Record("PACKAGE_DUPLICATE", new JsonObject { ["package"] = package }), Here)),
            StringComparison.Ordinal);

    [Fact]
    public void NoByteOrderMarkStandsInAnyMessage()
    {
        var record = Record("PACKAGE_DUPLICATE", new JsonObject { ["package"] = "\uFEFFa.zip", ["corte"] = "C" });
        foreach (var message in new[]
            { Rfc5424.Format(record, Here), LocalSyslog.Format(record, Here), JournaldEntry.Format(record, Here) })
            Assert.Equal(-1, message.AsSpan().IndexOf("\uFEFF"u8));
    }

    [Theory]
    [InlineData("fdp\u202Elmth", "fdp\\xe2\\x80\\xaelmth"), InlineData("a\u200Bb", "a\\xe2\\x80\\x8bb"),
        InlineData("a\u2028b", "a\\xe2\\x80\\xa8b")]
    public void WhatTurnsOrHidesTextIsSeenInEachFormat(string package, string shown)
    {
        var fields =
            new JsonObject { ["package"] = package,
            ["reasons"] = new JsonArray(new JsonObject { ["code"] = "no-html", ["path"] = package }) };
        var record = Record("PACKAGE_REJECTED", fields);
        var texts = new[]
            { LocalSyslog.Format(record, Here), Rfc5424.Format(record, Here),
            JournaldEntry.Format(record, Here) }.Select(Text).ToList();
        Assert.All(texts, text => Assert.DoesNotContain(package, text, StringComparison.Ordinal));
        Assert.All(texts, text => Assert.Contains($"Paquete {shown} ", text, StringComparison.OrdinalIgnoreCase));
        Assert.Contains($"DIFUSOR_PACKAGE={shown}\n", texts[2], StringComparison.Ordinal);
        Assert.Contains($"package=\"{shown.Replace("\\", "\\\\")}\"", texts[1], StringComparison.Ordinal);
    }

    [Fact]
    public void ALineFeedInTheSentenceStartsNoMessageOfItsOwn() =>
        Assert.DoesNotContain(
            (byte)'\n',
            LocalSyslog.Format(Record("PACKAGE_DUPLICATE", new JsonObject { ["package"] = "a\n<8>1 forged" }), Here));

    [Fact]
    public void TwentyPathsAreShownAndAllAreCounted()
    {
        var text = Text(Rfc5424.Format(Record("PACKAGE_REJECTED", Rejection(500)), Here));
        Assert.Contains(
            "reasons_total=\"500\" reasons=\"missing-file,digest-mismatch\"", text, StringComparison.Ordinal);
        Assert.Contains("reason20=\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("reason21=\"", text, StringComparison.Ordinal);
        Assert.Contains("truncated=\"true\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000), InlineData(3)]
    public void NoMessageIsLargerThanEightKibibytes(int length)
    {
        var fields = Rejection(40, new string('ñ', length));
        for (var i = 0; i < 30; i++) fields[$"extra{i}"] = new string('x', length);
        foreach (var message in new[] { Rfc5424.Format(Record("PACKAGE_REJECTED", fields), Here),
            LocalSyslog.Format(Record("PACKAGE_REJECTED", fields), Here) })
        {
            Assert.InRange(message.Length, 1, 8192);
            Assert.Equal(Text(message), Encoding.UTF8.GetString(message));
        }
    }

    [Fact]
    public void AWaivedReasonIsAnAlert() =>
        Assert.StartsWith(
            "<129>", Text(
            Rfc5424.Format(
            Record("OPERATOR_ACTION", new JsonObject { ["waived"] = new JsonArray("no-html") }), Here)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("unix:/dev/log", SyslogTransportKind.Unix, "/dev/log", 0),
        InlineData("udp://10.0.0.1", SyslogTransportKind.Udp, "10.0.0.1", 514)]
    [InlineData("tcp://siem.example.mx:6010", SyslogTransportKind.Tcp, "siem.example.mx", 6010),
        InlineData("tls://[::1]:6514", SyslogTransportKind.Tls, "::1", 6514)]
    public void ATargetIsRead(string text, SyslogTransportKind kind, string host, int port) =>
        Assert.Equal(new SyslogTarget(kind, host, port), SyslogTarget.Read(text));

    [Theory]
    [InlineData(""), InlineData("unix:"), InlineData("unix:dev/log"), InlineData("http://a"), InlineData("udp://"),
        InlineData("tcp://a:0"), InlineData("tcp://a:99999")]
    [InlineData("tcp://a b:1"), InlineData("tls://[::1"), InlineData("/dev/log")]
    public void WhatIsNoTargetIsRefused(string text) => Assert.Null(SyslogTarget.Read(text));

    [Fact]
    public void OnlyJournaldsSocketGetsTheLocalFormatByItself()
    {
        Assert.Equal(SyslogFormat.Local, SyslogTarget.Read("unix:/dev/log")!.FormatFor(SyslogFormat.Auto));
        Assert.Equal(SyslogFormat.Rfc5424, SyslogTarget.Read("unix:/run/rsyslog.sock")!.FormatFor(SyslogFormat.Auto));
        Assert.Equal(SyslogFormat.Rfc5424, SyslogTarget.Read("unix:/dev/log")!.FormatFor(SyslogFormat.Rfc5424));
    }

    static readonly string Head = new('b', 64);

    static JournalRecord Record(string id, JsonObject fields) =>
        new(7, new DateTimeOffset(2021, 6, 6, 20, 20, 3, 250, TimeSpan.FromHours(-5)), default, id, fields,
            JournalRecord.Genesis, Head);

    static JsonObject Rejection(int files, string detail = "")
    {
        var reasons = new JsonArray();
        for (var i = 0; i < files; i++)
            reasons.Add(
                (JsonNode)new JsonObject { ["code"] = i % 2 == 0 ? "missing-file" : "digest-mismatch",
                ["path"] = $"{i}.html", ["detail"] = detail });
        return new JsonObject { ["package"] = "a.zip", ["reasons"] = reasons };
    }

    static string Text(byte[] message) => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(message);
}
