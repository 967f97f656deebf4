using System.Buffers;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Packages;
using Difusor.Agent.Publication;
using Mono.Unix.Native;

namespace Difusor.Agent.Linux.Store;

/// <summary>Turns a staged tree into a release: its folder is renamed, and its record is written.</summary>
public sealed partial class ReleaseStore
{
    Release Seal(StagingTree tree, Release draft)
    {
        lock (inventory)
        {
            // After a fault that followed the renames the release exists, and only the folders must still be flushed.
            var record = tree.Sealed ??= Rename(tree, draft);
            held.Flush();
            sealedFolder.Flush();
            releases[record.Release.Id] = record.Release;
            records[record.Release.Id] = record;
            tree.Dispose();
            return record.Release;
        }
    }

    ReleaseRecord Rename(StagingTree tree, Release draft)
    {
        var files = tree.Files.OrderBy(file => file.Path.Value, StringComparer.Ordinal).ToList();
        var id = ReleaseId.For(draft.Corte, sequence + 1);
        var release = draft
            with { Id = id, Sequence = ++sequence, Newest = files.Count == 0 ? 0 : files.Max(file => file.Mtime) };
        var record = new ReleaseRecord(release, files);
        tree.MakeExact();
        tree.WriteAgainAfterAFailedFlush();
        var prepared = DurableFile.Prepare(sealedFolder, $"{id}.json", Bytes(record), Modes.PrivateFile);
        var target = $"{held.Path}/{id}";
        try
        {
            flushAhead.Flush(tree.FlushFailures);
            DurableFile.Rename(tree.Path, target);
            try
            {
                DurableFile.Rename($"{sealedFolder.Path}/{prepared}", $"{sealedFolder.Path}/{id}.json");
            }
            catch (SystemFault)
            {
                _ = Syscall.rename(target, tree.Path);
                throw;
            }
        }
        catch (SystemFault)
        {
            _ = Syscall.unlink($"{sealedFolder.Path}/{prepared}");
            throw;
        }
        return record;
    }

    static ReadOnlySpan<byte> Bytes(ReleaseRecord record)
    {
        var bytes = new ArrayBufferWriter<byte>(256 + record.Files.Count * 160);
        RecordFormat.Write(record, bytes);
        return bytes.WrittenSpan;
    }
}
