namespace Difusor.Agent.Setup;

/// <summary>One change to the host, which can be shown, made and undone.</summary>
public abstract record Change;

/// <summary>Gives a text file of our own new contents; null means that the file does not exist.</summary>
public sealed record FileChange(string Path, string? Before, string? After) : Change;

/// <summary>Runs a program, for what a file cannot express.</summary>
/// <param name="Run">The program and its arguments.</param>
/// <param name="Undo">The command that undoes it; null if nothing does, or nothing needs to.</param>
/// <param name="Secret">Whether the institute's password goes to its standard input, as <c>chpasswd</c> expects
/// it.</param>
public sealed record CommandChange(IReadOnlyList<string> Run, IReadOnlyList<string>? Undo = null, bool Secret = false)
    : Change;
