using Difusor.Agent.Publication;

namespace Difusor.Agent.Linux.Store;

/// <summary>Keeps what an operator has decided about each root, so that it survives restarts.</summary>
sealed class OperatorChoices(OpenFolders folders)
{
    readonly OperatorChoice?[] choices = new OperatorChoice?[2];

    internal OperatorChoice? this[Root root] => choices[(int)root];

    /// <summary>Stores a decision; null ends it.</summary>
    internal void Set(Root root, OperatorChoice? choice)
    {
        var name = FileOf(root);
        if (choice is not null)
            DurableFile.Write(folders.Sealed, name, ChoiceFormat.Write(choice), Modes.PrivateFile);
        else if (folders.Sealed.Unlink(name)) folders.Sealed.Flush();
        choices[(int)root] = choice;
    }

    internal void Load()
    {
        foreach (var root in PublishedRoots.Both)
            choices[(int)root] =
                FileBytes.TryRead(folders.Sealed, FileOf(root)) is { } bytes ? ChoiceFormat.Read(bytes) : null;
    }

    static string FileOf(Root root) => root == Root.Public ? "choice.public" : "choice.rehearsal";
}
