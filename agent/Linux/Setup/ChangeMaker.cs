using Difusor.Agent.Linux.Host;
using Difusor.Agent.Setup;

namespace Difusor.Agent.Linux.Setup;

/// <summary>Makes a stage's changes, checks them, and undoes them if a check fails.</summary>
/// <param name="secret">The standard input of a command that needs a secret: <c>ACCOUNT:PASSWORD</c>.</param>
sealed class ChangeMaker(string? secret)
{
    /// <summary>A reload may take long. A command that hangs is killed, and its stage is undone.</summary>
    static readonly BoundedProgram Programs = new(BoundedProgram.HostFolders) { Patience = TimeSpan.FromMinutes(2) };

    /// <summary>
    /// Why a stage was not made: the command and its output. File changes, and commands that have an undo, were undone.
    /// </summary>
    public sealed record Failure(IReadOnlyList<string> Command, string Said);

    /// <summary>
    /// Asks what must hold before the first change. Where the host's own configuration is broken, nothing is changed
    /// at all.
    /// </summary>
    public static Failure? Ready(IEnumerable<Stage> stages) =>
        stages.SelectMany(stage => stage.Proofs).Where(proof => proof.Before).Select(Prove).FirstOrDefault(
            failure => failure is not null);

    /// <summary>Makes one stage. Reloads come last, after all checks have passed.</summary>
    /// <returns>Null on success. A failed reload is reported and also undone, and then the old state is
    /// reloaded.</returns>
    public Failure? Make(Stage stage)
    {
        var made = new Stack<Change>();
        Failure? failure = null;
        foreach (var change in stage.Changes)
        {
            failure = Do(change, made);
            if (failure is not null) break;
        }
        foreach (var proof in stage.Proofs) failure ??= Prove(proof);
        if (failure is not null) return TakeBack(made, failure);
        foreach (var reload in stage.Reloads) failure ??= Run(reload);
        if (failure is null) return null;
        TakeBack(made, failure);
        foreach (var reload in stage.Reloads) _ = Run(reload);
        return failure;
    }

    Failure? Do(Change change, Stack<Change> made)
    {
        made.Push(change);
        if (change is not FileChange file)
            return change is CommandChange command ? Run(command.Run, command.Secret ? secret : null) : null;
        Write(file.Path, file.After);
        return null;
    }

    static Failure TakeBack(Stack<Change> made, Failure failure)
    {
        foreach (var change in made)
            if (change is FileChange file) Write(file.Path, file.Before);
            else if (change is CommandChange { Undo: { } undo }) _ = Run(undo);
        return failure;
    }

    static Failure? Prove(Proof proof) =>
        Run(proof.Run, says: proof.Says);

    static Failure? Run(IReadOnlyList<string> command, string? input = null, string? says = null)
    {
        if (Programs.Run(command[0], [.. command.Skip(1)], input) is not { } answer)
            return new Failure(command, $"{command[0]}: not found");
        var output = answer.Output + answer.Errors;
        if (answer.Exit is null)
            output += string.Create(
                CultureInfo.InvariantCulture,
                $"{command[0]}: not at its end after {Programs.Patience.TotalSeconds:0} s");
        if (!answer.Succeeded) return new Failure(command, output.Trim());
        return says is null || output.Split('\n').Contains(says) ? null : new Failure(command, $"\"{says}\"?");
    }

    /// <summary>
    /// Replaces a file, so that it has the old or the new text and never half of it. Keeps its owner and mode.
    /// </summary>
    static void Write(string path, string? text)
    {
        if (text is null)
        {
            File.Delete(path);
            return;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var fresh = path + ".difusor-new";
        File.WriteAllText(fresh, text);
        var known = Syscall.stat(path, out var was) == 0;
        SystemFault.Check(
            Syscall.chmod(fresh, known ? was.st_mode & (FilePermissions)0xFFF : (FilePermissions)Modes.PublicFile),
            "chmod", fresh);
        if (known) SystemFault.Check(Syscall.chown(fresh, was.st_uid, was.st_gid), "chown", fresh);
        File.Move(fresh, path, overwrite: true);
    }
}
