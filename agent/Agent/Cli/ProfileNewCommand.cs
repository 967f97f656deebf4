using System.CommandLine;
using Difusor.Agent.Configuration;

namespace Difusor.Agent.Cli;

/// <summary><c>profile new ID</c>: a commented profile to fill in. It never writes over a file.</summary>
static class ProfileNewCommand
{
    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("profile new", voice);
        var (id, file) = (syntax.Argument("ID"), syntax.Option("--out", "FILE"));
        return syntax.Command(parse => Run(voice, parse.GetValue(id)!, parse.GetValue(file)), id, file);
    }

    static ExitCode Run(CliOutput voice, string id, string? file)
    {
        if (!SettingsShape.IsId(id) || SettingsReader.IsPath(id))
            return voice.Fail(ExitCode.Usage, "profiles.bad-id", ("found", id));
        var text = ProfileWriter.New(id, voice.Language);
        if (file is null)
        {
            voice.Line(text.TrimEnd('\n'));
            return ExitCode.Done;
        }
        try
        {
            using var written = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
            written.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException) when (Path.Exists(file))
        {
            return voice.Fail(ExitCode.Usage, "profiles.exists", ("path", file));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return voice.Fail(ExitCode.Environment, "profiles.not-written", ("path", file), ("fault", fault.Message));
        }
        voice.Say("profiles.written", ("path", file));
        return ExitCode.Done;
    }
}
