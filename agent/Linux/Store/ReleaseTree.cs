using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// A sealed release's tree on disk, with what it must contain by path. A new release shares its unchanged files.
/// </summary>
sealed record ReleaseTree(Release Release, IReadOnlyDictionary<string, ReleaseFile> Files, OwnFolder Folder);
