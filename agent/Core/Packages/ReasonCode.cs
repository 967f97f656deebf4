namespace Difusor.Agent.Packages;

/// <summary>
/// Why a package is rejected: the closed set of the contract's section 6. <see cref="ReasonCodes.Code"/> gives the
/// text.
/// </summary>
public enum ReasonCode
{
    DigestMismatch, MissingFile, UncoveredFile, NoHash, BadHashFile, ConflictingDigests, WeakAlgorithm,
    NoCorte, CorteMismatch, CorteOutsideWindow, FutureCorte, UnexpectedSeries,
    UnsafePath, UnsafeType, UnreadableFile, ForbiddenName, DuplicatePath,
    TooManyFiles, FileTooLarge, PackageTooLarge, HashTooLarge, PathsTooLarge, CompressionBomb, BadArchive,
    EncryptedArchive, NoHtml, NoRoom,
}

public static class ReasonCodes
{
    /// <summary>Returns the code used in JSON, events and <c>--waive</c>: <c>digest-mismatch</c>.</summary>
    public static string Code(this ReasonCode reason) => Texts[(int)reason];

    public static ReasonCode? Named(string code) =>
        Array.IndexOf(Texts, code) is var at and >= 0 ? (ReasonCode)at : null;

    /// <summary>Gets the codes that <c>publish --waive</c> takes, besides the clock's (contract, section 8).</summary>
    public static IEnumerable<string> Waivable =>
        Enum.GetValues<ReasonCode>().Where(reason => ReasonTraits.Of(reason).Waivable).Select(Code);

    static readonly string[] Texts = [.. Enum.GetNames<ReasonCode>().Select(KebabCase.Of)];
}

/// <summary>Who must act on a reason; nobody if it resolves by itself.</summary>
public enum Actor { Institute, Operator, Either, Nobody }

/// <summary>Whether something that has not arrived yet may remove a reason.</summary>
public enum Mending
{
    Never,
    /// <summary>More files of a folder may remove it.</summary>
    MoreFiles,
    /// <summary>More files may remove it, and so may the HASH beside an archive.</summary>
    AnyHash,
}

/// <summary>What follows from a reason. This is the only place that says it.</summary>
/// <param name="Waivable">Whether <c>publish --waive</c> accepts it (contract, section 8).</param>
public readonly record struct ReasonTraits(Actor Who, Mending Mending = Mending.Never, bool Waivable = false)
{
    /// <summary>Returns the traits of a reason. The code does not compile if a reason is missing here.</summary>
    public static ReasonTraits Of(ReasonCode reason) => reason switch
    {
        ReasonCode.DigestMismatch => new(Actor.Institute, Mending.MoreFiles),
        ReasonCode.MissingFile => new(Actor.Institute, Mending.MoreFiles),
        ReasonCode.UncoveredFile => new(Actor.Either, Mending.AnyHash, Waivable: true),
        ReasonCode.NoHash => new(Actor.Institute, Mending.AnyHash),
        ReasonCode.BadHashFile => new(Actor.Either, Mending.MoreFiles),
        ReasonCode.ConflictingDigests => new(Actor.Institute, Mending.MoreFiles),
        ReasonCode.WeakAlgorithm => new(Actor.Either, Mending.AnyHash, Waivable: true),
        ReasonCode.NoCorte => new(Actor.Institute, Mending.MoreFiles),
        ReasonCode.CorteMismatch => new(Actor.Institute, Mending.MoreFiles, Waivable: true),
        ReasonCode.CorteOutsideWindow => new(Actor.Either),
        ReasonCode.FutureCorte => new(Actor.Institute),
        ReasonCode.UnexpectedSeries => new(Actor.Either, Waivable: true),
        ReasonCode.UnsafePath => new(Actor.Institute),
        ReasonCode.UnsafeType => new(Actor.Institute),
        ReasonCode.UnreadableFile => new(Actor.Operator),
        ReasonCode.ForbiddenName => new(Actor.Either),
        ReasonCode.DuplicatePath => new(Actor.Institute),
        ReasonCode.TooManyFiles => new(Actor.Either),
        ReasonCode.FileTooLarge => new(Actor.Either),
        ReasonCode.PackageTooLarge => new(Actor.Either),
        ReasonCode.HashTooLarge => new(Actor.Either),
        ReasonCode.PathsTooLarge => new(Actor.Either),
        ReasonCode.CompressionBomb => new(Actor.Either),
        ReasonCode.BadArchive => new(Actor.Institute),
        ReasonCode.EncryptedArchive => new(Actor.Institute),
        ReasonCode.NoHtml => new(Actor.Either, Mending.MoreFiles, Waivable: true),
        ReasonCode.NoRoom => new(Actor.Operator),
    };
}
