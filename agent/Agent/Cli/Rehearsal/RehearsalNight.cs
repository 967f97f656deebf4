using System.Text.Json.Nodes;
using Difusor.Agent.Cli.Demo;
using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Journal;
using Difusor.Agent.Linux.Conformity;
using Difusor.Agent.Linux.Control;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Rehearsal;
using Difusor.Agent.Linux.Store;
using Difusor.Agent.Publication;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli.Rehearsal;

/// <summary>The story of a rehearsal without the institute, step by step, and the way back from it.</summary>
/// <param name="probe">The site by loopback, as <c>sentinel.probes</c> has it.</param>
sealed class RehearsalNight(Configured configured, InstituteStandIn institute, Uri probe, CliOutput voice)
{
    const string Page = "distrito/01.html", LastReceipt = "ultimo.json";

    /// <summary>What does not match is judged once it has been quiet for <c>drop.settle</c>.</summary>
    readonly TimeSpan patience = TimeSpan.FromSeconds(45) + configured.Settings.Drop.Settle;
    readonly PathSettings paths = configured.Settings.Paths;
    readonly StoreFolders folders = new(configured.Settings.Paths.State);
    readonly JournalFollower journal = new(new StoreFolders(configured.Settings.Paths.State).Journal);
    readonly AgentsHand agent = new(configured.Settings.Paths.State);
    readonly ServedSite site = new(probe);
    readonly List<DemoPackage> delivered = [];
    readonly List<string> quarantined = [];
    string? receiptBefore;
    bool isOpen, isUntidy;

    /// <summary>Gets where the rehearsal can be seen, from this host.</summary>
    public string Url => ProbeAddress.Words(site.Rehearsal.ToString());

    public IEnumerable<DemoStep> Play()
    {
        yield return SshAnswers();
        var front = site.Front();
        var (begins, opens) = Begins();
        yield return begins;
        if (opens is not { } opening) yield break;
        receiptBefore = paths.Receipts is { } receipts ? agent.Read(Path.Combine(receipts, LastReceipt)) : null;
        var minute = new DateTimeOffset(
            opening.Ticks - (opening.Ticks % TimeSpan.TicksPerMinute), opening.Offset);
        DemoPackage early = Package(minute, 0.25), altered = Package(minute.AddMinutes(1), 0.5),
            newer = Package(minute.AddMinutes(2), 0.75);
        yield return EarlyIsHeld(early);
        yield return ItOpens(early, opening);
        yield return AlteredIsRefused(altered, early);
        yield return NewerIsPublished(newer);
        if (paths.Receipts is not null) yield return TheReceiptIsThere(newer);
        var after = site.Front();
        yield return Step("public", front is not null && front == after, after?.ToString() ?? Say("nothing"));
        yield return ItEnds(newer);
        var isGone = TakeAway() && NothingIsLeft();
        yield return Step("away", isGone, isGone ? Say("nothing-left") : paths.Drop);
    }

    /// <summary>Ends the rehearsal if it goes on, and removes what it has left. May be called again.</summary>
    /// <returns>Whether all of it went.</returns>
    public bool TakeAway()
    {
        if (isOpen) _ = Ask(new EndSimulacro());
        isOpen = false;
        if (!isUntidy) return true;
        isUntidy = false;
        var isGone = institute.Run(string.Concat(delivered.Select(Removal))) is null;
        var inQuarantine = folders.Quarantine + "/";
        List<string> left = [.. quarantined.Where(path => path.StartsWith(inQuarantine, StringComparison.Ordinal))];
        if (paths.Receipts is { } receipts)
        {
            left.AddRange(delivered.Select(package => Path.Combine(receipts, package.Name + ".json")));
            var last = Path.Combine(receipts, LastReceipt);
            if (receiptBefore is null) left.Add(last);
            else isGone &= agent.Write(last, receiptBefore);
        }
        return isGone & agent.Remove(left);
    }

