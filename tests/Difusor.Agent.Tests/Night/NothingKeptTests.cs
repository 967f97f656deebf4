using Difusor.Agent.Events;
using Difusor.Agent.Packages.Archives;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Night;

/// <summary>What is told of a rejected package of which nothing could be copied.</summary>
public sealed class NothingKeptTests
{
    public static TheoryData<ReasonCode> Reasons => [.. Enum.GetValues<ReasonCode>()];

    [Theory, MemberData(nameof(Reasons))]
    public void NoQuarantineIsNamedAndTheReasonIsWithWhatMendsIt(ReasonCode reason)
    {
        var night = NightScene.Open();
        night.Releases.KeepsNothing = true;
        night.Deliver("20:20", "", null, reason);
        Assert.Null(night.Last<PackageRejected>().Quarantine);
        var fields = night.Journal.Records[^1].Fields;
        var words = ReasonCatalogue.Words(Language.Es, reason.Code(), isWarning: false)!;
        var mend = ReasonCatalogue.MendsOf(Language.Es, fields);
        Assert.NotEmpty(mend);
        var trouble = Assert.Single(night.Status().Troubles, one => one.Trouble == "package").Message;
        foreach (var told in new[] { EventCatalogue.Sentence(Language.Es, "PACKAGE_REJECTED", fields), trouble })
        {
            Assert.Contains(words, told, StringComparison.Ordinal);
            Assert.Contains(mend, told, StringComparison.Ordinal);
            var others = told.Replace(mend, "", StringComparison.Ordinal);
            Assert.DoesNotContain("cuarentena", others, StringComparison.Ordinal);
        }
        Assert.Single(night.Receipts, one => one.State == Agent.Night.PackageState.Rejected);
    }

    [Fact]
    public void AnArchiveThatIsNotTakenSaysWhatToSendInstead()
    {
        var night = NightScene.Open();
        night.Releases.KeepsNothing = true;
        var arrival = night.Judged("20:20");
        arrival.Verdict = arrival.Verdict with { Reasons = Archive.NotTakenAs("PREP.rar").Findings };
        night.Verdicts.Take(arrival, night.Now);
        var told = Assert.Single(night.Status().Troubles).Message;
        foreach (var form in new[] { "PREP.rar", ".zip", ".tar", ".tar.gz", ".tgz" })
            Assert.Contains(form, told, StringComparison.Ordinal);
    }
}
