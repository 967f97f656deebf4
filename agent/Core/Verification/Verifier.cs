namespace Difusor.Agent.Verification;

/// <summary>
/// Judges a package: whether its contents match its HASH files, and whether they may be served (contract, section 6).
/// </summary>
public static class Verifier
{
    public static Verdict Judge(PackageOffer offer, IPackageContents contents, VerificationRules rules) =>
        new Examination(offer, contents, rules).Judge();
}