    /// <summary>Returns the sftp commands that remove a package. The institute's account may remove its own.</summary>
    static string Removal(DemoPackage package)
    {
        var files = package.Contents().Keys.ToList();
        var inside = files.Select(Path.GetDirectoryName).Where(folder => folder is { Length: > 0 }).Distinct()
            .OrderByDescending(folder => folder!.Length);
        return string.Concat(files.Select(file => $"-rm {package.Name}/{file}\n"))
            + string.Concat(inside.Select(folder => $"-rmdir {package.Name}/{folder}\n")) + $"-rmdir {package.Name}\n";
    }

    bool NothingIsLeft() => delivered.TrueForAll(package => !Path.Exists(Path.Combine(paths.Drop, package.Name)));

    DemoStep SshAnswers()
    {
        var port = SshReading.OfHost()?.Ports is [var first, ..] ? first : 22;
        var greeting = ServedSite.Greeting(port);
        return Step(
            "ssh", greeting?.StartsWith("SSH-2.0-", StringComparison.Ordinal) == true, greeting ?? Say("nothing"),
            ("port", port));
    }

    (DemoStep Step, DateTimeOffset? Opens) Begins()
    {
        var (reply, said) = Ask(new BeginSimulacro());
        isOpen = reply?.Outcome == OperatorOutcome.Done;
        var opens = isOpen && reply!.Values.TryGetValue("opens", out var text) ? Corte.Read(text)?.At : null;
        return (Step("begin", opens is not null, said), opens);
    }

    DemoStep EarlyIsHeld(DemoPackage early)
    {
        if (Send(early, early.Contents()) is { } fault) return Step("early", false, fault);
        var verdict = journal.Await(patience, happened => IsAbout(happened, early));
        var isShown = Wrong(early.Contents().Where(file => file.Key == "index.html")) is null;
        return Step(
            "early", verdict?.Happened is PackageHeld { Reason: HoldReason.BeforeOpening } && !isShown, Told(verdict));
    }

    DemoStep ItOpens(DemoPackage early, DateTimeOffset opening)
    {
        var opened = journal.Await(patience, happened => happened is GateOpened { Root: Root.Rehearsal });
        var published = opened is null ? null
            : journal.Await(patience, happened => IsAbout(happened, early) && happened is CortePublished);
        var wrong = published is null ? Say("nothing") : Wrong(early.Contents());
        return Step(
            "open", opened?.BestTime >= opening && published is not null && wrong is null,
            $"{Told(opened)} {Local(opened?.BestTime, opening)}; {Told(published)}; {wrong ?? Served(early)}",
            ("opens", Local(opening, opening)));
    }

    DemoStep AlteredIsRefused(DemoPackage altered, DemoPackage shown)
    {
        var files = altered.Contents((
            Page, page => page.Replace("<td>7</td>", "<td>9</td>", StringComparison.Ordinal)));
        if (Send(altered, files) is { } fault) return Step("altered", false, fault);
        var verdict = journal.Await(patience, happened => IsAbout(happened, altered));
        var rejected = verdict?.Happened as PackageRejected;
        if (rejected?.Quarantine is { } where) quarantined.Add(where);
        var wrong = Wrong(shown.Contents());
        return Step(
            "altered", rejected?.Reasons is [{ Code: "digest-mismatch", Path: Page }] && wrong is null,
            $"{Told(verdict)}; {wrong ?? Served(shown)}");
    }

    DemoStep NewerIsPublished(DemoPackage newer)
    {
        if (Send(newer, newer.Contents()) is { } fault) return Step("newer", false, fault);
        var verdict = journal.Await(patience, happened => IsAbout(happened, newer));
        var wrong = Wrong(newer.Contents());
        return Step(
            "newer", verdict?.Happened is CortePublished { Root: Root.Rehearsal } && wrong is null,
            $"{Told(verdict)}; {wrong ?? Served(newer)}");
    }

