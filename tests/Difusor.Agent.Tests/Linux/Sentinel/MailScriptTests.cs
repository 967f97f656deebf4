using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Difusor.Agent.Tests.Linux;

/// <summary>packaging/notify/mail.sh with the real curl, and a mail server on loopback.</summary>
public sealed partial class MailScriptTests : IDisposable
{
    const string Notice =
        """{"event":"TAMPER_DETECTED","state":"worse","topic":"integrity","severity":"alert","message":"Alguien alter\u00f3 lo publicado.\nBcc: ladron@ejemplo.mx","at":"2021-06-07T01:41:07Z","seq":12,"fields":{"paths":["a"]},"host":"servidor1","site":"prep.ejemplo.mx","language":"es","when":"6 de junio de 2021, 20:41:07 (UTC-5)","do":"Guarde la evidencia."}""";

    static readonly string Script = Path.Combine(Repository.Root, "packaging/notify/mail.sh");
    readonly TcpListener server = new(IPAddress.Loopback, 0);

    public MailScriptTests()
    {
        Assert.SkipUnless(
            File.Exists("/usr/bin/jq") && File.Exists("/usr/bin/curl"), "mail.sh needs jq and curl");
        server.Start();
    }

    public void Dispose() => server.Dispose();

    [Fact]
    public void WhoIsWokenReadsWhatSinceWhenAndWhatToDo()
    {
        var (mail, commands) = Sent(Notice, "guardia@ejemplo.mx", "otra@ejemplo.mx");
        Assert.Equal(
            ["MAIL FROM:<difusor@ejemplo.mx>", "RCPT TO:<guardia@ejemplo.mx>", "RCPT TO:<otra@ejemplo.mx>"],
            commands.Where(command => command.Contains(':', StringComparison.Ordinal)));
        var (head, body) = Parts(mail);
        Assert.Contains("To: guardia@ejemplo.mx, otra@ejemplo.mx", head);
        Assert.StartsWith(
            "[difusor] PROBLEMA \u00b7 prep.ejemplo.mx (servidor1) \u00b7 Alguien alter\u00f3 lo publicado.",
            Subject(head), StringComparison.Ordinal);
        Assert.Contains("Desde: 6 de junio de 2021, 20:41:07 (UTC-5)", body, StringComparison.Ordinal);
        Assert.Contains("Qu\u00e9 hacer:\n  Guarde la evidencia.", body, StringComparison.Ordinal);
    }

    /// <summary>A message quotes names that the sender chose.</summary>
    [Fact]
    public void NoTextOfANoticeBeginsAHeader()
    {
        var (head, _) = Parts(Sent(Notice, "guardia@ejemplo.mx").Mail);
        Assert.DoesNotContain(head, line => line.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase));
        Assert.All(head, line => Assert.True(line.Length <= 78, line));
    }

    [Fact]
    public void WhatIsOverIsToldAsOver()
    {
        var over = Notice.Replace("\"worse\"", "\"back\"", StringComparison.Ordinal)
            .Replace("\"es\"", "\"en\"", StringComparison.Ordinal);
        var (head, body) = Parts(Sent(over, "guardia@ejemplo.mx").Mail);
        Assert.StartsWith("[difusor] OVER \u00b7 ", Subject(head), StringComparison.Ordinal);
        Assert.DoesNotContain("Guarde", body, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAServerItSaysSoAndFails()
    {
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        server.Stop();
        var (exit, said) = Run(Notice, port, "guardia@ejemplo.mx");
        Assert.NotEqual(0, exit);
        Assert.Contains("curl: ", said, StringComparison.Ordinal);
    }

    (string Mail, List<string> Commands) Sent(string notice, params string[] to)
    {
        var served = Task.Run(Serve);
        var (exit, said) = Run(notice, ((IPEndPoint)server.LocalEndpoint).Port, to);
        Assert.True(exit == 0, said);
        return Bounded.Result(served, "a mail");
    }

    static (int Exit, string Said) Run(string notice, int port, params string[] to)
    {
        var start = new ProcessStartInfo(
            "/bin/sh", ["-c", "printf '%s\\n' \"$NOTICE\" | sh \"$0\" \"$@\"", Script, .. to]);
        (start.Environment["NOTICE"], start.Environment["MAIL_FROM"]) = (notice, "difusor@ejemplo.mx");
        start.Environment["MAIL_URL"] = $"smtp://127.0.0.1:{port}";
        var (exit, output, errors) = Bounded.Run(start);
        return (exit, output + errors);
    }

    /// <summary>Takes one mail, as a server does that asks nothing.</summary>
    (string Mail, List<string> Commands) Serve()
    {
        using var client = server.AcceptTcpClient();
        using var reader = new StreamReader(client.GetStream());
        using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
        var (commands, mail, inMail) = (new List<string>(), new StringBuilder(), false);
        writer.WriteLine("220 localhost");
        while (Bounded.Line(reader, "what curl says") is { } line)
        {
            if (inMail && line != ".") mail.Append(line).Append('\n');
            else if (inMail)
            {
                inMail = false;
                writer.WriteLine("250 taken");
            }
            else if (line == "QUIT")
            {
                writer.WriteLine("221 bye");
                break;
            }
            else
            {
                commands.Add(line);
                inMail = line == "DATA";
                writer.WriteLine(inMail ? "354 go on" : "250 ok");
            }
        }
        return (mail.ToString(), commands);
    }

    static (List<string> Head, string Body) Parts(string mail)
    {
        var end = mail.IndexOf("\n\n", StringComparison.Ordinal);
        var body = Convert.FromBase64String(mail[(end + 2)..].Replace("\n", "", StringComparison.Ordinal));
        return ([.. mail[..end].Split('\n')], Encoding.UTF8.GetString(body));
    }

    static string Subject(IEnumerable<string> head)
    {
        var lines = head.SkipWhile(line => !line.StartsWith("Subject: ", StringComparison.Ordinal)).ToList();
        var words = lines.Take(1).Concat(lines.Skip(1).TakeWhile(line => line[0] == ' '));
        return string.Concat(
            words.SelectMany(line => Word().Matches(line))
                .Select(word => Encoding.UTF8.GetString(Convert.FromBase64String(word.Groups[1].Value))));
    }

    [GeneratedRegex(@"=\?UTF-8\?B\?([A-Za-z0-9+/=]+)\?=")]
    private static partial Regex Word();
}
