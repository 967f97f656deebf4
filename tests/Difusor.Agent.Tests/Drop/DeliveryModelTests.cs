using Difusor.Agent.Configuration;
using Difusor.Agent.Drop;
using Difusor.Agent.Gate;

namespace Difusor.Agent.Tests;

/// <summary>
/// Plays random nights to a delivery and to a naive model of it, which counts nothing: it looks at all files each time.
/// Whatever comes, closes, is read, is lost, is seen, falls silent or begins again, both must say the same.
/// </summary>
public sealed partial class DeliveryModelTests
{
    const long Second = 1_000_000_000, Settle = 10 * Second, GiveUp = 40 * Second;
    const int EachFile = 10;

    static readonly string[] Names =
        ["a.html", "b.html", "dip/c.html", "dip/SHA256SUMS", "SHA256SUMS", "b.html.md5"];
    static readonly DropSettings Settings =
        new() { Settle = TimeSpan.FromSeconds(10), GiveUp = TimeSpan.FromSeconds(40) };

    /// <summary>What is known of one file.</summary>
    sealed class Known
    {
        public bool Open, Stale, Busy, Gone, Waits;
        public string? Staged;
        public long HashBytes, Seen;
    }

    readonly Delivery delivery = new(
        new RawPath("P"), isArchive: false, Settings, new LimitSettings(), At(0),
        new Shares(new Share(1 << 20, each: EachFile), new Share(1 << 20)));
    readonly SortedDictionary<string, string> disk = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, Known> files = new(StringComparer.Ordinal);
    readonly List<(DeliveredFile File, string? Text)> hands = [];
    long now, changed, look;
    bool isShort, last, setAside, triedWhole, triedQuiet, stalled, told;

    static ClockReading At(long now) => new(now, now, now, DateTimeOffset.UnixEpoch);

    static RawPath Path(string name) => new($"P/{name}");

    static string Line(string name, string text) => $"{Digest.Sha256(Encoding.UTF8.GetBytes(text)).Hex}  {name}\n";

    static FileIdentity Identity(string text) => new(
        1, 1, FileKind.Regular, text.Length, string.GetHashCode(text, StringComparison.Ordinal), 0, 0x1A4, 0, 1);

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void AnyNightIsCountedAsIfFromTheBeginning(int seed)
    {
        var random = new Random(seed);
        var seen = new Dictionary<Occasion, int>();
        for (var step = 0; step < 2000; step++)
        {
            var did = Step(random);
            Compare($"seed {seed}, step {step}, {did}");
            var occasion = Next();
            Assert.True(
                occasion == delivery.Next(now), $"seed {seed}, step {step}, {did}: {occasion} in place of its own");
            seen[occasion] = seen.GetValueOrDefault(occasion) + 1;
            if (occasion != Occasion.None && random.Next(3) == 0) Judge(occasion);
        }
        foreach (var occasion in Enum.GetValues<Occasion>())
            Assert.True(seen.GetValueOrDefault(occasion) > 2, $"{occasion} was hardly tried");
        End();
        Assert.Equal(disk.Keys, delivery.Files.Select(file => file.Name!.Value).Order(StringComparer.Ordinal));
        Assert.All(delivery.Files, file => Assert.Equal(Identity(disk[file.Name!.Value]), file.Identity));
    }

    string Step(Random random)
    {
        now += random.Next(5) == 0 ? random.Next(40) * Second : random.Next(3) * Second;
        var name = Names[random.Next(Names.Length)];
        switch (random.Next(14))
        {
            case 0:
                Hint(HintKind.Writing, name, Text(random, name));
                return $"{name} is being written";
            case 1 or 2 or 3:
                Hint(HintKind.Settled, name, Text(random, name));
                return $"{name} is closed";
            case 4:
                if (random.Next(2) > 0) return "nothing";
                Lose(random.Next(2) == 0 ? HintKind.Gone : HintKind.Emptied, name);
                return $"{name} is lost";
            case 5:
                if (random.Next(6) > 0) return "nothing";
                Lose(HintKind.Gone, "dip");
                return "a folder is lost";
            case 6:
                Look(random);
                return "a look";
            case 7 or 8 or 9:
                Take();
                return "a reading begins";
            case 10 or 11:
                return Read(random);
            case 12:
                TakeGone();
                isShort = delivery.IsShort = false;
                return "the lost are taken";
            default:
                return Seldom(random, random.Next(24));
        }
    }

