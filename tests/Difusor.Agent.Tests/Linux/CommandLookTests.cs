using Difusor.Agent.Configuration;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Texts;
using Mono.Unix.Native;

namespace Difusor.Agent.Tests.Linux;

/// <summary>
/// A command of agent.yaml that cannot be run is known before it is needed; one that may be right is left alone.
/// </summary>
public sealed class CommandLookTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AProgramThatIsNotThereIsSeen() => Seen("/no/such/thing --to x", "no existe el programa /no/such/thing");

    [Fact]
    public void AProgramThatNoFolderOfTheHostHasIsSeen() =>
        Seen("no-such-thing x", "no está instalado ningún programa no-such-thing");

    [Fact]
    public void APathThatIsNotAbsoluteIsSeen() =>
        Seen(
            "bin/no-such-thing", "no existe el programa /bin/no-such-thing; bin/no-such-thing no es una ruta absoluta");

    [Fact]
    public void AFileThatNobodyMayExecuteIsSeenAndTheCommandThatMendsItSaid()
    {
        var script = Script("#!/bin/sh\n", mode: 0b110_100_100);
        Seen($"{script} x", $"nadie puede ejecutar {script}. Ejecute como root: chmod 0755 {script}");
    }

    [Fact]
    public void AFolderIsNoProgram() => Seen(folder.Path, "no es un programa, sino otra cosa");

    [Theory]
    [InlineData("#!/no/such/shell\n", "/no/such/shell"), InlineData("#!/bin/sh\r\n", "/bin/sh\\x0d")]
    [InlineData("#!/usr/bin/env no-such-shell\n", "no-such-shell"),
        InlineData("#! /no/such/shell -e\n", "/no/such/shell")]
    public void AScriptWhoseInterpreterIsMissingIsSeen(string first, string needs)
    {
        var script = Script(first + "exit 0\n");
        Seen(script, $"{script} necesita {needs}, que no está instalado");
    }

    [Theory]
    [InlineData("true"), InlineData("cd / && ./x"), InlineData("TOKEN=x /no/such/thing"),
        InlineData("'/no/such thing'")]
    [InlineData("cat > /dev/null"), InlineData("/bin/sh -c 'exit 3'"), InlineData("if true; then x; fi")]
    [InlineData(""), InlineData("$HOME/x"), InlineData("/usr/bin/env no-such-thing")]
    public void WhatOnlyAShellCanTellIsLeftToTheRun(string command) =>
        Assert.Null(new CommandLook(asAgent: true).Problem("notify", command));

    [Theory, InlineData("#!/bin/sh\n"), InlineData("#!/usr/bin/env -S sh\n"), InlineData("#!/usr/bin/env sh\n")]
    [InlineData("\u007fELF"), InlineData("")]
    public void AProgramThatCanBeRunIsNotSuspected(string first) =>
        Assert.Null(new CommandLook(asAgent: true).Problem("notify", Script(first)));

    [Fact]
    public void BothCommandsAreLookedAt()
    {
        var settings = new Settings
        {
            Election = "ieem-2021", Notify = new NotifySettings { Command = "/no/such/thing" },
            Publication = new PublicationSettings { After = new HookSettings("/no/other", null, TimeSpan.Zero) },
        };
        Assert.Equal(
            ["notify.command: there is no program /no/such/thing",
                "publication.after.command: there is no program /no/other"],
            new CommandLook().Problems(settings));
    }

    string Script(string text, uint mode = 0b111_101_101)
    {
        folder.Write("script", text);
        Assert.Equal(0, Syscall.chmod(folder["script"], (FilePermissions)mode));
        return folder["script"];
    }

    static void Seen(string command, string expected)
    {
        var problem = new CommandLook(asAgent: true).Problem("notify", command);
        Assert.NotNull(problem);
        Assert.StartsWith("notify.command: ", problem, StringComparison.Ordinal);
        Assert.Contains(expected, Details.In(Language.Es, problem), StringComparison.Ordinal);
    }
}
