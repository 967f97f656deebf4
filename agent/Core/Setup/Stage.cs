namespace Difusor.Agent.Setup;

/// <summary>
/// A question to a program before anything is reloaded: it must end with 0, and print what is expected.
/// </summary>
/// <param name="Says">A line that its output must have; null: any.</param>
public sealed record Proof(IReadOnlyList<string> Run, string? Says = null);

/// <summary>
/// The changes that stand or fall together: they are made, proven, and made known by a reload; where a proof fails they
/// are taken back.
/// </summary>
/// <param name="Name">The last part of a key of messages.json: <c>setup.stage-NAME</c>.</param>
public sealed record Stage(
    string Name, IReadOnlyList<Change> Changes, IReadOnlyList<Proof> Proofs,
    IReadOnlyList<IReadOnlyList<string>> Reloads);
