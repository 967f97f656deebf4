using System.Security.Cryptography;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Linux.Syslog;

/// <summary>
/// The files with each target's place in the journal, below <c>paths.state</c>. A file is named after its target, so
/// the order of the targets in the configuration means nothing.
/// </summary>
static class SyslogPlaces
{
    const int Digits = 12;

    public static string FileOf(string state, SyslogTarget target)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(target.ToString())));
        return Path.Combine(state, $"syslog-{digest[..Digits]}.seq");
    }

    /// <summary>
    /// Gives each target its file, and removes those of targets that are gone. A new target begins where the one begins
    /// that is furthest behind: what a wrong target never took is what the right one, named in its place, must get.
    /// </summary>
    public static void Prepare(string state, IReadOnlyList<SyslogTarget> targets)
    {
        // Up to 0.2.0 there was one target, and its place was in syslog.seq.
        var known = Directory.GetFiles(state, "syslog*.seq");
        var least = known.Length == 0 ? 0 : known.Min(file => PlaceIn(file));
        var files = targets.Select(target => FileOf(state, target)).ToList();
        foreach (var file in files.Except(known))
        {
            using var place = new SyslogPosition(file);
            place.Move(least);
        }
        foreach (var gone in known.Except(files)) File.Delete(gone);
    }

    static long PlaceIn(string file)
    {
        using var place = new SyslogPosition(file);
        return place.Value;
    }
}
