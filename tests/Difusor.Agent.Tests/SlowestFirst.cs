using Difusor.Agent.Tests.Configuration;
using Difusor.Agent.Tests.Conformity;
using Difusor.Agent.Tests.Linux;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Difusor.Agent.Tests.SlowestFirst))]

namespace Difusor.Agent.Tests;

/// <summary>
/// Begins with the classes that take longest, most of it waiting: one of them alone at the end would keep one core busy
/// and the other idle. The rest keep their order.
/// </summary>
public sealed class SlowestFirst : ITestCollectionOrderer
{
    static readonly Type[] Slowest =
    [
        typeof(ProbeTests), typeof(NoDeliveryInDropTests), typeof(ConvocatoriaTests), typeof(TreeArrivalTests),
        typeof(SecretsTests), typeof(LeftoverArrivalTests), typeof(ReceiptsFolderTests), typeof(CheckOutputTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections) where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => RankOf(collection))];

    static int RankOf(ITestCollection collection) => Array.FindIndex(
        Slowest, type => collection.TestCollectionDisplayName.Contains(type.FullName!, StringComparison.Ordinal))
        is var rank and >= 0 ? rank : Slowest.Length;
}
