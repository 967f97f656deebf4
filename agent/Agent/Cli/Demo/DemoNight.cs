using System.Diagnostics;
using System.Text.Json.Nodes;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli.Demo;

/// <summary>The story of an election night in seconds, played against the real daemon.</summary>
sealed class DemoNight(DemoHost host, Language language)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    readonly DemoJournal journal = new(host);

    public IEnumerable<DemoStep> Play()
    {
        yield return EarlyPackageIsHeld();
        yield return GateOpens();
        yield return HeldPackageIsPublished();
        yield return TamperedPackageIsRefused();
        yield return NewerCorteIsPublished();
        yield return OlderCorteIsNot();
        yield return JournalHolds();
        yield return SyslogHeardIt();
    }

    DemoStep EarlyPackageIsHeld()
    {
        new DemoPackage(host.Corte(0), 0.25).Deliver(host.Drop);
        var held = journal.Await(Patience, "PACKAGE_HELD", "CORTE_PUBLISHED", "PACKAGE_REJECTED");
        var modes = File.Exists(host.Current + "/index.html") && Served().Contains("actas", StringComparison.Ordinal)
            ? "public" : "private";
        var mode = File.GetUnixFileMode(host.At("estado/held"));
        var seen = held is null ? Missing()
            : $"{Event(held)} ({Field(held, "reason")}), held/ {Convert.ToString((int)mode, 8)}, {modes}";
        return Step(
            "early", held is not null && Event(held) == "PACKAGE_HELD" && modes == "private"
            && (int)mode == 0b111_000_000, seen);
    }

    DemoStep GateOpens()
    {
        var opened = journal.Await(host.Opens - DateTimeOffset.UtcNow + Patience, "GATE_OPENED", "CORTE_PUBLISHED");
        var seen = opened is null ? Missing() : $"{Event(opened)} {Local(DemoJournal.At(opened))}";
        return Step(
            "opening", opened is not null && Event(opened) == "GATE_OPENED" && DemoJournal.At(opened) >= host.Opens,
            seen, ("opens", Local(host.Opens)));
    }

    DemoStep HeldPackageIsPublished()
    {
        var published = journal.Await(Patience, "CORTE_PUBLISHED");
        var late = published is null ? TimeSpan.Zero : DemoJournal.At(published) - host.Opens;
        var seen = published is null ? Missing()
            : $"{Event(published)} {Field(published, "corte")}, +{late.TotalMilliseconds:0} ms";
        return Step("published", published is not null && late >= TimeSpan.Zero && Shows(host.Corte(0)), seen);
    }

    DemoStep TamperedPackageIsRefused()
    {
        var before = Served();
        new DemoPackage(host.Corte(1), 0.5)
            .Deliver(
            host.Drop,
            ("distrito/01.html", page => page.Replace("<td>7</td>", "<td>9</td>", StringComparison.Ordinal)));
        var verdict = journal.Await(Patience, "PACKAGE_REJECTED", "CORTE_PUBLISHED");
        var seen = verdict is null ? Missing() : $"{Event(verdict)} {Reasons(verdict)}";
        return Step("tampered", verdict is not null && Event(verdict) == "PACKAGE_REJECTED"
            && Reasons(verdict) == "digest-mismatch distrito/01.html" && Served() == before, seen);
    }

    DemoStep NewerCorteIsPublished()
    {
        new DemoPackage(host.Corte(2), 0.75).Deliver(host.Drop);
        var published = journal.Await(Patience, "CORTE_PUBLISHED", "PACKAGE_REJECTED", "PACKAGE_HELD");
        var seen = published is null ? Missing() : $"{Event(published)} {Field(published, "corte")}";
        return Step(
            "newer", published is not null && Event(published) == "CORTE_PUBLISHED" && Shows(host.Corte(2)), seen);
    }

    DemoStep OlderCorteIsNot()
    {
        new DemoPackage(host.Corte(-1), 0.1).Deliver(host.Drop);
        var verdict = journal.Await(Patience, "PACKAGE_SUPERSEDED", "CORTE_PUBLISHED", "PACKAGE_REJECTED");
        var seen = verdict is null ? Missing() : $"{Event(verdict)} {Field(verdict, "corte")}";
        return Step(
            "older", verdict is not null && Event(verdict) == "PACKAGE_SUPERSEDED" && Shows(host.Corte(2)), seen);
    }

    DemoStep JournalHolds()
    {
        using var verify = Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, ["journal", "verify", "--config", host.Configuration])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = (verify.StandardOutput.ReadToEnd() + verify.StandardError.ReadToEnd()).Trim();
        verify.WaitForExit();
        return Step("journal", verify.ExitCode == 0, said.Length > 0 ? said : $"exit {verify.ExitCode}");
    }

    DemoStep SyslogHeardIt() =>
        Step("syslog", host.SyslogMessages >= 8, host.SyslogMessages.ToString(CultureInfo.InvariantCulture));

    DemoStep Step(string key, bool happened, string seen, params ReadOnlySpan<(string, object?)> values) =>
        new(happened, Messages.Say(language, $"demo.{key}"), Messages.Say(language, $"demo.{key}-expected", values),
            seen);

    string Missing() =>
        Messages.Say(language, "demo.nothing") + (host.Complaints.Length > 0 ? $" ({host.Complaints.Trim()})" : "");

    bool Shows(Corte corte) =>
        Served().Contains(
        corte.At.ToString("dd'/'MM'/'yyyy HH:mm", CultureInfo.InvariantCulture), StringComparison.Ordinal);
    string Served() => File.ReadAllText(host.Current + "/index.html");

    static string Event(JsonNode record) => record["event"]!.GetValue<string>();
    static string Field(JsonNode record, string name) => record["fields"]?[name]?.ToString() ?? "";
    static string Reasons(JsonNode record) =>
        string.Join(
            ", ", (record["fields"]?["reasons"] as JsonArray ?? [])
            .Select(reason => $"{reason!["code"]} {reason["path"]}"));
    string Local(DateTimeOffset at) =>
        at.ToOffset(host.Opens.Offset).ToString("HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
}
