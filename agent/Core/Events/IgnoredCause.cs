using System.Text.Json.Serialization;

namespace Difusor.Agent.Events;

/// <summary>
/// Why an entry at the top of a drop of packages is not a delivery, in the order in which it is told.
/// </summary>
[JsonConverter(typeof(KebabCase<IgnoredCause>))]
public enum IgnoredCause
{
    /// <summary>A page, a data file or a HASH file that is there by itself, as in <c>drop.layout: tree</c>.</summary>
    LooseFiles,
    /// <summary>No package: another file, an empty folder, a folder that holds packages.</summary>
    NotAPackage,
    /// <summary>A file or a folder, in a delivery too, that the agent may not open: its modes shut it out.</summary>
    Unreadable,
    /// <summary>The working name of a transfer that has not ended, or a folder with nothing else in it.</summary>
    Unfinished,
}