    string Text(Random random, string name)
    {
        if (!name.EndsWith("SUMS", StringComparison.Ordinal)) return $"{name}{new string('x', random.Next(3))}";
        var folder = name[..(name.LastIndexOf('/') + 1)];
        var pages = disk.Where(file => file.Key.EndsWith(".html", StringComparison.Ordinal)
            && file.Key.StartsWith(folder, StringComparison.Ordinal)).ToList();
        if (random.Next(6) == 0 && pages.Count > 1) pages.RemoveAt(0);
        return pages.Count == 0 ? Line("z.html", "")
            : string.Concat(pages.Select(file => Line(file.Key[folder.Length..], file.Value)));
    }

    void Hint(HintKind kind, string name, string text)
    {
        disk[name] = text;
        delivery.Hint(kind, Path(name), At(now));
        var file = Of(name);
        Change();
        (file.Open, file.Stale, file.Gone, file.Waits) = (kind == HintKind.Writing, true, false, false);
    }

    Known Of(string name) => files.TryGetValue(name, out var file) ? file : files[name] = new Known();

    void Change()
    {
        changed = now;
        last = setAside = triedWhole = triedQuiet = stalled = false;
    }

    void Lose(HintKind kind, string name)
    {
        bool IsLost(string path) => path == name || path.StartsWith(name + "/", StringComparison.Ordinal);
        foreach (var path in disk.Keys.Where(IsLost).ToList()) disk.Remove(path);
        delivery.Hint(kind, Path(name), At(now));
        foreach (var (_, file) in files.Where(file => IsLost(file.Key)).ToList()) Leave(file);
    }

    void Leave(Known file)
    {
        Change();
        (file.Gone, file.Open, file.Stale) = (true, false, false);
    }

    void Look(Random random)
    {
        if (random.Next(8) == 0) disk[Names[0]] = Text(random, Names[0]); // its hint was lost
        look++;
        foreach (var (name, text) in disk)
        {
            delivery.Saw(Path(name), Identity(text), look, At(now));
            var file = Of(name);
            file.Seen = look;
            if (file.Stale || file.Busy || file.Staged == text) continue;
            Change();
            file.Stale = true;
            file.Waits = false;
        }
        delivery.Looked(look, At(now));
        foreach (var (_, file) in files.Where(file => file.Value.Seen < look && !file.Value.Gone).ToList()) Leave(file);
    }

    static bool IsReady(Known file) => file is { Stale: true, Open: false, Busy: false, Gone: false, Waits: false };

    void Take()
    {
        if (delivery.TakeWork() is not { } taken)
        {
            Assert.DoesNotContain(files.Values, IsReady);
            Assert.False(delivery.HasWork);
            return;
        }
        var name = taken.Name!.Value;
        var file = files[name];
        Assert.True(file is { Stale: true, Open: false, Busy: false, Gone: false }, $"{name} was not to be read");
        (file.Stale, file.Busy, file.Waits) = (false, true, false);
        var text = disk.GetValueOrDefault(name);
        hands.Add((taken, text));
        if (!HashFileName.Is(name)) return;
        // As the reader does it: what is kept of a HASH file counts from when it is read.
        if (taken.HashBytes > 0) delivery.Shares.HashText.Return(taken.HashBytes);
        taken.HashBytes = file.HashBytes = text?.Length ?? 0;
        Assert.Equal(Taking.Taken, delivery.Shares.HashText.Take(taken.HashBytes));
    }

