using System.Buffers;

namespace Difusor.Agent.Configuration;

/// <summary>
/// Finds the program that a command of the configuration runs, where that can be told without a shell.
/// </summary>
public static class CommandProgram
{
    static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./+-");

    /// <summary>What the shell knows itself: a file of that name need not be there, or is not what runs.</summary>
    static readonly string[] OfTheShell =
    [
        ".", "alias", "bg", "break", "case", "cd", "command", "continue", "do", "done", "echo", "elif", "else", "esac",
        "eval", "exec", "exit", "export", "false", "fc", "fg", "fi", "for", "getopts", "hash", "if", "jobs", "kill",
        "local", "printf", "pwd", "read", "readonly", "return", "set", "shift", "test", "then", "times", "trap", "true",
        "type", "ulimit", "umask", "unalias", "unset", "until", "wait", "while",
    ];

    /// <summary>
    /// Returns the first word of a command; null where it is no plain word, or the shell's own.
    /// </summary>
    public static string? Of(string command)
    {
        var first = command.AsSpan().TrimStart(" \t");
        if (first.IndexOfAny(" \t") is var end and >= 0) first = first[..end];
        return first.Length == 0 || first.ContainsAnyExcept(Plain) || OfTheShell.Contains(first.ToString()) ? null
            : first.ToString();
    }
}
