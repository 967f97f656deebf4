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
    EncryptedArchive, NoHtml,
}

public static class ReasonCodes
{
    /// <summary>Returns the code used in JSON, events and <c>--waive</c>: <c>digest-mismatch</c>.</summary>
    public static string Code(this ReasonCode reason) => Texts[(int)reason];

    public static ReasonCode? Named(string code) =>
        Array.IndexOf(Texts, code) is var at and >= 0 ? (ReasonCode)at : null;

    static readonly string[] Texts =
    [
        "digest-mismatch", "missing-file", "uncovered-file", "no-hash", "bad-hash-file", "conflicting-digests",
        "weak-algorithm",
        "no-corte", "corte-mismatch", "corte-outside-window", "future-corte", "unexpected-series",
        "unsafe-path", "unsafe-type", "unreadable-file", "forbidden-name", "duplicate-path",
        "too-many-files", "file-too-large", "package-too-large", "hash-too-large", "paths-too-large",
        "compression-bomb", "bad-archive", "encrypted-archive", "no-html",
    ];
}
