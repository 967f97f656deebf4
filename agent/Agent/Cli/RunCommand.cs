using System.CommandLine;
using System.Runtime.InteropServices;
using Difusor.Agent.Daemon;
using Difusor.Agent.Linux.Files;
using Difusor.Agent.Linux.Host;
using Difusor.Agent.Linux.Threads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Mono.Unix.Native;

namespace Difusor.Agent.Cli;

/// <summary>
/// <c>difusor-agent run</c>: the daemon. The generic host with its systemd integration reports when it is ready and
/// when it stops, and handles SIGTERM. SIGHUP reloads. The loop's own progress feeds the watchdog.
/// </summary>
static class RunCommand
{
    static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(2);

    public static Command Create(CliOutput voice) => new CommandSyntax("run", voice).Command(parse =>
    {
        if (ConfigurationLoading.Load(parse, voice, out var code, asAgent: true) is not { } configured) return code;
        // SIGHUP must reload under nohup too. The handler below ends nothing, so a terminal that hangs up still does
        // not end the agent.
        Native.HearAgain(Signum.SIGHUP, Signum.SIGTERM);
        var diagnostics = Diagnostics.ToStandardError();
        if (AgentParts.Assemble(configured, diagnostics, out var problem) is not { } parts)
        {
            voice.Error(problem!.In(voice.Language));
            return ExitCode.Environment;
        }

        Boundary.GuardProcess(parts.LastRun.LastWord);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        // AddSystemd() only looks whether systemd is the parent. But any supervisor that sets NOTIFY_SOCKET
        // (sd_notify(3)) wants the messages, also one in a container.
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is { Length: > 0 })
        {
            builder.Services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
            builder.Services.AddSingleton<IHostLifetime, SystemdLifetime>();
        }
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = EndsWithin);
        builder.Services.AddHostedService(services => new Daemon(parts, services));
        using var host = builder.Build();
        host.Run();
        return Daemon.Fault is null ? ExitCode.Done
            : voice.Fail(
            ExitCode.Environment, "failure.program", ("fault", Daemon.Fault.ToString()),
            ("version", CommandLine.Version));
    });

    /// <summary>
    /// Runs the loop as a service of the host: it is started once it is ready, and stopped in an orderly way.
    /// </summary>
    sealed class Daemon : IHostedService
    {
        readonly ISystemdNotifier? systemd;
        readonly IHostApplicationLifetime lifetime;
        readonly AgentLoop loop;
        GuardedThread? thread;
        PosixSignalRegistration? hangUp;

        public Daemon(AgentParts parts, IServiceProvider services)
        {
            systemd = services.GetService<ISystemdNotifier>();
            lifetime = services.GetRequiredService<IHostApplicationLifetime>();
            loop = new AgentLoop(parts, FeedWatchdog);
        }

        /// <summary>
        /// Gets the fault that ended the loop too early: a defect. systemd starts the agent again, and nothing that is
        /// published changes.
        /// </summary>
        public static Exception? Fault { get; private set; }

        /// <summary>
        /// Feeds the watchdog. The listener may be gone, for example a supervisor that restarts; that is not a fault of
        /// the agent.
        /// </summary>
        void FeedWatchdog()
        {
            try { systemd?.Notify(new ServiceState("WATCHDOG=1")); }
            catch (System.Net.Sockets.SocketException) { }
        }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            // Register the handler before anyone can know that the agent runs: without it an early SIGHUP would end the
            // agent.
            hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                Boundary.Run(BoundaryPoint.Hangup, () => loop.Post(new ReloadRequested()));
            });
            loop.Start();
            thread = new GuardedThread(BoundaryPoint.Loop, "agent", Run, isBackground: false);
            thread.Start();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            loop.Post(new StopRequested("SIGTERM"));
            hangUp?.Dispose();
            return Task.Run(() => thread?.Join(EndsWithin), cancellationToken);
        }

        void Run()
        {
            try
            {
                loop.Run();
            }
            catch (Exception fault)
            {
                Fault = fault;
            }
            lifetime.StopApplication();
        }
    }
}
