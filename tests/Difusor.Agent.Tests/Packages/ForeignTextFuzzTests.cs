using System.Text.Json;
using Difusor.Agent.Configuration;
using Difusor.Agent.Conformity;
using Difusor.Agent.Drop;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Ntp;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Tests.Packages;

/// <summary>
/// Each parser of a text that somebody else writes, on seeds of what it reads, spoiled with other scripts' digits and
/// marks: none throws.
/// </summary>
public sealed class ForeignTextFuzzTests
{
    static readonly JsonSerializerOptions Shown = new() { Encoder = PrintableJson.Encoder };

    static readonly string[] Tokens =
    [
        "٢", "٠٦/٠٦/٢٠٢١", "६", "९:९", "９９", "\U0001D7D8", "\u202E", "\u2066", "\uFEFF", "\u200D", "\u2028", "\uD83D",
        "\0", "\n", "\r\n", "\t", " ", "\\", "\\134", "\"", "'",
        "{", "}", "[", "]", "(", ")", "<", ">", "</", "&", "&#x", "&#9999999999;", ";", ":", "=", ",", "-", "+", ".",
        "/", "#", "%", "*", "99999999999999999999", "-1", "1e999", "0x",
        "null", "true", "\"seq\":1,\"seq\":2", "{\"a\":{\"a\":", "K", "\u212A", "ſ", "ß",
    ];

    static readonly Dictionary<string, (string Seed, Action<string> Read)> Parsers = new()
    {
        ["page"]
        = ("<h1>Corte: 06/06/2021 20:20 h</h1><p>6 de junio de 2021, 8:20 p.&nbsp;m.</p><script>1</script><!-- --> "
            + "2020 horas &#58; 2021-06-06",
            text => CorteShown.Read(text).ShowsALaterOneThan(Corte.Read("2021-06-06T20:00:00-05:00")!.Value)),
        ["header"]
        = ("sep=|\nDIPUTACIONES\n2021/06/06 20:20 (UTC-5)\n02/06/2024 20:20 h(UTC-06:00)\n", text =>
            CorteHeader.Read(Bytes(text))),
        ["json of a corte"]
        = ("""{"fechaCorte":"06/06/2021","horaCorte":"8:20 p. m.","a":[{"archivoCorte":"20210606_2020_X.zip"}]}""",
            text => _ = (CorteJson.Read(Bytes(text), []),
                CorteShown.InJson(text, Corte.Read("2021-06-06T20:20-05:00")!.Value))),
        ["stamp of a corte"]
        = ("Corte: 6 de junio de 2021, 8:20:00.000 p. m. hrs. (UTC -05:00) Tiempo del Centro", text =>
            CorteStamp.Read(text)),
        ["package name"]
        = ("PREP_DIP_MEX_20210606_202000.tar.gz/20210606_2020/99991231_2359", text =>
            _ = (PackageName.Read(text), PackageName.WithoutStamps(text))),
        ["path"]
        = ("./a/b/ñandú.html", text =>
            _ = (RelativePath.Read(text, PathLimits.Default), RawPath.Of(Bytes(text)).ToString(), TwinKey.Of(text),
            HashFileName.Is(text))),
        ["printable"]
        = ("ñandú\u202E", text =>
            _ = (Printable.Of(text), Printable.Line(text), JsonSerializer.Serialize(text, Shown))),
        ["corte"] = ("2021-06-06T20:20:00-05:00", text => Corte.Read(text)),
        ["release id"] = ("20210606-2020-0007", text => _ = ReleaseId.Read(text)?.Sequence),
        ["quantity"] = ("10s 2GiB", text => _ = (Quantity.ReadDuration(text), Quantity.ReadSize(text))),
        ["sshd"]
        = ("port 22\nport 2222\nchrootdirectory %h/%u\nforcecommand internal-sftp\n", text =>
            _ = (new SshdSettings("a", text, "/srv").Ports.ToList(), new SshdSettings("a", text, null).Chroot)),
        ["sockets"]
        = ("ActiveState=active\nListen=[::]:22 (Stream)\nListen=/run/ssh (Stream)\n\nActiveState=inactive\n", text =>
            SocketUnits.Ports(text)),
        ["ufw"]
        = ("Status: active\nDefault: deny (incoming)\n22,443/tcp ALLOW IN Anywhere\n8000:9000/tcp ALLOW IN 10.0.0.1\n",
            text => UfwStatus.Read(text, 22)),
        ["nft"] = ("""
            {"nftables": [{"chain": {"family": "inet", "table": "filter", "name": "input", "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}},
            {"rule": {"family": "inet", "table": "filter", "chain": "input", "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}},
            "right": {"set": [22, {"range": [400, 500]}]}}}, {"accept": null}]}}]}
            """, text => Expected(() => NftRuleset.Read(Encoding.UTF8.GetString(Bytes(text))).Of(443))),
        ["os-release"]
        = ("ID=debian\nVERSION_ID=\"12\"\nSUPPORT_END=2028-06-30\n", text => _ = OsRelease.Read(text).End),
        ["apache"]
        = ("# In file: /etc/apache2/apache2.conf\n#   1:\n<VirtualHost *:443>\nServerName a\nDocumentRoot "
            + "\"/srv/public/current\"\n<FilesMatch \"\\.txt$\">\nHeader set A \"b\"\n</FilesMatch>\n</VirtualHost>\n",
            text => ApacheSite.Of(ApacheConfiguration.Read(text), "/srv/public")?.Over(true, "Header")),
        ["chrony"]
        = ("Reference ID    : CB00710F (203.0.113.15)\nStratum : 3\nSystem time     : 0.000006523 seconds slow of "
            + "NTP time\nLeap status     : Normal\n", text => HostTimeReport.OfChrony(text)),
        ["timesyncd"]
        = ("NTPSynchronized=yes\nServerName=a\nNTPMessage={ Leap=0, Stratum=2 }\n", text =>
            HostTimeReport.OfTimesyncd(text)),
        ["ntpd"] = ("leap=00, stratum=3, refid=203.0.113.15, offset=-0.123\n", text => HostTimeReport.OfNtpd(text)),
        ["record"] = ("""{"seq":7,"at":null,"system_at":"2021-06-07T01:00:00.100000Z","event":"PACKAGE_REJECTED","fields":{"package":"a"},"prev":"00"}""", text => RecordLine.Read(Bytes(text))),
        ["chain"] = ("""{"seq":1,"at":null,"system_at":"2021-06-07T01:00:00.100000Z","event":"X","fields":{},"prev":"0000000000000000000000000000000000000000000000000000000000000000"}""",
            text => new ChainVerifier(new Dictionary<long, Witness>()).Follow("f", 1, Bytes(text))),
        ["syslog heads"]
        = ("<131>1 difusor-agent [a seq=\"7\" head=\"" + new string('a', 64) + "\"]\n", text =>
            SyslogHeads.Read(new LineReader(new MemoryStream(Bytes(text))), "f")),
        ["head mark"] = ("00000000000000000007 " + new string('a', 64) + "\n", text => HeadMark.Read(text)),
        ["syslog target"] = ("tls://[::1]:6514", text => SyslogTarget.Read(text)),
        ["judged"] = ("""{"name":"a","fingerprint":"00","accepted":true}""", text => JudgedMemory.Read(text).ToList()),
        ["choice"] = ("""{"release":"20210606-2020-0007","overruled_corte":"2021-06-06T20:20:00-05:00","overruled_sequence":7,"hold":true,"reason":"a","at":"2021-06-06T20:20:00.0000000-05:00"}""",
            text => ChoiceFormat.Read(Bytes(text))),
        ["release record"] = ("""
            {"id":"20210606-2020-0007","sequence":7,"package":"P","corte":"2021-06-06T20:20:00-05:00","series":null,"manifest_sha256":"","file_count":0,"bytes":0,"destination":"public",
            "future":false,"newest":0,"sealed_at":"2021-06-06T20:20:00.0000000-05:00","made_from":null,"warnings":[],"files":[]}
            """, text => _ = (RecordFormat.ReadRelease(Bytes(text)), RecordFormat.Read(Bytes(text)))),
        ["operator"] = ("""{"$type":"activate","at":"2021-06-06T20:20:00-05:00","reason":"a","hold":false}""", text => OperatorCommand.Read(Bytes(text))),
        ["status"] = ("""{"version":"0","pid":1,"written_at":"2021-06-06T20:20:00-05:00"}""", text => AgentStatus.Read(Bytes(text))),
    };

