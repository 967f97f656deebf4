namespace Difusor.Agent.Setup;

/// <summary>One change to the host, as it is shown, made and taken back.</summary>
public abstract record Change;

/// <summary>A text file of our own gets new contents; null: there is none.</summary>
public sealed record FileChange(string Path, string? Before, string? After) : Change;

/// <summary>A program is run: what cannot be said by a file.</summary>
/// <param name="Run">The program and its arguments.</param>
/// <param name="Undo">What takes it back; null: nothing does, or nothing need.</param>
/// <param name="Secret">Whether the institute's password goes to its standard input, as <c>chpasswd</c> wants
/// it.</param>
public sealed record CommandChange(IReadOnlyList<string> Run, IReadOnlyList<string>? Undo = null, bool Secret = false)
    : Change;
