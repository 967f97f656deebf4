using Microsoft.Win32.SafeHandles;

namespace Difusor.Agent.Linux.Sentinel;

/// <summary>
/// The agent's mount points (proc_pid_mountinfo(5)). The kernel signals on the descriptor when they change.
/// </summary>
sealed class MountTable : IDisposable
{
    const int Most = 16 << 20;

    readonly SafeFileHandle? file;

    public MountTable()
    {
        var descriptor = Syscall.open("/proc/self/mountinfo", OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC);
        if (descriptor >= 0) file = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Gets the descriptor to poll for POLLPRI; -1 if /proc hides the file, which poll(2) ignores.</summary>
    public int Descriptor => file is null ? -1 : (int)file.DangerousGetHandle();

    /// <summary>Reads all present mount points, as absolute paths.</summary>
    public List<string> Read()
    {
        var points = new List<string>();
        if (file is null) return points;
        var text = new byte[64 << 10];
        var length = 0;
        while (length < Most)
        {
            var more = FileBytes.Fill(file, text.AsSpan(length), length, "/proc/self/mountinfo");
            length += more;
            if (length < text.Length) break;
            Array.Resize(ref text, text.Length * 2);
        }
        foreach (var line in Encoding.UTF8.GetString(text, 0, length).Split('\n'))
            if (line.Split(' ') is [_, _, _, _, var point, ..]) points.Add(Unescape(point));
        return points;
    }

    public void Dispose() => file?.Dispose();

    /// <summary>
    /// Decodes a mount point: the kernel writes space, tab, line feed and backslash as three octal digits.
    /// </summary>
    static string Unescape(string point)
    {
        if (!point.Contains('\\', StringComparison.Ordinal)) return point;
        var text = new StringBuilder(point.Length);
        for (var at = 0; at < point.Length; at++)
        {
            if (point[at] != '\\' || at + 3 >= point.Length
                || point.AsSpan(at + 1, 3).ContainsAnyExceptInRange('0', '7')) text.Append(point[at]);
            else
            {
                text.Append((char)((point[at + 1] - '0') * 64 + (point[at + 2] - '0') * 8 + (point[at + 3] - '0')));
                at += 3;
            }
        }
        return text.ToString();
    }
}
