using System.Text.Json.Nodes;
using Difusor.Agent.Setup;

namespace Difusor.Agent.Cli;

/// <summary>
/// Shows what <c>setup</c> would change: in short, a line for each change, for whoever is asked; or whole, with the
/// differences of each file.
/// </summary>
sealed class SetupView(CliOutput voice, IReadOnlyList<Stage> stages)
{
    /// <summary>The most commands of a stage that are shown in short: Apache's modules are many and alike.</summary>
    const int MostCommands = 3;

    /// <summary>Shows a line for each file and command, and one for what proves and reloads them.</summary>
    public void Short()
    {
        foreach (var stage in stages)
        {
            voice.Line(voice.Paint(Tone.Strong, Title(stage)));
            foreach (var file in stage.Changes.OfType<FileChange>()) voice.Line($"  {file.Path}  ({InShort(file)})");
            var commands = stage.Changes.OfType<CommandChange>().ToList();
            // One command more takes the line that says how many more there are.
            var shown = commands.Count == MostCommands + 1 ? commands.Count : MostCommands;
            foreach (var command in commands.Take(shown)) voice.Line("  " + Line(command));
            if (commands.Count > shown)
                voice.Line("  " + voice.Text("setup.commands", ("more", commands.Count - shown)));
            var after = stage.Proofs.Select(proof => proof.Run).Concat(stage.Reloads).Select(Line).ToList();
            if (after.Count > 0)
                voice.Line(
                    voice.Paint(Tone.Quiet, "  " + voice.Text("setup.then", ("commands", string.Join("; ", after)))));
        }
        voice.Line(voice.Paint(Tone.Quiet, voice.Text("setup.in-short")));
    }

    public void Whole()
    {
        foreach (var stage in stages)
        {
            voice.Line(voice.Paint(Tone.Strong, Title(stage)));
            foreach (var change in stage.Changes)
                if (change is FileChange file) ShowFile(file);
                else if (change is CommandChange command) voice.Line(Line(command));
            foreach (var proof in stage.Proofs) voice.Line(voice.Paint(Tone.Quiet, $"? {Line(proof.Run)}"));
            foreach (var reload in stage.Reloads) voice.Line(voice.Paint(Tone.Quiet, $"$ {Line(reload)}"));
            voice.Line();
        }
    }

    /// <summary>Prints a line of JSON for each stage: <c>{"stage", "changes"}</c>.</summary>
    public void Json()
    {
        foreach (var stage in stages)
            voice.Json(
                new JsonObject { ["stage"] = stage.Name,
                ["changes"] = new JsonArray([.. stage.Changes.Select(Describe)]) });
    }

    /// <summary>Returns a command as it would be typed.</summary>
    public static string Line(IReadOnlyList<string> command) =>
        string.Join(' ', command.Select(word => word.Any(c => c is ' ' or '"') ? $"'{word}'" : word));

    static string Line(CommandChange command) => "$ " + Line(command.Run) + (command.Secret ? "  # ***" : "");

    string Title(Stage stage) => voice.Text($"setup.stage-{stage.Name}");

    string InShort(FileChange file)
    {
        if (file.After is null) return voice.Text("setup.file-gone");
        var lines = LineDifference.Between(file.Before, file.After).ToList();
        (string, object?) added = ("added", lines.Count(line => line[0] == '+'));
        return file.Before is null ? voice.Text("setup.file-new", added)
            : voice.Text("setup.file-changed", added, ("removed", lines.Count(line => line[0] == '-')));
    }

    void ShowFile(FileChange file)
    {
        voice.Line($"--- {(file.Before is null ? "/dev/null" : file.Path)}");
        voice.Line($"+++ {(file.After is null ? "/dev/null" : file.Path)}");
        foreach (var line in LineDifference.Between(file.Before, file.After))
            voice.Line(voice.Paint(line[0] switch { '+' => Tone.Good, '-' => Tone.Bad, _ => Tone.Quiet }, line));
    }

    static JsonNode Describe(Change change) => change switch
    {
        FileChange file => new JsonObject { ["path"] = file.Path, ["before"] = file.Before, ["after"] = file.After },
        CommandChange command =>
            new JsonObject { ["run"] = new JsonArray([.. command.Run.Select(word => (JsonNode)word)]) },
        _ => new JsonObject(),
    };
}