    public static TheoryData<string> Names => [.. Parsers.Keys];

    [Theory, MemberData(nameof(Names))]
    public void NoTextBreaksItsParser(string name)
    {
        var (seed, read) = Parsers[name];
        read(seed);
        var run = new FuzzRun(usual: 2000, seed: 15, sharing: Parsers.Count);
        while (run.Next())
        {
            var text = Spoiled(seed, run.Random);
            try { read(text); }
            catch (Exception fault) { Assert.Fail($"{name}, {JsonSerializer.Serialize(text)}: {fault}"); }
        }
        run.Tell(name);
    }

    static string Spoiled(string seed, Random random)
    {
        var text = new StringBuilder(seed);
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            var at = random.Next(text.Length + 1);
            switch (random.Next(6))
            {
                case 0: text.Insert(at, Tokens[random.Next(Tokens.Length)]); break;
                case 1: text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)); break;
                case 2 when at < text.Length: text[at] = (char)random.Next(0x10000); break;
                case 3: text.Insert(
                    at, string.Concat(Enumerable.Repeat(Tokens[random.Next(Tokens.Length)], random.Next(1, 50))));
                    break;
                case 4 when at < text.Length
                    && char.IsAsciiDigit(text[at]): text[at] = (char)(0x0660 + (text[at] - '0')); break;
                default: Replace(text, random); break;
            }
        }
        return text.ToString();
    }

    /// <summary>All digits by those of another script.</summary>
    static void Replace(StringBuilder text, Random random)
    {
        var zero = new[] { 0x0660, 0x06F0, 0x0966, 0xFF10 }[random.Next(4)];
        for (var at = 0; at < text.Length; at++)
            if (char.IsAsciiDigit(text[at])) text[at] = (char)(zero + (text[at] - '0'));
    }

    static void Expected(Action read)
    {
        // What NetworkReading makes an answer of.
        try { read(); }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException) { }
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
