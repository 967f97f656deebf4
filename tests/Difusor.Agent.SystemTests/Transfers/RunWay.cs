using System.Diagnostics;

namespace Difusor.Agent.SystemTests.Transfers;

/// <summary>A tool that is run, against a real server whose side is cut at a point (cut_transfer.c).</summary>
/// <param name="Program">What must be installed.</param>
/// <param name="Command">What is run, by a shell.</param>
/// <param name="IsKilled">At the cut the server's side dies, and does not tidy up.</param>
sealed record RunWay(
    string Tool, string How, TransferServer Server, string Program, Func<Errand, string> Command,
    bool IsKilled = false) : Way(Tool, How)
{
    /// <summary>How many files are begun, and how many are renamed, in a whole transfer.</summary>
    readonly Lazy<(int Begun, int Named)> steps = new(() => Count(Command));

    public override string? Needs => Server.Has(Program) ? null : Program;

    public override void Send(Errand errand)
    {
        string At(string name) => Path.Combine(errand.Beside, name);
        foreach (var name in new[] { "cut", "kill", "begun", "named", "fired" }) File.Delete(At(name));
        if (IsKilled) File.WriteAllText(At("kill"), "");
        var cut = errand.Cut switch
        {
            Cut.None => null,
            Cut.InAFile => "in 1\n",
            Cut.BetweenFiles => "file 3\n",
            Cut.BeforeTheEnd => steps.Value.Named > 0 ? $"name {steps.Value.Named}\n" : $"file {steps.Value.Begun}\n",
        };
        if (cut is not null) File.WriteAllText(At("cut"), cut);
        if (cut is null) RunWhole(Command, errand);
        else RunToTheCut(errand, () => File.Exists(At("fired")));
    }

    /// <summary>
    /// The sender is gone with the connection: some tools would try for ever. The rsync of the server tidies up, and
    /// its client waits for that.
    /// </summary>
    void RunToTheCut(Errand errand, Func<bool> isCut)
    {
        using var sender = Process.Start("sh", ["-c", $"exec >/dev/null 2>&1; {Command(errand)}"]);
        Bounded.Until(() => sender.HasExited || (isCut() && Program != "rsync"), $"the cut of {Tool}");
        if (!sender.HasExited) sender.Kill(entireProcessTree: true);
        Bounded.Ended(sender);
        Assert.True(isCut(), $"{Tool} passed the cut: {sender.ExitCode}");
    }

    static void RunWhole(Func<Errand, string> command, Errand errand)
    {
        var (code, _, errors) = Bounded.Run("timeout", "-k", "1", "60", "sh", "-c", command(errand));
        Assert.True(code == 0, $"{command(errand)}: {code} {errors}");
    }

    static (int Begun, int Named) Count(Func<Errand, string> command)
    {
        using var folder = new Tests.Linux.TemporaryFolder();
        Directory.CreateDirectory(folder["drop"]);
        TransferScene.Write(folder["P"], "20:20");
        var errand = new Errand(folder["P"], folder["drop"], folder["drop/P"]);
        RunWhole(command, errand);
        long Size(string name) => File.Exists(folder[name]) ? new FileInfo(folder[name]).Length : 0;
        return ((int)Size("begun"), (int)Size("named"));
    }
}
