namespace Difusor.Agent.Tests.Packages.Archives;

public sealed class ArchiveFuzzTests
{
    [Theory]
    [InlineData(PackageForm.Zip), InlineData(PackageForm.Tar), InlineData(PackageForm.TarGz)]
    public void NoBytesOfAnyKindBreakAReader(PackageForm form)
    {
        var run = new FuzzRun(usual: 2000, seed: 1);
        ArchiveFuzz.Run(form, run);
        Assert.InRange(run.Good, 1, run.Read - 1);
        run.Tell($"{form}");
    }
}