    DemoStep TheReceiptIsThere(DemoPackage newer)
    {
        var copy = Path.Combine(InstituteStandIn.Folder, LastReceipt);
        var fault = institute.Run($"get /{Path.GetFileName(paths.Receipts)}/{LastReceipt} {copy}");
        var receipt = fault is null ? JsonNode.Parse(File.ReadAllText(copy)) : null;
        var (package, state) = ((string?)receipt?["package"], (string?)receipt?["state"]);
        return Step("receipt", package == newer.Name && state == "published", fault ?? voice.Text(
            "simulacro.receipt-says", ("package", package), ("state", InWords(state))));
    }

    DemoStep ItEnds(DemoPackage newer)
    {
        var (_, said) = Ask(new EndSimulacro());
        isOpen = false;
        var closed = journal.Await(patience, happened => happened is GateClosed { Window: not null });
        var left = Ask(new ListReleases()).Reply?.Releases?.Count(release => release.Root == "rehearsal");
        var isShown = Wrong(newer.Contents().Where(file => file.Key == "index.html")) is null;
        return Step("end", closed is not null && left == 0 && !isShown, closed is null ? said : Told(closed));
    }

    /// <summary>Delivers a package as the institute does.</summary>
    /// <returns>Why it could not; null if it could.</returns>
    string? Send(DemoPackage package, IEnumerable<KeyValuePair<string, string>> files)
    {
        var folder = Path.Combine(InstituteStandIn.Folder, package.Name);
        DemoPackage.Write(folder, files);
        delivered.Add(package);
        isUntidy = true;
        return institute.Run($"put -r {folder}");
    }

    DemoPackage Package(DateTimeOffset corte, double share) => new(
        new Corte(corte), share, configured.Settings.Drop.Series ?? configured.Profile.Series ?? "PREP_SIMULACRO");

    /// <summary>Returns whether an event is the outcome of a package.</summary>
    static bool IsAbout(AgentEvent happened, DemoPackage package) => happened switch
    {
        PackageHeld held => held.Package == package.Name,
        PackageRejected rejected => rejected.Package == package.Name,
        CortePublished published => published.Package == package.Name,
        PackageSuperseded superseded => superseded.Package == package.Name,
        PackageDuplicate same => same.Package == package.Name,
        DeliverySetAside aside => aside.Package == package.Name,
        _ => false,
    };

    (OperatorReply? Reply, string Said) Ask(OperatorCommand action)
    {
        try
        {
            if (ControlClient.Ask(paths.Run, action) is not { } reply) return (null, voice.Text("operator.no-answer"));
            return (reply, Messages.Say(
                voice.Language, $"operator.{reply.Message}",
                [.. reply.Values.Select(value => (value.Key, (object?)value.Value))]));
        }
        catch (SystemFault)
        {
            return (null, voice.Text("operator.not-running", ("socket", ControlSocket.PathIn(paths.Run))));
        }
    }

    DemoStep Step(string key, bool happened, string seen, params ReadOnlySpan<(string, object?)> values) => new(
        happened, Messages.Say(voice.Language, $"simulacro.{key}"),
        Messages.Say(voice.Language, $"simulacro.{key}-expected", values), seen);

    string Say(string key) => voice.Text($"simulacro.{key}");

    /// <summary>Returns the state in a receipt with its words.</summary>
    string InWords(string? state) =>
        Messages.Has($"state.{state}") ? $"{voice.Text($"state.{state}")} ({state})" : state ?? "-";

    /// <summary>Returns what is not served as it is; null if all of it is.</summary>
    string? Wrong(IEnumerable<KeyValuePair<string, string>> files) =>
        site.Wrong(files) is { } wrong ? Details.In(voice.Language, wrong) : null;

    string Served(DemoPackage package) => voice.Text(
        "simulacro.served", ("files", package.Contents().Count), ("corte", Times.ShowCorte(
            package.Corte.At, voice.Language)));

    /// <summary>Returns an event as people read it.</summary>
    string Told(JournalRecord? record) =>
        record is null ? Say("nothing") : EventCatalogue.Sentence(voice.Language, record.Event, record.Fields);

    static string Local(DateTimeOffset? at, DateTimeOffset zone) =>
        at?.ToOffset(zone.Offset).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) ?? "-";
}
