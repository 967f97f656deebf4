using System.Runtime.InteropServices;

namespace Difusor.Agent.Cli;

/// <summary>
/// The alternate screen of a terminal (xterm's 1049), which full-screen programs use. It is left again when they end,
/// or are ended by a signal.
/// </summary>
sealed class AlternateScreen : IDisposable
{
    const string Enter = "\e[?1049h\e[?25l", Leave = "\e[?25h\e[?1049l";
    const int BySignal = 128;

    static readonly (PosixSignal Signal, int Number)[] Ends =
        [(PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15)];

    readonly Lock speaking;
    readonly Action<string> write;
    readonly List<PosixSignalRegistration> registrations;
    bool isLeft;

    /// <param name="speaking">Guards the terminal.</param>
    public AlternateScreen(Lock speaking, Action<string> write)
    {
        (this.speaking, this.write) = (speaking, write);
        registrations = [.. Ends.Select(end => PosixSignalRegistration.Create(end.Signal, context =>
        {
            context.Cancel = true;
            // Nobody draws on the screen that has come back: the lock is held to the end of the process.
            lock (speaking)
            {
                Back();
                Environment.Exit(BySignal + end.Number);
            }
        }))];
        lock (speaking) write(Enter);
    }

    /// <summary>Gets the one for output that is not a terminal.</summary>
    public static IDisposable None { get; } = new NoScreen();

    public void Dispose()
    {
        lock (speaking) Back();
        registrations.ForEach(registration => registration.Dispose());
    }

    void Back()
    {
        if (isLeft) return;
        isLeft = true;
        try { write(Leave); }
        catch (Exception gone) when (gone is IOException or OutputClosed)
        {
            // The terminal itself is gone.
        }
    }

    sealed class NoScreen : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
