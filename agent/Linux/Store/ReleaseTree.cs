using Difusor.Agent.Linux.Files;
using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Store;

/// <summary>
/// A sealed release's tree on disk with what it must be, by path: what a new release shares its unchanged files with.
/// </summary>
sealed record ReleaseTree(Release Release, IReadOnlyDictionary<string, ReleaseFile> Files, OwnFolder Folder);
