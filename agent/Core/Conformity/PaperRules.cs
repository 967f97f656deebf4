using Difusor.Agent.Configuration;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Conformity;

/// <summary>What no program can see: notices, letters, people.</summary>
static class PaperRules
{
    public static IEnumerable<ConformityRow> Rows(Configured configured)
    {
        var profile = configured.Profile;
        var rehearsals = profile.Rehearsals.Count == 0 ? null
            : string.Join(", ", profile.Rehearsals.Select(window => TextFile.Show(window.From)));
        if (profile.Registration is { } registration)
        {
            yield return new Clause("notice-to-institute")
                .ByHand(
                    new Said("check.paper", ("authority", profile.Authority)),
                    new Said(
                        "check.notice-to-institute-mend", ("whom", profile.Whom),
                        ("by", registration.By.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))));
            yield return new Clause("registration")
                .ByHand(
                    new Said("check.paper", ("authority", profile.Authority)),
                    new Said("check.registration-mend", ("form", registration.Form)), "difusor-agent check --anexo1");
            yield return new Clause("commitment")
                .ByHand(
                    new Said("check.paper", ("authority", profile.Authority)),
                    new Said("check.commitment-mend", ("commitment", registration.Commitment)));
        }
        yield return new Clause("rehearsal").ByHand(
            rehearsals is null ? new Said("check.rehearsal-none")
                : new Said("check.rehearsal-set", ("windows", rehearsals)), new Said("check.rehearsal-mend"));
        yield return new Clause("institute-verifies")
            .ByHand(new Said("check.institute-verifies-can"), new Said("check.institute-verifies-mend"),
            "difusor-agent journal verify");
        yield return new Clause("contact")
            .ByHand(new Said("check.paper", ("authority", profile.Authority)), new Said("check.contact-mend"));
    }
}