    string Read(Random random)
    {
        if (hands.Count == 0) return "nothing to read";
        var at = random.Next(hands.Count);
        var (taken, text) = hands[at];
        hands.RemoveAt(at);
        var name = taken.Name!.Value;
        var file = files[name];
        file.Busy = false;
        var reading = random.Next(24) switch
        {
            0 => Reading.Again,
            1 => Reading.Waits,
            _ => text is null ? Reading.Nothing : ReadingOf(name, text),
        };
        isShort |= reading.NoRoom;
        var stays = delivery.HasRead(taken, reading);
        if (file.Gone || (reading == Reading.Nothing && !file.Stale)) files.Remove(name);
        else if (reading.Retry && !file.Stale) file.Stale = file.Waits = true;
        else if (!reading.Retry && text is not null) file.Staged = text;
        Assert.Equal(files.ContainsKey(name), stays);
        return $"{name} was read: {reading}";
    }

    static Reading ReadingOf(string name, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var path = RelativePath.Own(name);
        return new Reading(
            Identity(text), new ContentEntry(path, bytes.Length, Digest.Sha256(bytes)),
            HashFileName.Is(name) && HashFile.Parse(path, bytes).File is { } hash ? Manifest.Of(hash, 20) : null);
    }

    void TakeGone()
    {
        while (delivery.TakeGone() is { } lost)
        {
            var name = lost.Name!.Value;
            Assert.True(files[name] is { Gone: true, Busy: false }, $"{name} was not lost");
            files.Remove(name);
        }
        Assert.DoesNotContain(files.Values, file => file is { Gone: true, Busy: false });
        Assert.False(delivery.HasGone);
    }

    string Seldom(Random random, int what)
    {
        if (what == 0) {
            last = true;
            delivery.GiveUp();
        }
        else if (what < 4) isShort = delivery.IsShort = false;
        else if (what < 8) ReadAgain();
        else if (what < 10)
        {
            delivery.Forgot();
            foreach (var file in files.Values) file.Open = false;
        }
        else if (what < 14 && hands.Count == 0) StartOver(what < 12);
        else if (what < 14) Assert.Throws<InvalidOperationException>(() => delivery.StartOver(false));
        else if (what < 20) Complete(random);
        return $"seldom: {what}";
    }

    /// <summary>Sends all pages with the list of them, and has them read.</summary>
    void Complete(Random random)
    {
        foreach (var (name, text) in disk.Where(file => !HashFileName.Is(file.Key)).ToList())
            Hint(HintKind.Settled, name, text);
        Hint(HintKind.Settled, Names[4], Text(random, Names[4]));
        while (hands.Count > 0) Read(random);
        TakeGone();
        ReadAgain();
        isShort = delivery.IsShort = false;
        for (var file = 0; file < Names.Length; file++)
        {
            Take();
            Read(random);
        }
    }

    void ReadAgain()
    {
        delivery.ReadAgain();
        foreach (var file in files.Values) file.Waits = false;
    }

    void StartOver(bool waits)
    {
        delivery.StartOver(waits);
        (setAside, triedWhole, triedQuiet) = (waits, false, triedQuiet && stalled);
        foreach (var file in files.Values)
            (file.Staged, file.HashBytes, file.Stale, file.Waits) = (null, 0, !file.Gone || file.Stale, false);
    }

    /// <summary>Ends the night: everything is closed, seen, read and taken.</summary>
    void End()
    {
        foreach (var (name, text) in disk.ToList()) Hint(HintKind.Settled, name, text);
        look++;
        foreach (var (name, text) in disk) delivery.Saw(Path(name), Identity(text), look, At(now));
        delivery.Looked(look, At(now));
        while (hands.Count > 0) { delivery.HasRead(hands[0].File, Reading.Again); hands.RemoveAt(0); }
        delivery.ReadAgain();
        while (delivery.TakeWork() is { } file)
            delivery.HasRead(file, ReadingOf(file.Name!.Value, disk[file.Name!.Value]));
        while (delivery.TakeGone() is not null) { }
    }
}
