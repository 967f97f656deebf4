namespace Difusor.Agent.Tests.Packages.Archives;

/// <summary>
/// The same few thousand spoiled archives each time; <c>DIFUSOR_FUZZ_SECONDS=60</c> (<c>make fuzz</c>) goes on with new
/// ones.
/// </summary>
public sealed class ArchiveFuzzTests
{
    [Theory]
    [InlineData(PackageForm.Zip), InlineData(PackageForm.Tar), InlineData(PackageForm.TarGz)]
    public void NoBytesOfAnyKindBreakAReader(PackageForm form)
    {
        var asked = Environment.GetEnvironmentVariable("DIFUSOR_FUZZ_SECONDS");
        var (read, good) = asked is null
            ? ArchiveFuzz.Run(form, seed: 1, most: 2000, TimeSpan.MaxValue)
            : ArchiveFuzz.Run(
                form, Environment.TickCount, long.MaxValue,
                TimeSpan.FromSeconds(double.Parse(asked, CultureInfo.InvariantCulture)));
        Assert.InRange(good, 1, read - 1);
        TestContext.Current.TestOutputHelper?.WriteLine($"{form}: {read} archives, {good} of them good");
    }
}
