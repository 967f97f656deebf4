using Difusor.Agent.Configuration;
using Difusor.Agent.Events;
using Difusor.Agent.Linux.Drop;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.SystemTests.Transfers;

/// <summary>
/// One cell of the table: a corte that is interrupted, and the one after it; or the same once more. Nothing but the
/// whole of one package is ever published, and the next one does not wait for <c>drop.give_up</c>, which comes later
/// than any patience of a test.
/// </summary>
sealed class TransferScene : IDisposable
{
    /// <summary>What a package in parts is refused for, and what it may lack or have beside that.</summary>
    static readonly string[] OfParts = ["no-hash", "bad-hash-file", "missing-file", "digest-mismatch"],
        BesideThat = ["no-corte", "no-html", "uncovered-file"];

    readonly TemporaryFolder sender = new();
    readonly DropNight night;
    readonly Way way;
    readonly DropLayout layout;
    bool hasVerdict;

    TransferScene(Way way, DropLayout layout)
    {
        (this.way, this.layout) = (way, layout);
        night = new DropNight(settings => settings with
        {
            Drop = settings.Drop with
            {
                Layout = layout, Settle = TimeSpan.FromMilliseconds(400), GiveUp = TimeSpan.FromMinutes(10),
            },
        });
    }

    /// <summary>Returns what the agent says of the interrupted corte.</summary>
    public static string Interrupted(Way way, DropLayout layout, Cut cut)
    {
        using var scene = new TransferScene(way, layout);
        var said = scene.Interrupt(cut);
        scene.SendWhole("21:00");
        // Once a newer corte is accepted, nobody waits for the rest of the older one.
        while (layout == DropLayout.Packages && said == "incomplete" && !scene.hasVerdict)
            scene.IsNoNews(scene.night.Next<DeliveryJudged>(), "21:00");
        return said;
    }

    /// <summary>Returns what becomes of a corte that is interrupted, and sent once more.</summary>
    public static string SentAgain(Way way, DropLayout layout)
    {
        using var scene = new TransferScene(way, layout);
        scene.Interrupt(Cut.InAFile);
        scene.SendWhole("20:40", isAgain: true);
        return "published";
    }

    /// <summary>Writes a package, whose files have its time: rsync passes over the same size and second.</summary>
    public static void Write(string folder, string hour)
    {
        var at = DateTime.Parse($"2021-06-06 {hour}", CultureInfo.InvariantCulture);
        foreach (var (path, text) in Package(hour))
        {
            var file = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            File.SetLastWriteTimeUtc(file, at);
        }
    }

    public void Dispose()
    {
        night.Dispose();
        sender.Dispose();
    }

    /// <summary>Files that differ from those of another corte before their middle, and are as long.</summary>
    static SortedDictionary<string, string> Package(string hour)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["PREP_DIP.csv"] = $"PREP 2021\n2021/06/06 {hour} (UTC-6)\nA|B\n"
                + string.Concat(Enumerable.Repeat("1|2\n", 50)),
        };
        for (var page = 0; page < 3; page++) files[$"dip/{page:D3}.html"] = $"<html>{hour} {page} de tres</html>";
        files["SHA256SUMS"] = string.Concat(files.Select(file => $"{DropNight.Hex(file.Value)}  {file.Key}\n"));
        return files;
    }

    static string Name(string hour) => $"20210606_{hour.Replace(":", "", StringComparison.Ordinal)}_PREP";

    void Send(string hour, Cut cut = Cut.None, bool isAgain = false)
    {
        var source = sender[Name(hour)];
        if (!isAgain) Write(source, hour);
        way.Send(new Errand(
            source, night.Drop, layout == DropLayout.Tree ? night.Drop : night.In(Name(hour)), cut, isAgain));
    }

    string Interrupt(Cut cut)
    {
        if (layout == DropLayout.Tree) SendWhole("20:20");
        Send("20:40", cut);
        // Where nothing of the corte has its name yet, there is nothing to say: the next verdict tells all is well.
        if (layout == DropLayout.Tree && HasAllOf("20:20")) return "as before";
        string? said = null;
        Bounded.Until(() => (said = Said()) is not null, $"a word on {way.Tool}, {layout}, {cut}; {Lying()}");
        return said!;
    }

    bool HasAllOf(string hour) =>
        Package(hour).All(file => File.ReadAllText(Path.Combine(night.Drop, file.Key)) == file.Value);

    string? Said()
    {
        while (night.Posted is { } signal)
            if (signal is DeliveryStalls) return "incomplete";
            else if (signal is DeliveryJudged judged)
            {
                IsNoNews(judged);
                if (!judged.Verdict.Accepted) return "incomplete";
            }
        return night.Receiver.Ignored is { IsDefault: false } ignored
            && ignored.Any(entry => entry.Cause == IgnoredCause.Unfinished) ? "unfinished" : null;
    }

    /// <summary>
    /// A verdict that publishes nothing: on parts, or once more on what is published, since tools set times at the end.
    /// </summary>
    void IsNoNews(DeliveryJudged judged, string published = "20:20")
    {
        if (judged.Verdict.Accepted) Assert.True(IsOf(judged, published), $"accepted: {judged.Verdict.Corte}");
        else
        {
            var codes = DropNight.Codes(judged.Verdict);
            Assert.Empty(codes.Except(OfParts).Except(BesideThat));
            Assert.NotEmpty(codes.Intersect(OfParts));
        }
        hasVerdict |= judged.Delivery == Name("20:40");
        judged.Tree.Discard();
        night.Receiver.Remember(judged);
    }

    void SendWhole(string hour, bool isAgain = false)
    {
        Send(hour, isAgain: isAgain);
        var judged = night.Next<DeliveryJudged>();
        for (; !(judged.Verdict.Accepted && IsOf(judged, hour)); judged = night.Next<DeliveryJudged>())
            IsNoNews(judged);
        night.Publish(judged);
        var current = Path.Combine(night.State, "public/current") + "/";
        var served = Directory.EnumerateFiles(current, "*", SearchOption.AllDirectories)
            .ToDictionary(path => path[current.Length..], File.ReadAllText);
        Assert.Equal(Package(hour), new SortedDictionary<string, string>(served, StringComparer.Ordinal));
    }

    static bool IsOf(DeliveryJudged judged, string hour) =>
        judged.Verdict.Corte?.ToString() == $"2021-06-06T{hour}:00-06:00";

    string Lying() => string.Join(
        ' ', Directory.EnumerateFiles(night.Drop, "*", SearchOption.AllDirectories)
            .Select(file => $"{Path.GetRelativePath(night.Drop, file)}:{new FileInfo(file).Length}"));
}
