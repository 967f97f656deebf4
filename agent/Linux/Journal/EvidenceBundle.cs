using System.Security.Cryptography;
using Difusor.Agent.Drop;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Journal;

/// <summary>
/// The folder of evidence that an operator hands to the institute. Each file is hashed as it is written. SHA256SUMS at
/// the top covers all files, so that <c>sha256sum -c</c> and <c>difusor-agent verify</c> can prove that nothing was
/// changed since.
/// </summary>
public sealed class EvidenceBundle
{
    public const string SumsName = "SHA256SUMS";
    readonly SortedDictionary<string, string> sums = new(StringComparer.Ordinal);

    /// <exception cref="IOException">The folder exists already: evidence must not be mixed.</exception>
    public EvidenceBundle(string folder)
    {
        if (Path.Exists(folder)) throw new IOException($"{folder} is there already");
        Directory.CreateDirectory(folder, (UnixFileMode)Modes.PrivateFolder);
        Folder = folder;
    }

    public string Folder { get; }

    public int Files => sums.Count;

    public void Write(string relative, string text) => Write(relative, Encoding.UTF8.GetBytes(text));

    public void Write(string relative, byte[] bytes)
    {
        using var contents = new MemoryStream(bytes);
        Write(relative, contents, contents.Length);
    }

    /// <summary>Returns the SHA-256 of a file that was written, in hex.</summary>
    public string SumOf(string relative) => sums[relative];

    /// <summary>
    /// Copies one of the agent's files as it is now. Root makes the bundle, but the agent's account owns the folder. So
    /// a link, as the file or on the path to it, is refused: it could lead to any file that only root may read.
    /// </summary>
    /// <exception cref="SystemFault">The file cannot be opened, or is not a regular file.</exception>
    public void Copy(string relative, string state, string source)
    {
        using var folder = SafeFolder.Open(state);
        var path = Path.GetRelativePath(state, source);
        using var handle = folder.TryOpenFile(Encoding.UTF8.GetBytes(path), out var refusal)
            ?? throw new SystemFault("open", source, refusal);
        if (SafeFolder.IdentityOf(handle, source).Kind != FileKind.Regular)
            throw new SystemFault("open", source, Errno.EINVAL);
        using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 1);
        Write(relative, stream, stream.Length);
    }

    /// <summary>Copies the journal's whole lines and its head mark as of now; the agent may go on writing.</summary>
    public void CopyJournal(JournalFolder journal)
    {
        JournalRecord? last = null;
        foreach (var file in journal.Files())
        {
            using var stream = JournalFolder.Open(file);
            var length = WholeLines(stream, ref last);
            stream.Position = 0;
            Write($"journal/{Path.GetFileName(file)}", stream, length);
        }
        if (last is not null) Write($"journal/{HeadMark.FileName}", new HeadMark(last.Seq, last.Head).ToString());
    }

    /// <summary>Writes SHA256SUMS, which completes the bundle.</summary>
    public void Seal()
    {
        var lines = new StringBuilder();
        foreach (var (path, sum) in sums) lines.Append(CultureInfo.InvariantCulture, $"{sum}  {path}\n");
        File.WriteAllText(Path.Combine(Folder, SumsName), lines.ToString());
    }

    static long WholeLines(FileStream stream, ref JournalRecord? last)
    {
        var length = 0L;
        var lines = new LineReader(stream, growing: true);
        while (lines.Read())
        {
            length += lines.Line.Length + 1;
            last = RecordLine.Read(lines.Line) ?? last;
        }
        return length;
    }

    void Write(string relative, Stream source, long length)
    {
        var path = Path.Combine(Folder, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 << 10];
        for (var left = length; left > 0;)
        {
            var count = source.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (count == 0) throw new EndOfStreamException($"{relative} became shorter while it was copied");
            hash.AppendData(buffer, 0, count);
            target.Write(buffer, 0, count);
            left -= count;
        }
        sums.Add(relative, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
