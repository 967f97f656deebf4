using System.CommandLine;
using Difusor.Agent.Cli;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Shipped;

/// <summary>
/// Writes the completion scripts of bash, zsh and fish from the command tree. They complete without running the
/// program.
/// </summary>
public static class Completions
{
    static List<Command> Tree => [.. CommandTree.All(Language.Es)];

    static IEnumerable<(string Word, string Does)> Words(Command command) =>
    [
        .. command.Subcommands.Select(member => (member.Name, member.Description ?? "")),
        .. command.Options.Where(option => !option.Recursive && option.Name is not ("--help" or "--version"))
            .Select(option => (option.Name, option.Description ?? "")),
        .. HelpPage.Shared(command).Select(option => (option.Name, option.Description ?? "")),
    ];

    /// <summary>Options whose values are known, with them; an empty list: a file.</summary>
    static IEnumerable<(string Option, string[] Values)> Values() =>
        Tree.SelectMany(command => command.Options).Where(option => option.Arity.MaximumNumberOfValues > 0)
            .DistinctBy(option => option.Name)
            .Select(option => (option.Name, Known(option)))
                .Where(option =>
                option.Item2.Length > 0 || option.Name is "--config" or "--hash" or "--from" or "--syslog");

    static string[] Known(Option option) =>
        [.. option.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(item => item.Label)];

    static string Paths(string separator) =>
        string.Join(
        separator, Tree.Select(HelpPage.PathOf).Where(path => path.Length > 0).Select(path => $"\"{path}\""));

    static bool TakesFiles(Command command) =>
        command.Arguments.Any(argument => IsPlaceOf("PATH", argument) || IsPlaceOf("FILE", argument));

    static bool IsPlaceOf(string name, Argument argument) => argument.Name == HelpPage.Value(Language.Es, name);

    public static string Bash()
    {
        var script = new StringBuilder("""
            # bash completion of difusor-agent: packaging/completions, written by `make shipped`
            _difusor_agent() {
                local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} at="" words="" files="" i
                for ((i = 1; i < COMP_CWORD; i++)); do
                    case "${at:+$at }${COMP_WORDS[i]}" in

            """);
        script.Append(
            $"            {Paths(" | ")}) at=\"${{at:+$at }}${{COMP_WORDS[i]}}\" ;;\n        esac\n    done\n    "
            + $"case \"$before\" in\n");
        foreach (var (option, values) in Values())
            script.Append(
                $"        {option}) mapfile -t COMPREPLY < <(compgen "
                + $"{(values.Length == 0 ? "-f" : $"-W \"{string.Join(' ', values)}\"")} -- \"$current\"); "
                + $"return ;;\n");
        script.Append("    esac\n    case \"$at\" in\n");
        foreach (var command in Tree)
            script.Append(
                $"        \"{HelpPage.PathOf(command)}\") "
                + $"words=\"{string.Join(' ', Words(command).Select(word => word.Word))}\""
                + $"{(TakesFiles(command) ? " files=-f" : "")} ;;\n");
        return script.Append(
            "    esac\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" $files -- \"$current\")\n}\ncomplete -o "
            + "filenames -F _difusor_agent difusor-agent\n").ToString();
    }

    public static string Zsh()
    {
        var script = new StringBuilder(
            "#compdef difusor-agent\n# packaging/completions, written by `make shipped`\nlocal at=\"\" word\nlocal "
            + "-a parts\n");
        script.Append(
            $"for word in ${{words[2,CURRENT-1]}}; do\n    case \"${{at:+$at }}$word\" in\n        {Paths("|")}) "
            + $"at=\"${{at:+$at }}$word\" ;;\n    esac\ndone\n");
        script.Append("case \"${words[CURRENT-1]}\" in\n");
        foreach (var (option, values) in Values())
        {
            var complete = values.Length == 0 ? "_files" : $"compadd {string.Join(' ', values)}";
            script.Append($"    {option}) {complete}; return ;;\n");
        }
        script.Append("esac\ncase \"$at\" in\n");
        foreach (var command in Tree)
        {
            var parts =
                string.Join(' ', Words(command).Select(word => $"'{word.Word}:{word.Does.Replace("'", "'\\''")}'"));
            script.Append(
                $"    \"{HelpPage.PathOf(command)}\") parts=({parts}){(TakesFiles(command) ? "; _files" : "")} ;;\n");
        }
        return script.Append("esac\n_describe difusor-agent parts\n").ToString();
    }

    public static string Fish()
    {
        var script = new StringBuilder(
            "# fish completion of difusor-agent: packaging/completions, written by `make shipped`\nfunction "
            + "__difusor_agent_at\n    set -l at\n    for word in (commandline -opc)[2..-1]\n");
        // A list in quotes is one word, also an empty one; string(1) and test(1) trip over what it may hold.
        script.Append(
            $"        set -l path $at $word\n        if contains -- \"$path\" {Paths(" ")}\n            set at $path\n"
            + $"        end\n    end\n    test \"$at\" = \"$argv[1]\"\nend\n");
        foreach (var command in Tree)
        {
            var at = $"complete -c difusor-agent -n \"__difusor_agent_at '{HelpPage.PathOf(command)}'\"";
            if (!TakesFiles(command)) script.Append($"{at} -f\n");
            foreach (var (word, does) in Words(command))
            {
                var named = word.StartsWith("--", StringComparison.Ordinal) ? $"-l {word[2..]}" : $"-a {word}";
                var values = Values().FirstOrDefault(option => option.Option == word).Values;
                var choice = values is null ? ""
                    : values.Length == 0 ? " -r -F" : $" -x -a '{string.Join(' ', values)}'";
                script.Append($"{at} {named}{choice} -d '{does.Replace("'", "\\'")}'\n");
            }
        }
        return script.ToString();
    }
}
