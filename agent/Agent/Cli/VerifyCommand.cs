using System.CommandLine;
using System.Diagnostics;
using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.PackageFiles;
using Difusor.Agent.Verification;
using Mono.Unix.Native;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>verify PATH...</c>: whether packages match their HASH files. It only reads and changes nothing (contract, section
/// 9).
/// </summary>
static class VerifyCommand
{
    public static Command Create(CliOutput voice)
    {
        var syntax = new CommandSyntax("verify", voice);
        var (paths, hash, profile) =
            (syntax.Arguments("PATH"), syntax.Option("--hash", "FILE"), syntax.Option("--profile", "ID"));
        return syntax.Command(
            parse => Run(parse, voice, parse.GetValue(paths)!, parse.GetValue(hash), parse.GetValue(profile)), paths,
            hash, profile);
    }

    static ExitCode Run(ParseResult parse, CliOutput voice, string[] paths, string? hash, string? profile)
    {
        if (RulesOf(parse, voice, profile, out var code) is not { } rules) return code;
        HashText? extra = null;
        if (hash is not null && (extra = ReadHash(hash)) is null)
            return voice.Fail(ExitCode.Environment, "verify.no-hash-file", ("path", hash));
        var worst = ExitCode.Done;
        foreach (var path in paths)
        {
            var outcome = Verify(parse, voice, path, extra, rules);
            if (outcome > worst) worst = outcome;
        }
        return worst;
    }

    static ExitCode Verify(ParseResult parse, CliOutput voice, string path, HashText? extra, VerificationRules rules)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            var progress = new ReadingProgress(voice.Surface.ErrorIsTerminal && !parse.Json());
            using var package =
                ProgressBar.While(voice, progress, () => PackageReader.Open(path, extra, rules.Limits, progress));
            var verdict = (Verifier.Judge(package.Offer, package.Contents, rules) with { Package = path })
                .In(voice.Language);
            if (parse.Json()) voice.Json(json => VerdictJson.Write(json, verdict, watch.Elapsed.TotalSeconds));
            else VerdictView.Show(voice, verdict, watch.Elapsed.TotalSeconds);
            return verdict.Accepted ? ExitCode.Done : ExitCode.No;
        }
        catch (SystemFault fault) when (fault.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return voice.Fail(ExitCode.Environment, "verify.no-path", ("path", path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return voice.Fail(ExitCode.Environment, "verify.unreadable", ("path", path), ("fault", fault.Message));
        }
    }

    /// <summary>
    /// Returns the rules with the configuration's limits and the profile's zone, if there are any; never with the
    /// daemon's own rules for window and series.
    /// </summary>
    static VerificationRules? RulesOf(ParseResult parse, CliOutput voice, string? profile, out ExitCode code)
    {
        var configured = ConfigurationLoading.LoadIfAny(parse, voice, out code);
        if (code != ExitCode.Done) return null;
        var election = configured?.Profile;
        if (profile is not null)
        {
            var reading = ConfigurationFiles.LoadProfile(
                profile, Path.GetFullPath(parse.ConfigFile().Path), Position.Start);
            if (reading.Value is null)
            {
                code = ProfileCommand.Tell(reading, voice, "--profile");
                return null;
            }
            election = reading.Value;
        }
        var rules = election is null ? VerificationRules.Default : VerificationRules.OfProfile(election);
        return configured is null ? rules : rules.With(configured.Settings);
    }

    static HashText? ReadHash(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= HashFileReader.MostBytes }
                && RelativePath.Read(Path.GetFileName(path), PathLimits.Default).Path is { } name
                ? new HashText(name, File.ReadAllBytes(path)) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { return null; }
    }
}
