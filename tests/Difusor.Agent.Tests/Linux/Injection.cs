using System.Collections.Concurrent;
using Difusor.Agent.Linux.Threads;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// These tests throw from within the program, which is one for all tests of the process: they run alone.
/// </summary>
[CollectionDefinition(nameof(Injection), DisableParallelization = true)]
public sealed class Injection
{
    /// <summary>Throws once at each of these points, in whatever thread comes there first.</summary>
    internal static ConcurrentDictionary<BoundaryPoint, bool> Arm(
        params IEnumerable<BoundaryPoint> points)
    {
        var armed = new ConcurrentDictionary<BoundaryPoint, bool>(
            points.Select(point => KeyValuePair.Create(point, true)));
        Boundary.Inject = point =>
        {
            if (armed.TryRemove(point, out _)) throw new InvalidTimeZoneException($"injected at {point}");
        };
        return armed;
    }
}
