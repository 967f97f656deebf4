namespace Difusor.Agent.Linux.Conformity;

/// <summary>
/// Asks the kernel's SELinux policy, as it is in force, with its booleans; no tool is needed for that.
/// </summary>
sealed class PolicyReading(HostTree tree)
{
    const string Folder = "/sys/fs/selinux";
    const int LongestAnswer = 256;

    /// <summary>The kernel lets a domain that is permissive do what its policy does not.</summary>
    const uint PermissiveFlag = 1;

    /// <param name="domain">The context of a process; null if it is not known.</param>
    /// <param name="label">The context of a file.</param>
    /// <param name="kind">The class: <c>file</c>, <c>dir</c>.</param>
    /// <returns>Null if it cannot be asked, as without root.</returns>
    public bool? Allows(string? domain, string label, string kind, params string[] rights)
    {
        if (domain is null || Number($"{Folder}/class/{kind}/index") is not { } index) return null;
        uint wanted = 0;
        foreach (var right in rights)
        {
            if (Number($"{Folder}/class/{kind}/perms/{right}") is not ({ } bit and > 0 and <= 32)) return null;
            wanted |= 1u << (bit - 1);
        }
        return Ask(string.Create(CultureInfo.InvariantCulture, $"{domain} {label} {index}")) is { } answer
            ? Allowed(answer, wanted) : null;
    }

    /// <summary>
    /// Reads <c>ALLOWED DECIDED AUDITALLOW AUDITDENY SEQUENCE FLAGS</c>, of which most is hexadecimal.
    /// </summary>
    /// <returns>Null for any other text.</returns>
    internal static bool? Allowed(string answer, uint wanted)
    {
        var words = answer.TrimEnd('\0', '\n').Split(' ');
        if (words.Length < 6 || !Hexadecimal(words[0], out var allowed) || !Hexadecimal(words[5], out var flags))
            return null;
        return (allowed & wanted) == wanted || (flags & PermissiveFlag) != 0;
    }

    static bool Hexadecimal(string word, out uint value) =>
        uint.TryParse(word, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    /// <summary>Writes a question and reads the answer through the same descriptor, as selinuxfs wants it.</summary>
    string? Ask(string question)
    {
        try
        {
            using var file = File.OpenHandle(
                tree.At($"{Folder}/access"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            RandomAccess.Write(file, Encoding.ASCII.GetBytes(question), 0);
            var answer = new byte[LongestAnswer];
            return Encoding.ASCII.GetString(answer, 0, RandomAccess.Read(file, answer, 0));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { return null; }
    }

    int? Number(string path) =>
        int.TryParse(
            (tree.Text(path).Seen ?? "").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : null;
}
