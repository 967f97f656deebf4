using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Texts;
using Mono.Unix.Native;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Difusor.Agent.Cli;

/// <summary>The meaning of a word. Colours are used only for this, and only on a terminal.</summary>
public enum Tone { Plain, Good, Warning, Bad, Quiet, Strong }

/// <summary>
/// Where the output goes: whether each stream is a terminal, whether colours are wanted, and how wide a line may be.
/// </summary>
public sealed record Surface(bool OutputIsTerminal, bool ErrorIsTerminal, bool Colours, int Width)
{
    /// <summary>Gets the surface of a pipe or a file: no colours, and lines of any length.</summary>
    public static Surface Plain { get; } =
        new(OutputIsTerminal: false, ErrorIsTerminal: false, Colours: false, Width: 1000);

    /// <summary>
    /// Returns the surface of this process's streams. NO_COLOR (no-color.org) and TERM=dumb turn the colours off.
    /// </summary>
    public static Surface OfProcess()
    {
        var terminal = !Console.IsOutputRedirected;
        var colours = terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or null);
        return new Surface(
            terminal, !Console.IsErrorRedirected, colours,
            terminal ? Math.Max(40, StandardStreams.Columns ?? 80) : Plain.Width);
    }
}

/// <summary>Nobody reads standard output any more: <c>difusor-agent journal show | head</c>.</summary>
sealed class OutputClosed : Exception;

/// <summary>
/// The only code that writes to standard output and standard error. Answers go to the first, one-line errors to the
/// second. Text for people comes from Texts/ in the chosen language; text for machines is JSON, one object per line.
/// </summary>
public sealed class CliOutput(TextWriter output, TextWriter errors, Language language, Surface surface)
{
    const int AnyHeight = 24;
    static readonly JsonWriterOptions Indented = new() { Encoder = PrintableJson.Encoder, Indented = true };
    /// <summary>Guards <see cref="progressShown"/>, and keeps the lines of several threads apart.</summary>
    readonly Lock speaking = new();
    bool progressShown;

    public Language Language => language;
    public Surface Surface => surface;

    /// <summary>Returns an output on this process's own streams.</summary>
    public static CliOutput OfProcess(Language language)
    {
        // A library that asks for .NET's would make it, and that alone alters the terminal.
        Console.SetOut(StandardStreams.Output);
        Console.SetError(StandardStreams.Errors);
        return new(StandardStreams.Output, StandardStreams.Errors, language, Surface.OfProcess());
    }

    /// <summary>Returns a sentence of messages.json in the chosen language.</summary>
    public string Text(string key, params ReadOnlySpan<(string Name, object? Value)> values) =>
        Messages.Say(language, key, values);

    /// <summary>Prints a sentence of messages.json as one line of the answer.</summary>
    public void Say(string key, params ReadOnlySpan<(string Name, object? Value)> values) =>
        Line(OneLine(Text(key, values)));

    /// <summary>Prints one line of the answer.</summary>
    public void Line(string line = "")
    {
        lock (speaking)
        {
            EndProgress();
            Write($"{line}\n");
        }
    }

    /// <summary>
    /// Prints a text. On a terminal it is wrapped between words to the width, and the lines after the first are
    /// indented further.
    /// </summary>
    public void Paragraph(string text, Tone tone = Tone.Plain, int indent = 0)
    {
        var line = new StringBuilder().Append(' ', indent);
        var words = 0;
        foreach (var word in OneLine(text).Split(' '))
        {
            if (words > 0 && line.Length + 1 + word.Length > surface.Width)
            {
                Line(Paint(tone, line.ToString()));
                line.Clear().Append(' ', indent + 2);
                words = 0;
            }
            if (words++ > 0) line.Append(' ');
            line.Append(word);
        }
        Line(Paint(tone, line.ToString()));
    }

    /// <summary>Returns the text in a colour, if colours are on.</summary>
    public string Paint(Tone tone, string text) =>
        surface.Colours && tone != Tone.Plain ? $"\e[{Sgr(tone)}m{text}\e[0m" : text;

    /// <summary>Says on standard error what failed and what to do, in one line, and returns the exit code.</summary>
    public ExitCode Fail(ExitCode code, string key, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        Error(Text(key, values));
        return code;
    }

    /// <summary>Prints one line on standard error, after the program's name.</summary>
    public void Error(string line)
    {
        lock (speaking)
        {
            EndProgress();
            WriteError($"difusor-agent: {OneLine(line)}\n");
        }
    }

