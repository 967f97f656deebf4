using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.SystemTests.Harness;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.SystemTests;

/// <summary>
/// Deliveries by the real tools that institutes use, over a real SSH server, into the real receiving thread.
/// </summary>
public sealed class ArrivalTests : IClassFixture<ArrivalTests.Server>, IDisposable
{
    const string Name = "20210606_2020_PREP_DIP";

    /// <summary>One for all tests.</summary>
    public sealed class Server : IDisposable
    {
        internal Sshd Sshd { get; } = new();
        public void Dispose() => Sshd.Dispose();
    }

    readonly Sshd sshd;
    readonly TemporaryFolder sender = new();

    public ArrivalTests(Server server) => sshd = server.Sshd;

    public void Dispose() => sender.Dispose();

    static DropNight Patient(DropLayout layout = DropLayout.Packages) => new(settings => settings with
    {
        Drop = settings.Drop
            with { Layout = layout, Settle = TimeSpan.FromSeconds(5), GiveUp = TimeSpan.FromMinutes(10) },
    });

    string Make(string hour = "20:20", int pages = 200)
    {
        var folder = sender[Name];
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        // Each corte's files have its time: rsync passes over what has the same size and the same second.
        var at = DateTime.Parse($"2021-06-06 {hour}", CultureInfo.InvariantCulture);
        foreach (var (path, text) in DropNight.Package(hour, pages))
            File.SetLastWriteTimeUtc(sender.Write($"{Name}/{path}", text), at);
        return folder;
    }

    static void IsAccepted(DropNight night, string hour = "20:20")
    {
        var verdict = night.NextVerdict();
        Assert.True(verdict.Accepted, string.Join('\n', verdict.Reasons.Take(5)));
        Assert.Equal($"2021-06-06T{hour}:00-06:00", verdict.Corte?.ToString());
    }

    [Theory]
    [InlineData("sftp -r"), InlineData("sftp -rp"), InlineData("scp"), InlineData("scp -O"), InlineData("rsync"),
        InlineData("rsync --inplace")]
    [InlineData("rsync --delay-updates"), InlineData("lftp"), InlineData("cp"), InlineData("mv"), InlineData("tar")]
    public void AFolderArrivesByEachTool(string tool)
    {
        using var night = Patient();
        var source = Make();
        if (tool == "sftp -rp") foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Send(tool, source, night.Drop);
        IsAccepted(night);
    }

    void Send(string tool, string source, string drop)
    {
        var words = tool.Split(' ');
        switch (words[0])
        {
            case "sftp":
                sshd.Sftp($"put {words[1]} {source} {drop}/{Name}");
                break;
            case "scp":
                Sshd.Tool("scp", [.. words[1..], "-q", "-r", "-F", sshd.ClientConfig, source, $"drop:{drop}/"]);
                break;
            case "rsync":
                Sshd.Tool("rsync", ["-a", .. words[1..], "-e", $"ssh -F {sshd.ClientConfig}", source, $"drop:{drop}/"]);
                break;
            case "lftp":
                Sshd.Tool(
                    "lftp", "-e",
                    $"set sftp:connect-program 'ssh -a -x -F {sshd.ClientConfig}'; open "
                    + $"sftp://{Environment.UserName}:@drop; mirror -R {source} {drop}/{Name}; bye");
                break;
            case "tar":
                Sshd.Tool("sh", "-c", $"tar -C {sender.Path} -cf - {Name} | tar -C {drop} -xf -");
                break;
            case "mv":
                // From another file system or from a hidden name beside: the latter is what a careful sender does.
                Sshd.Tool("cp", "-a", source, $"{drop}/.preparing");
                Sshd.Tool("mv", $"{drop}/.preparing", $"{drop}/{Name}");
                break;
            default:
                Sshd.Tool("cp", "-r", source, $"{drop}/");
                break;
        }
    }

    [Theory]
    [InlineData("-a --delete"), InlineData("-a --delete --inplace"), InlineData("-rt --delete-after"),
        InlineData("-a --delete --delay-updates")]
    public void ATreeIsWrittenOverInPlaceAndEachCorteJudgedAsAWhole(string options)
    {
        using var night = Patient(DropLayout.Tree);
        foreach (var hour in new[] { "20:20", "20:40", "21:00" })
        {
            var source = Make(hour, pages: hour == "20:40" ? 150 : 200);
            Sshd.Tool(
                "rsync", [
                .. options.Split(' '), "-e", $"ssh -F {sshd.ClientConfig}", $"{source}/", $"drop:{night.Drop}/"]);
            IsAccepted(night, hour);
        }
    }

    [Fact]
    public void AConnectionThatDropsInTheMiddleOfAFileIsResumed()
    {
        using var night = new DropNight(
            settings => settings with { Drop = settings.Drop with { Settle = TimeSpan.FromMilliseconds(500) } });
        var package = DropNight.Package(pages: 3);
        package["dip/000.html"] = new string('x', 4_000_000);
        package["SHA256SUMS"] = string.Concat(
            package.Where(file => file.Key != "SHA256SUMS")
            .Select(file => $"{DropNight.Hex(file.Value)}  {file.Key}\n"));
        foreach (var (path, text) in package) sender.Write($"{Name}/{path}", text);
        night.PutFile($"{Name}/SHA256SUMS", package["SHA256SUMS"]);
        night.Next<DeliveryArrives>();
        Directory.CreateDirectory($"{night.Drop}/{Name}/dip");
        var page = $"{night.Drop}/{Name}/dip/000.html";
        using (var watcher = new FileSystemWatcher(Path.GetDirectoryName(page)!))
        using (var broken = sshd.StartSftp(8000, $"put {sender[Name]}/dip/000.html {page}"))
        {
            watcher.WaitForChanged(WatcherChangeTypes.Changed, 60_000);
            broken.Kill(entireProcessTree: true);
            Bounded.Ended(broken);
        }
        night.Next<DeliveryStalls>();
        Assert.NotEqual(4_000_000, new FileInfo(page).Length);
        sshd.Sftp($"reput {sender[Name]}/dip/000.html {page}");
        sshd.Sftp(
            [.. package.Keys.Where(path => path != "dip/000.html")
            .Select(path => $"put {sender[Name]}/{path} {night.Drop}/{Name}/{path}")]);
        IsAccepted(night);
    }

    [Fact]
    public void TwoDeliveriesAtOnceDoNotMix()
    {
        using var night = Patient();
        var source = Make();
        foreach (var (path, text) in DropNight.Package("20:40", 200))
            sender.Write($"20210606_2040_PREP_DIP/{path}", text);
        using var first = sshd.StartSftp(0, $"put -r {source} {night.Drop}/{Name}");
        using var second =
            sshd.StartSftp(0, $"put -r {sender["20210606_2040_PREP_DIP"]} {night.Drop}/20210606_2040_PREP_DIP");
        var verdicts = new[] { night.NextVerdict(), night.NextVerdict() };
        Assert.All(verdicts, verdict => Assert.True(verdict.Accepted));
        Assert.Equal(2, verdicts.Select(verdict => verdict.Corte).Distinct().Count());
        Bounded.Ended(first);
        Bounded.Ended(second);
    }
}
