using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Difusor.Agent.SystemTests.Harness;

/// <summary>The published binary, where DIFUSOR_AGENT names it or <c>make publish</c> puts it.</summary>
static class Binary
{
    public static string Path { get; } = Environment.GetEnvironmentVariable("DIFUSOR_AGENT") is { Length: > 0 } named
        ? named : BesideTheSolution();

    /// <summary>Runs one command to its end.</summary>
    public static (int ExitCode, string Output, string Errors) Run(params string[] arguments) =>
        Bounded.Run(Path, arguments);

    static string BesideTheSolution()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Difusor.Agent.sln")))
            folder = folder.Parent;
        return System.IO.Path.Combine(folder?.FullName ?? ".", "artifacts/publish/difusor-agent");
    }
}

/// <summary>
/// One agent below one temporary folder, as an unprivileged user would run it: its drop, state, election and
/// configuration, and the process. Tests wait for what the journal says, woken by inotify; patience only bounds how
/// long a failure takes to show.
/// </summary>
sealed class RunningAgent : IDisposable
{
    static readonly TimeSpan Patience = Bounded.Patience;
    readonly AutoResetEvent changed = new(initialState: false);
    readonly string[] wrapper;
    FileSystemWatcher? watcher;
    long seen;

    /// <param name="opens">The election's opening.</param>
    /// <param name="servers">NTP servers as host:port.</param>
    /// <param name="yaml">Further lines of agent.yaml.</param>
    /// <param name="clock">Further keys of its clock section, each after a comma.</param>
    /// <param name="wrapper">A command and its arguments to run the agent under: <c>faketime</c>,
    /// <c>strace</c>.</param>
    /// <param name="profile">An election's id or file; null: one that is made here and opens at <paramref
    /// name="opens"/>.</param>
    /// <param name="syslog">The target of its messages; null: a socket at which nobody listens.</param>
    public RunningAgent(
        DateTimeOffset opens, IEnumerable<string> servers, string yaml = "", string[]? wrapper = null,
        string? profile = null,
        string profileYaml = "", string clock = "", string? syslog = null)
    {
        this.wrapper = wrapper ?? [];
        Opens = opens;
        Folder = Directory.CreateTempSubdirectory("difusor-test-").FullName;
        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_101_101);
        foreach (var folder in new[] { "entrega", "acuses", "estado", "estado/journal", "run" })
            Directory.CreateDirectory(At(folder));
        File.WriteAllText(At("eleccion.yaml"),
            $"""
            id: prueba
            title: Elección de prueba
            authority: IEEM
            time_zone: Etc/GMT+6
            publication:
              opens: {Iso(opens)}
              keep_until: {Iso(opens.AddDays(1))}
              first_corte: {Iso(opens.AddDays(-1))}
            cadence: 20m
            {profileYaml}
            """);
        File.WriteAllText(At("agent.yaml"),
            $$"""
            election: {{profile ?? "eleccion.yaml"}}
            paths: {drop: entrega, receipts: acuses, state: estado, run: run}
            clock: {servers: [{{string.Join(", ", servers.Select(server => $"\"{server}\""))}}]{{clock}}}
            syslog: {target: "{{syslog ?? $"unix:{At("log.sock")}"}}"}
            {{(yaml.Contains("limits:", StringComparison.Ordinal) ? "" : "limits: {min_free: 1MiB}")}}
            {{yaml}}
            """);
    }

    public string Folder { get; }
    public DateTimeOffset Opens { get; }
    public Process? Process { get; private set; }
    public string Configuration => At("agent.yaml");
    public string Drop => At("entrega");
    public string Current => At("estado/public/current");

    public string At(string path) => Path.Combine(Folder, path);

    public RunningAgent Start()
    {
        Launch(wrapper);
        Await("AGENT_STARTED");
        return this;
    }

    /// <summary>Starts it under a command, and waits for nothing.</summary>
    public void Launch(params string[] under)
    {
        watcher ??= new FileSystemWatcher(At("estado/journal")) { EnableRaisingEvents = true };
        watcher.Changed += (_, _) => changed.Set();
        watcher.Created += (_, _) => changed.Set();
        // Whoever runs the tests under nohup has SIGHUP ignored, and children inherit that: the agent of a test has
        // what systemd gives it.
        string[] command = ["env", "--default-signal=HUP", .. under, Binary.Path, "run", "--config", Configuration];
        Process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        Process.EnableRaisingEvents = true;
        Process.Exited += (_, _) => changed.Set();
        Process.ErrorDataReceived += (_, line) =>
        {
            Errors += line.Data + "\n";
            changed.Set();
        };
        Process.BeginErrorReadLine();
    }

    /// <summary>Only what comes from now on is awaited: somebody has put an older state back.</summary>
    public void PassOver() => seen = Journal().Select(Seq).LastOrDefault();

    /// <summary>Started, and past all that a start does: the status file is the last of it.</summary>
    public RunningAgent StartWhole()
    {
        var pid = (int)AfterStart()["fields"]!["pid"]!;
        AwaitStatus(status => (int?)status["pid"] == pid);
        return this;

        JsonNode AfterStart()
        {
            Launch(wrapper);
            return Await("AGENT_STARTED");
        }
    }

    /// <summary>Waits until the journal says that a corte has been published.</summary>
    /// <returns>False: the process ended instead.</returns>
    public bool PublishesOrEnds(string corte)
    {
        seen = 0;
        return AwaitOr(
            record => Event(record) == "CORTE_PUBLISHED" && Field(record, "corte") == corte, () =>
            Process is not { HasExited: false }) is not null;
    }

    /// <summary>The process under a wrapper: the agent's own id is in its first record.</summary>
    public void Signal(Mono.Unix.Native.Signum signal) =>
        Mono.Unix.Native.Syscall.kill(
            (int)Journal().Last(record => Event(record) == "AGENT_STARTED")["fields"]!["pid"]!, signal);

    /// <summary>Takes note that a process has ended that <see cref="Launch"/> had started.</summary>
    public void Reap()
    {
        Bounded.Ended(Process!);
        Process!.Dispose();
        Process = null;
    }

    public string Errors { get; private set; } = "";

    /// <summary>The next record of one of these events after the last one that was awaited.</summary>
    public JsonNode Await(params string[] events) =>
        Await(record => events.Contains(Event(record)), string.Join("|", events));

    public JsonNode Await(Func<JsonNode, bool> wanted, string what) => AwaitOr(wanted, () => false, what)!;

    /// <summary>The next record that is wanted; null where something else has happened before it came.</summary>
    public JsonNode? AwaitOr(Func<JsonNode, bool> wanted, Func<bool> instead, string what = "such record")
    {
        var deadline = DateTime.UtcNow + Patience;
        while (true)
        {
            var other = instead();
            foreach (var record in Journal().Where(record => Seq(record) > seen))
            {
                seen = Seq(record);
                if (wanted(record)) return record;
            }
            if (other) return null;
            var left = deadline - DateTime.UtcNow;
            if (left <= TimeSpan.Zero || Process is not { HasExited: false } || !changed.WaitOne(left))
                if (!instead())
                    throw new InvalidOperationException(
                        $"no {what}; the journal "
                        + $"has:\n{string.Join('\n', Journal().Select(record => record.ToJsonString()))}\n{Errors}");
        }
    }

    public IReadOnlyList<JsonNode> Journal()
    {
        var records = new List<JsonNode>();
        foreach (var file in Directory.GetFiles(At("estado/journal"), "*.jsonl").Order(StringComparer.Ordinal))
        {
            using var stream =
                new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            var text = Bounded.Result(reader.ReadToEndAsync(), file);
            foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split(
                '\n', StringSplitOptions.RemoveEmptyEntries))
                records.Add(JsonNode.Parse(line)!);
        }
        return records;
    }

    public static string Event(JsonNode record) => record["event"]!.GetValue<string>();
    public static string? Field(JsonNode record, string name) => record["fields"]?[name]?.ToString();
    static long Seq(JsonNode record) => record["seq"]!.GetValue<long>();

    /// <summary>The status file as it stands now.</summary>
    public JsonNode Status() => JsonNode.Parse(File.ReadAllText(At("run/status.json")))!;

    /// <summary>
    /// The status file once it says what is wanted: it is written after the journal, and at least every five seconds.
    /// </summary>
    public JsonNode AwaitStatus(Func<JsonNode, bool> wanted)
    {
        using var renamed = new FileSystemWatcher(At("run"), "status.json") { EnableRaisingEvents = true };
        using var written = new AutoResetEvent(initialState: false);
        renamed.Renamed += (_, _) => written.Set();
        renamed.Changed += (_, _) => written.Set();
        for (var deadline = DateTime.UtcNow + Patience; DateTime.UtcNow < deadline; written.WaitOne(Patience))
            if (File.Exists(At("run/status.json")) && Status() is var status && wanted(status)) return status;
        throw new InvalidOperationException($"no such status; it is:\n{Status().ToJsonString()}");
    }

    public (int ExitCode, string Output, string Errors) Command(params string[] arguments) =>
        Binary.Run([.. arguments, "--config", Configuration]);

    /// <summary>Ends it as systemd would, and gives its exit code.</summary>
    public int Stop(Mono.Unix.Native.Signum signal = Mono.Unix.Native.Signum.SIGTERM)
    {
        Mono.Unix.Native.Syscall.kill(Process!.Id, signal);
        var code = Bounded.Ended(Process);
        Process.Dispose();
        Process = null;
        return code;
    }

    public void Dispose()
    {
        if (Process is { HasExited: false }) Stop(Mono.Unix.Native.Signum.SIGKILL);
        watcher?.Dispose();
        changed.Dispose();
        // A measurement's hundred thousand files are removed after it: ext4 makes files slowly where many were just
        // removed.
        if (Environment.GetEnvironmentVariable("DIFUSOR_KEEP_FOLDERS") is null)
            Directory.Delete(Folder, recursive: true);
    }

    static string Iso(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(-6)).ToString("yyyy-MM-dd'T'HH:mm:sszzz");
}
