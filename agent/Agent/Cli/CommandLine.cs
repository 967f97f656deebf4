using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Difusor.Agent.Cli;

/// <summary>
/// The command line: which commands exist, which language they use, and how their outcome becomes an exit code.
/// </summary>
public static class CommandLine
{
    /// <summary>Gets the program's version, as the build set it.</summary>
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>(
            )!.InformationalVersion.Split('+')[0];

    /// <summary>The exit code where nobody reads the output any more, as of programs that SIGPIPE ends.</summary>
    const int Unread = 141;

    /// <summary>Runs one command on this process's own streams.</summary>
    public static int Run(string[] arguments)
    {
        var configured = ConfiguredLanguage.Peek(SharedOptions.PeekConfig(arguments) ?? SharedOptions.DefaultConfig);
        var language =
            LanguageChoice.Choose(SharedOptions.PeekLanguage(arguments), configured, LanguageChoice.LocaleOfProcess());
        return Run(arguments, CliOutput.OfProcess(language));
    }

    internal static int Run(string[] arguments, CliOutput voice)
    {
        try
        {
            var parse = Root(voice).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parse.Action is not (HelpPage or VersionLine) && UsageErrors.Of(parse, voice) is { Count: > 0 } errors)
            {
                var path = HelpPage.PathOf(parse.CommandResult.Command);
                var help = voice.Text("usage.see-help", ("command", path.Length == 0 ? "" : path + " "));
                foreach (var error in errors) voice.Error($"{error} {help}");
                return (int)ExitCode.Usage;
            }
            return parse.Invoke(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null });
        }
        catch (OutputClosed)
        {
            return Unread;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return (int)voice.Fail(ExitCode.Environment, "failure.system", ("fault", fault.Message));
        }
        catch (Exception fault)
        {
            return (int)voice.Fail(
                ExitCode.Environment, "failure.program", ("fault", $"{fault.GetType().Name}: {fault.Message}"),
                ("version", Version));
        }
    }

    /// <summary>Returns all commands, in the order in which help lists them. A new command is one line here.</summary>
    internal static RootCommand Root(CliOutput voice)
    {
        var syntax = new CommandSyntax("", voice);
        var root = new RootCommand(syntax.Description);
        root.Directives.Clear();
        SharedOptions.AddTo(root, syntax);
        foreach (var option in root.Options)
            if (option is HelpOption)
                (option.Description, option.Action) = (syntax.Describe("--help"), new HelpPage(voice));
            else if (option is VersionOption)
                (option.Description, option.Action) = (syntax.Describe("--version"), new VersionLine(voice));

        root.Add(StatusCommand.Create(voice));
        root.Add(ReleasesCommand.Create(voice));
        root.Add(PublishCommand.Create(voice));
        root.Add(RetryCommand.Create(voice));
        root.Add(WithdrawCommand.Create(voice));
        root.Add(ConfigCommand.Create(voice));
        root.Add(ProfileCommand.Create(voice));
        root.Add(VerifyCommand.Create(voice));
        root.Add(ClockCommand.Create(voice));
        root.Add(CheckCommand.Create(voice));
        root.Add(NotifyGroup.Create(voice));
        root.Add(JournalCommand.Create(voice));
        root.Add(HuellasCommand.Create(voice));
        root.Add(SetupCommand.Create(voice));
        root.Add(RunCommand.Create(voice));
        root.Add(Rehearsal.SimulacroCommand.Create(voice));
        root.Add(Demo.DemoCommand.Create(voice));
        return root;
    }

    sealed class VersionLine(CliOutput voice) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            voice.Line($"difusor-agent {Version}");
            return (int)ExitCode.Done;
        }
    }
}
