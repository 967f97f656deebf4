namespace Difusor.Agent.Setup;

/// <summary>A check by a program before anything is reloaded: it must exit with 0 and print what is expected.</summary>
/// <param name="Says">A line that its output must contain; null if any output is right.</param>
/// <param name="Before">Whether it must hold before the first change of all, too: what fails later is then
/// ours.</param>
public sealed record Proof(IReadOnlyList<string> Run, string? Says = null, bool Before = false);

/// <summary>
/// Changes that belong together: they are made, checked, and put into effect by a reload. If a check fails, all are
/// undone.
/// </summary>
/// <param name="Name">The last part of a key of messages.json: <c>setup.stage-NAME</c>.</param>
public sealed record Stage(
    string Name, IReadOnlyList<Change> Changes, IReadOnlyList<Proof> Proofs,
    IReadOnlyList<IReadOnlyList<string>> Reloads);
