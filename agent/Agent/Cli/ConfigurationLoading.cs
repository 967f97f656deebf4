using System.CommandLine;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Control;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Publication;
using Difusor.Agent.Setup;
using Mono.Unix.Native;

namespace Difusor.Agent.Cli;

/// <summary>Where the agent of a configuration file is found.</summary>
/// <param name="Profile">Its election; null if the file no longer says which.</param>
/// <param name="Configured">What the file says in all; null if it has a problem.</param>
sealed record AgentFolders(PathSettings Paths, ElectionProfile? Profile, Configured? Configured = null);

/// <summary>
/// Loads the configuration of a command, and reports it if there is no valid one. A mistake in the file stops no
/// command that looks at a running agent or its journal, or asks it for something.
/// </summary>
public static class ConfigurationLoading
{
    /// <summary>
    /// Returns the configuration that the command line names. If it is not valid, each problem is reported on standard
    /// error as <c>FILE:LINE:COLUMN: what</c>; then the result is null, and <paramref name="code"/> is the exit code of
    /// the command.
    /// </summary>
    /// <param name="asAgent">Whether the command is the agent itself.</param>
    public static Configured? Load(ParseResult parse, CliOutput voice, out ExitCode code, bool asAgent = false)
    {
        code = ExitCode.Done;
        var (file, _) = parse.ConfigFile();
        try
        {
            var reading = ConfigurationFiles.Load(file, asAgent);
            if (reading.Value is { } configured) return configured;
            foreach (var problem in reading.Problems) voice.Problem(problem.In(voice.Language));
            code = ExitCode.Usage;
        }
        catch (SystemFault fault) when (fault.Errno is Errno.ENOENT)
        {
            code = voice.Fail(ExitCode.Usage, "config.no-file", ("path", file));
        }
        return null;
    }

    /// <summary>
    /// Does the same for a command that can do without: returns null and <see cref="ExitCode.Done"/> if the operator
    /// named no file and the default file does not exist.
    /// </summary>
    public static Configured? LoadIfAny(ParseResult parse, CliOutput voice, out ExitCode code)
    {
        code = ExitCode.Done;
        var (file, named) = parse.ConfigFile();
        return named || File.Exists(file) ? Load(parse, voice, out code) : null;
    }

    /// <summary>
    /// Does the same, but if the file has a problem or cannot be read, returns the configuration that the running agent
    /// works with, and says so in one line.
    /// </summary>
    internal static Configured? LoadOrRunning(ParseResult parse, CliOutput voice, out ExitCode code)
    {
        code = ExitCode.Done;
        var (file, _) = parse.ConfigFile();
        if (TryLoad(file, voice, out var problem) is { } configured) return configured;
        if (Running(WhatFits(file).Paths.Run, file) is not { } running) return Load(parse, voice, out code);
        voice.Error(voice.Text("config.running-used", ("problem", problem)));
        return running;
    }

    /// <summary>
    /// Returns where the agent is found. If the file has a problem or cannot be read, that is said in one line, and
    /// what it still says is used; for the rest, the folders that an agent has by default.
    /// </summary>
    /// <param name="isTold">False: the command itself says what is wrong with the file.</param>
    internal static AgentFolders? Folders(ParseResult parse, CliOutput voice, out ExitCode code, bool isTold = true)
    {
        code = ExitCode.Done;
        var (file, _) = parse.ConfigFile();
        if (TryLoad(file, voice, out var problem) is { } configured)
            return new AgentFolders(configured.Settings.Paths, configured.Profile, configured);
        var settings = WhatFits(file);
        // Without a file, and with no agent that would be its, the name of the file is wrong.
        if (!File.Exists(file) && (SetupInstance.Of(file) is null || !Directory.Exists(settings.Paths.Run)))
        {
            _ = Load(parse, voice, out code);
            return null;
        }
        if (isTold) voice.Error(voice.Text("config.what-fits-used", ("problem", problem)));
        var profile = settings.Election.Length == 0 ? null
            : ConfigurationFiles.LoadProfile(settings.Election, file, Position.Start).Value;
        return new AgentFolders(settings.Paths, profile);
    }

    static Configured? TryLoad(string file, CliOutput voice, out string problem)
    {
        problem = "";
        try
        {
            var reading = ConfigurationFiles.Load(file);
            if (reading.Value is null) problem = reading.Problems[0].In(voice.Language);
            return reading.Value;
        }
        catch (SystemFault fault)
        {
            problem = voice.Text("config.unreadable", ("path", file), ("fault", fault.Message));
            return null;
        }
    }

    /// <summary>
    /// Returns what the file still says. Of an instance (contract, section 4) the folders that it does not say are its
    /// own, and not those of the first agent.
    /// </summary>
    static Settings WhatFits(string file)
    {
        var settings = ConfigurationFiles.LoadWhatFits(file);
        if (SetupInstance.Of(file) is not { } instance) return settings;
        var (paths, usual) = (settings.Paths, new PathSettings());
        return settings with
        {
            Paths = paths with
            {
                Run = paths.Run == usual.Run ? instance.Run : paths.Run,
                State = paths.State == usual.State ? instance.State : paths.State,
            },
        };
    }

    /// <summary>Asks the agent what it works with; null if none answers.</summary>
    static Configured? Running(string run, string file)
    {
        try
        {
            if (ControlClient.Ask(run, new ShowConfiguration()) is not { Outcome: OperatorOutcome.Done } reply)
                return null;
            var settings = SettingsReader.Read(Bytes(reply, "settings"), file).Value;
            var profile = ProfileReader.Read(Bytes(reply, "profile"), file).Value;
            return settings is null || profile is null ? null : new Configured(file, settings, profile);
        }
        catch (SystemFault)
        {
            return null;
        }
    }

    static byte[] Bytes(OperatorReply reply, string name) =>
        Encoding.UTF8.GetBytes(reply.Values.GetValueOrDefault(name) ?? "");
}
