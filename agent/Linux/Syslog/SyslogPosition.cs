namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// Stores the last record up to which the collector has everything, in a small file of constant length that is
/// overwritten in place. It is not flushed: after a power cut it may lag, and then some messages are repeated with the
/// same <c>seq</c>.
/// </summary>
sealed class SyslogPosition : IDisposable
{
    readonly FileStream file;

    public SyslogPosition(string path)
    {
        file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0,
            UnixCreateMode = (UnixFileMode)Modes.PrivateFile,
        });
        var text = new byte[20];
        var length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        Value = long.TryParse(
            Encoding.ASCII.GetString(text, 0, length), NumberStyles.None, CultureInfo.InvariantCulture,
            out var value) ? value : 0;
    }

    public long Value { get; private set; }

    /// <summary>Moves forward to a record; never back.</summary>
    /// <exception cref="IOException">The position is as it was; move again.</exception>
    public void Move(long seq)
    {
        if (seq <= Value) return;
        file.Position = 0;
        file.Write(Encoding.ASCII.GetBytes(seq.ToString("D20", CultureInfo.InvariantCulture) + "\n"));
        Value = seq;
    }

    public void Dispose() => file.Dispose();
}
