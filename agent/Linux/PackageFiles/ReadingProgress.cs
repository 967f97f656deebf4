namespace Difusor.Agent.Linux.PackageFiles;

/// <summary>
/// How far the reading of packages has come. The readers write it, and the code that draws the progress bar reads it.
/// </summary>
/// <param name="measured">Whether the progress is shown. Then sizes are asked for in advance, so that the bar can tell
/// the time that is left.</param>
public sealed class ReadingProgress(bool measured)
{
    long files, bytes, done, total;

    internal bool IsMeasured => measured;
    public long Files => Interlocked.Read(ref files);
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>Gets how many bytes on disk have been read, and how many there are as far as is known.</summary>
    public (long Done, long Total) Share => (Interlocked.Read(ref done), Interlocked.Read(ref total));

    internal void Expect(long more) => Interlocked.Add(ref total, more);

    internal void AddBytes(long count)
    {
        Interlocked.Add(ref bytes, count);
        Interlocked.Add(ref done, count);
    }

    internal void AddFile() => Interlocked.Increment(ref files);

    /// <summary>
    /// Counts a file from an archive, and how many more bytes of the archive itself were read meanwhile.
    /// </summary>
    internal void AddUnpacked(long itsBytes, long archiveBytes)
    {
        Interlocked.Increment(ref files);
        Interlocked.Add(ref bytes, itsBytes);
        Interlocked.Add(ref done, archiveBytes);
    }
}
