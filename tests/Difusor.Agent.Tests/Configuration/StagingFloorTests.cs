namespace Difusor.Agent.Tests.Configuration;

public sealed class StagingFloorTests
{
    [Theory]
    [InlineData(0, 0), InlineData(64, 65), InlineData(1L << 30, (1L << 30) + (16L << 20)),
        InlineData(long.MaxValue, long.MaxValue)]
    public void StagingStopsALittleAboveTheFreeSpaceThatIsToStay(long minFree, long floor) =>
        Assert.Equal(floor, new LimitSettings { MinFree = minFree }.StagingFloor);
}
