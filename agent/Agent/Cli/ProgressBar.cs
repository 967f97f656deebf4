using System.Diagnostics;
using Difusor.Agent.Linux.PackageFiles;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Cli;

/// <summary>Draws the progress of a long reading on a terminal: files, bytes, rate and the time left.</summary>
static class ProgressBar
{
    static readonly TimeSpan Every = TimeSpan.FromMilliseconds(150);

    internal static T While<T>(CliOutput voice, ReadingProgress progress, Func<T> work)
    {
        if (!voice.Surface.ErrorIsTerminal) return work();
        var watch = Stopwatch.StartNew();
        using var timer = new Timer(_ => Draw(voice, progress, watch.Elapsed.TotalSeconds), null, Every, Every);
        return work();
    }

    static void Draw(CliOutput voice, ReadingProgress progress, double seconds)
    {
        var (done, total) = progress.Share;
        var left = done > 0 && total > done ? seconds * (total - done) / done : 0;
        voice.Progress(
            voice.Text(
            "verify.progress", ("files", Times.Count(progress.Files)), ("bytes", Times.Bytes(progress.Bytes)),
            ("rate", Times.Bytes((long)(progress.Bytes / Math.Max(seconds, 0.001)))), ("left", Times.Seconds(left))),
            done, total);
    }
}
