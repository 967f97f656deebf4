using Difusor.Agent.Conformity;
using Difusor.Agent.Texts;
using static Difusor.Agent.Tests.Conformity.ConvocatoriaTests;

namespace Difusor.Agent.Tests.Conformity;

/// <summary>What <c>check</c> says by what the profile of an institute says of it.</summary>
public class OtherInstituteTests
{
    /// <summary>Whatever the profile does not name stands in no answer: neither the IEEM, nor its call, nor its form.
    /// </summary>
    [Theory, InlineData(Language.Es), InlineData(Language.En)]
    public void ForAnotherInstituteNothingIsSaidOfThisCall(Language language)
    {
        Needs();
        using var host = new PreparedHost { Election = "instituto" };
        host.WriteProfile(
            "id: instituto\ntitle: PREP\nauthority: IEPC\ntime_zone: America/Mexico_City\npublication: {opens: "
            + "2021-06-06T20:00:00-05:00, keep_until: 2021-06-07T20:00:00-05:00}\ncadence: 20m\n"
            + "registration: {by: 2021-05-01, form: Formato A, commitment: Carta B}\n");
        host.Files("etc/os-release", "ID=arch\nPRETTY_NAME=Arch\nSUPPORT_END=2030-01-01\n");
        host.Status = host.Status with { Election = "instituto" };
        var report = host.Report();
        Assert.Empty(report.Rows.Where(row => row.Standing == Standing.Fail).Select(Shown));
        Assert.All(report.Rows, row => Assert.Null(row.Clause));
        Assert.DoesNotContain(report.Rows, row => row.Id is "ntp-pool" or "bandwidth");
        var said = ConformityPage.Write(report, language) + report.ToJson(language);
        foreach (var foreign in new[] { "IEEM", "Anexo", "CentOS", "pool.ntp.org", "10 Mbps", "II." })
            Assert.DoesNotContain(foreign, said, StringComparison.Ordinal);
        Assert.Contains("Formato A", said, StringComparison.Ordinal);
    }

    [Theory, InlineData("", Standing.Fail), InlineData("Define DIFUSOR_SPA\n", Standing.Pass)]
    public void AnApplicationsOwnAddressesMustBeAnswered(string define, Standing expected)
    {
        Needs();
        using var host = new PreparedHost { Election = "spa" };
        host.WriteProfile(
            File.ReadAllText(Path.Combine(Repository.Root, "packaging/elections/ieem-2021.yaml"))
                .Replace("id: ieem-2021", "id: spa", StringComparison.Ordinal) + "site: {spa: true}\n");
        host.Apache = define + host.Apache;
        var row = Assert.Single(host.Rows(), row => row.Id == "site-paths");
        Assert.True(row.Standing == expected, Shown(row));
        using var other = new PreparedHost();
        Assert.DoesNotContain(other.Rows(), row => row.Id == "site-paths");
    }
}