    /// <summary>
    /// Prints a line on standard error unchanged: configuration problems, which editors read as <c>file:line:column:
    /// text</c>.
    /// </summary>
    public void Problem(string line)
    {
        lock (speaking)
        {
            EndProgress();
            WriteError(OneLine(line) + "\n");
        }
    }

    /// <summary>Prints one JSON value on one line, or indented if people will read it.</summary>
    public void Json(Action<Utf8JsonWriter> write, bool indented = false)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, indented ? Indented : PrintableJson.Line)) write(writer);
        Line(Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    public void Json(JsonNode node, bool indented = false) => Json(writer => node.WriteTo(writer), indented);

    /// <summary>
    /// Prints rows under headings, as wide as the terminal allows; on a pipe each row is one line. The last column gets
    /// the remaining room.
    /// </summary>
    public void Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        var table =
            new Table { Border = TableBorder.None, ShowHeaders = headings.Count > 0
            && headings.Any(heading => heading.Length > 0) };
        foreach (var heading in headings)
            table.AddColumn(
                new TableColumn(
                new Spectre.Console.Text(heading, StyleOf(Tone.Quiet))) { Padding = new Padding(0, 0, 2, 0) });
        foreach (var row in rows)
            table.AddRow(
                row.Select(cell => (IRenderable)new Spectre.Console.Text(OneLine(cell.Text), StyleOf(cell.Tone))));
        using var drawn = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = surface.Colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = surface.Colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(drawn),
        });
        // Where one of them is not set, Spectre asks the terminal, and .NET then switches its keys to application mode.
        (console.Profile.Width, console.Profile.Height) = (surface.Width, AnyHeight);
        console.Write(table);
        foreach (var line in drawn.ToString().TrimEnd().Split('\n')) Line(line.TrimEnd());
    }

    /// <summary>
    /// Shows the progress of a long task on one line of a terminal's standard error; the next line of any kind replaces
    /// it.
    /// </summary>
    public void Progress(string label, long done, long total)
    {
        if (!surface.ErrorIsTerminal) return;
        lock (speaking)
        {
            var share = total <= 0 ? 1 : Math.Clamp((double)done / total, 0, 1);
            var bar = new string('#', (int)(share * 30)).PadRight(30, '.');
            var line = $"[{bar}] {(int)(share * 100),3} % {label}";
            WriteError("\r\e[K" + (line.Length < surface.Width ? line : line[..(surface.Width - 1)]));
            progressShown = true;
        }
    }

    /// <summary>Clears the terminal, for a view that is drawn again and again; does nothing elsewhere.</summary>
    public void Clear()
    {
        if (!surface.OutputIsTerminal) return;
        lock (speaking) Write("\e[H\e[2J");
    }

    /// <summary>
    /// Takes a screen of its own for such a view, without a cursor. What was on the terminal comes back at the end,
    /// also where the user ends the program.
    /// </summary>
    public IDisposable OwnScreen() => surface.OutputIsTerminal ? new AlternateScreen(speaking, Write)
        : AlternateScreen.None;

    void Write(string text)
    {
        try
        {
            output.Write(text);
            output.Flush();
        }
        catch (SystemFault fault) when (fault.Errno == Errno.EPIPE) { throw new OutputClosed(); }
    }

    void EndProgress()
    {
        if (!progressShown) return;
        progressShown = false;
        WriteError("\r\e[K");
    }

    /// <summary>Writes to standard error. Where nobody hears it, the work goes on and the exit code tells.</summary>
    void WriteError(string text)
    {
        try
        {
            errors.Write(text);
            errors.Flush();
        }
        catch (SystemFault fault) when (fault.Errno is Errno.EPIPE or Errno.EIO)
        {
        }
    }

    /// <summary>
    /// Makes a text harmless: a name from outside must not move the cursor, reverse the text or forge a line.
    /// </summary>
    static string OneLine(string text) => Printable.Line(text);

    static string Sgr(Tone tone) => tone switch
    {
        Tone.Good => "32",
        Tone.Warning => "33",
        Tone.Bad => "1;31",
        Tone.Quiet => "2",
        Tone.Strong => "1",
        Tone.Plain => "0",
    };

    static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Good => new Style(Color.Green),
        Tone.Warning => new Style(Color.Yellow),
        Tone.Bad => new Style(Color.Red, decoration: Decoration.Bold),
        Tone.Quiet => new Style(decoration: Decoration.Dim),
        Tone.Strong => new Style(decoration: Decoration.Bold),
        Tone.Plain => Style.Plain,
    };
}

/// <summary>One cell of a table. A string becomes a plain cell.</summary>
public readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);
}
