using System.Diagnostics;
using System.Text.RegularExpressions;
using Difusor.Agent.SystemTests.Harness;
using Difusor.Agent.SystemTests.Store;
using Difusor.Agent.Tests.Linux;

namespace Difusor.Agent.SystemTests;

/// <summary>
/// packaging/fetch/fetch.sh, with a real Apache as the server of an institute that does not push. Three cortes are due:
/// the first was 50 minutes ago, the others follow it every 20.
/// </summary>
public sealed partial class FetchTests : IDisposable
{
    const string ByTime = "FileETag None";

    /// <summary>Quintana Roo's time, which is neither UTC nor this host's.</summary>
    static readonly TimeSpan Offset = TimeSpan.FromHours(-5);

    readonly TemporaryFolder folder = new();
    readonly int port = LoopbackPort.Free(), plain = LoopbackPort.Free();
    readonly DateTimeOffset first;
    readonly Dictionary<string, string> settings;

    public FetchTests()
    {
        var now = DateTimeOffset.UtcNow.ToOffset(Offset).AddMinutes(-50);
        first = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMinute));
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        foreach (var name in new[] { "instituto/prep", "entrega", "estado" }) Directory.CreateDirectory(folder[name]);
        settings = new()
        {
            ["PATH"] = "/usr/bin:/bin",
            ["STATE_DIRECTORY"] = folder["estado"],
            ["FETCH_DROP"] = folder["entrega"],
            ["FETCH_URL"] = $"https://localhost:{port}/prep/%Y%m%d_%H%M_PREP_EDO.zip",
            ["FETCH_FIRST"] = first.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture),
            ["FETCH_ZONE"] = "America/Cancun",
            ["FETCH_CA"] = LoopbackCertificate.Trusted.File,
        };
    }

    public void Dispose() => folder.Dispose();

    [Theory, InlineData(""), InlineData(ByTime)]
    public void ACorteComesUnderItsNameAndIsAskedForOnConditionAfterThat(string line)
    {
        using var site = Institute(line);
        Offers(1, "uno");
        Fetches(1);
        Assert.Equal("uno", File.ReadAllText(folder[$"entrega/{Name(1)}"]));
        Nothing();
        // The agent has removed it; and a whole answer would look like another package.
        File.Delete(folder[$"entrega/{Name(1)}"]);
        var known = folder[$"estado/{Name(1)}"];
        var time = File.GetLastWriteTimeUtc(known);
        File.WriteAllText(known, "another");
        File.SetLastWriteTimeUtc(known, time);
        Nothing();
        Assert.Empty(Seen());
    }

    /// <summary>With ETags also where the file is older than the one before it.</summary>
    [Theory, InlineData("", 1), InlineData("", -1), InlineData(ByTime, 1)]
    public void ACorteThatIsReplacedComesAgain(string line, int minutes)
    {
        using var site = Institute(line);
        Offers(1, "uno");
        Fetches(1);
        Offers(1, "otros", minutes);
        Fetches(1);
        Assert.Equal("otros", File.ReadAllText(folder[$"entrega/{Name(1)}"]));
        Nothing();
    }

    [Theory, InlineData("Header unset ETag"), InlineData("Header unset Last-Modified")]
    public void TheSameBytesUnderAnotherTimeAreNoReplacement(string line)
    {
        using var site = Institute(line);
        Offers(1, "uno");
        Fetches(1);
        File.Delete(folder[$"entrega/{Name(1)}"]);
        Offers(1, "uno", minutes: 1);
        Nothing();
        Assert.Empty(Seen());
    }

    [Fact]
    public void AServerThatGivesNoTimeAndNoETagHandsNothingOverTwice()
    {
        using var site = Institute(
            "Header unset ETag", "Header unset Last-Modified", "RequestHeader unset If-Modified-Since early");
        Offers(1, "uno");
        Fetches(1);
        Nothing();
        Offers(1, "dos");
        Fetches(1);
        Assert.Equal("dos", File.ReadAllText(folder[$"entrega/{Name(1)}"]));
    }

    [Fact]
    public void ACorteThatWasMissedComesLaterAndOneBeforeThoseDoesNot()
    {
        using var site = Institute();
        for (var corte = 0; corte < 3; corte++) Offers(corte, "uno");
        settings["FETCH_BACK"] = "2";
        Fetches(2, 1);
    }

    [Fact]
    public void ACorteThatIsNotThereYetIsNoFailure()
    {
        using var site = Institute();
        Nothing();
        Assert.Empty(Seen());
        Offers(2, "uno");
        Fetches(2);
    }

    [Fact]
    public void NothingIsAskedForBeforeTheFirstCorte()
    {
        settings["FETCH_FIRST"] = DateTimeOffset.UtcNow.AddHours(1).ToString("O", CultureInfo.InvariantCulture);
        Nothing();    // and nobody listens
    }

    [Fact]
    public void APackageAndItsHashComeFromTwoAddresses()
    {
        using var site = Institute();
        settings["FETCH_URL"] += $" https://localhost:{port}/prep/%Y%m%d_%H%M_PREP_EDO.zip.sha256?a=%%20";
        Offers(1, "uno");
        folder.Write($"instituto/prep/{Name(1)}.sha256", "00");
        Fetched([Name(1), Name(1) + ".sha256"]);
    }

    [Fact]
    public void ADownloadThatTheServerCutsLeavesNothingAndTheNextIsWhole()
    {
        Offers(2, new string('x', 4_000_000));
        settings["FETCH_BACK"] = "1";
        Task<(int Exit, string Said)> run;
        using (Institute("SetOutputFilter RATE_LIMIT", "SetEnv rate-limit 64"))
        {
            run = Task.Run(Run);
            Bounded.Until(
                () => Seen() is [var hidden] && new FileInfo(folder[$"entrega/{hidden}"]).Length > 0, "half a package");
            Assert.All(Seen(), name => Assert.StartsWith(".", name));
        }
        var (exit, said) = Bounded.Result(run, "the end of the run");
        Assert.True(exit == 1, said);
        Assert.Contains($"{Name(2)}: no se descargó", said, StringComparison.Ordinal);
        Assert.Empty(Seen());
        using var site = Institute();
        Fetches(2);
        Assert.Equal(4_000_000, new FileInfo(folder[$"entrega/{Name(2)}"]).Length);
    }

    [Theory]
    [InlineData("FETCH_CA", "/etc/ssl/certs/ca-certificates.crt"), InlineData("FETCH_URL", "https://127.0.0.1:PORT/"),
        InlineData("FETCH_URL", "http://localhost:PLAIN/"), InlineData("FETCH_MAX", "99999")]
    public void WhatIsNotTheInstitutesOrIsTooLargeIsRefused(string setting, string value)
    {
        using var site = Institute();
        Offers(1, new string('x', 100_000));
        settings[setting] = value.Replace("PORT", $"{port}", StringComparison.Ordinal)
            .Replace("PLAIN", $"{plain}", StringComparison.Ordinal)
            + (setting == "FETCH_URL" ? "prep/%Y%m%d_%H%M_PREP_EDO.zip" : "");
        Refused();
    }

    /// <summary>Before version 8.4 curl measures only what the server has measured.</summary>
    [Fact]
    public void ATooLargeFileIsRefusedAlsoWhereTheServerNamesNoSize()
    {
        using var site = Institute("SetOutputFilter DEFLATE", "SetEnv force-gzip 1");
        var noise = new byte[1_000_000];
        Random.Shared.NextBytes(noise);
        File.WriteAllBytes(folder[$"instituto/prep/{Name(1)}"], noise);
        settings["FETCH_MAX"] = "99999";
        Refused();
        settings["FETCH_MAX"] = "9999999";
        Fetches(1);
    }

    [Theory, InlineData("localhost"), InlineData("127.0.0.1")]
    public void ARedirectIsRefusedWhereverItLeads(string host)
    {
        using var site = Institute($"Redirect 302 /prep/ https://{host}:{port}/other/");
        folder.Write($"instituto/other/{Name(1)}", "uno");
        Assert.Contains("302", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FETCH_URL", ""), InlineData("FETCH_FIRST", "soon"), InlineData("FETCH_ZONE", "America/Mexico"),
        InlineData("FETCH_EVERY", "20m"), InlineData("FETCH_MAX", "2GiB"),
        InlineData("FETCH_URL", "https://localhost/")]
    public void ASettingThatIsWrongIsTold(string setting, string value)
    {
        settings[setting] = value;
        var (exit, said) = Run();
        Assert.NotEqual(0, exit);
        Assert.NotEmpty(said);
        Assert.Empty(Seen());
    }

    [Theory]
    [InlineData("docs/fetch.md"), InlineData("docs/descarga.md"), InlineData("packaging/fetch/fetch.env")]
    public void EachSettingStandsInThePagesAndInTheExample(string page)
    {
        static IEnumerable<string> Named(string file) =>
            Setting().Matches(File.ReadAllText(WorkingCopy.At(file))).Select(match => match.Value).Distinct()
                .Order(StringComparer.Ordinal);
        Assert.Equal(Named("packaging/fetch/fetch.sh"), Named(page));
    }

    string Name(int corte) => $"{first.AddMinutes(20 * corte):yyyyMMdd_HHmm}_PREP_EDO.zip";

    /// <summary>Puts a package on the institute's server, with a time so many minutes from the usual one.</summary>
    void Offers(int corte, string text, int minutes = 0) =>
        File.SetLastWriteTimeUtc(
            folder.Write($"instituto/prep/{Name(corte)}", text), first.UtcDateTime.AddMinutes(minutes));

    ApacheSite Institute(params string[] lines) =>
        new(folder.Path, port, plain, LoopbackCertificate.Trusted.File, LoopbackCertificate.Trusted.KeyFile,
            ["env", "ratelimit", "deflate"], ["ServerName localhost", $"DocumentRoot {folder["instituto"]}", .. lines],
            folder["instituto"]);

    /// <summary>A run fetches these cortes, in this order, and no other is in the drop.</summary>
    void Fetches(params int[] cortes) => Fetched([.. cortes.Select(Name)]);

    void Fetched(string[] names)
    {
        var (exit, said) = Run();
        Assert.Equal((0, string.Concat(names.Select(name => $"{name}: descargado (fetched)\n"))), (exit, said));
        Assert.Equal(names.Order(StringComparer.Ordinal), Seen());
    }

    void Nothing() => Assert.Equal((0, ""), Run());

    /// <summary>A run fails, names the corte, and leaves nothing.</summary>
    /// <returns>What it says.</returns>
    string Refused()
    {
        var (exit, said) = Run();
        Assert.True(exit == 1, said);
        Assert.Contains($"{Name(1)}: no se descargó", said, StringComparison.Ordinal);
        Assert.Empty(Seen());
        return said;
    }

    /// <summary>Returns what lies in the drop, also under hidden names.</summary>
    string[] Seen() =>
        [.. Directory.GetFileSystemEntries(folder["entrega"]).Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal)];

    (int Exit, string Said) Run()
    {
        var start = new ProcessStartInfo(WorkingCopy.At("packaging/fetch/fetch.sh"));
        start.Environment.Clear();
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var (exit, said, errors) = Bounded.Run(start);
        return (exit, said + errors);
    }

    [GeneratedRegex("FETCH_[A-Z]+")]
    private static partial Regex Setting();
}
