using Difusor.Agent.Events;
using Difusor.Agent.Journal;

namespace Difusor.Agent.Tests.Sentinel;

/// <summary>Statuses for what shows them: one of an agent that has everything to tell, one that has nothing.</summary>
static class FullStatus
{
    public static readonly DateTimeOffset Opens = new(2021, 6, 6, 20, 0, 0, TimeSpan.FromHours(-5));
    static readonly string Huella = new('a', 64);

    static DateTimeOffset At(double minutes) => Opens.AddMinutes(minutes);

    public static AgentStatus Bare { get; } = new()
    {
        Version = "1.2", Pid = 7, WrittenAt = At(-90), Election = "ieem-2021",
        Gate = new GateStatus("closed", "before-opening", Opens, new MissingStatus(5400, 2, null)),
        Clock = new ClockStatus(false, null, null, null), Sentinel = new SentinelStatus("intact", null, 0),
        Journal = new JournalStatus(1, Huella),
    };

    public static AgentStatus Whole { get; } = new()
    {
        Version = "1.2", Pid = 7, WrittenAt = At(95.5), Election = "ieem-2021", Instance = "ine",
        Gate = new GateStatus("open", null, Opens),
        Clock = new ClockStatus(true, At(95.49), At(95.51), 0.0125)
        {
            Servers =
            [
                new ServerStatus("a.example.mx", "agrees", 0.001, 0.02), new ServerStatus("b.example.mx", "silent"),
                new ServerStatus("c.example.mx", "falseticker", -1.5, 0.03),
            ],
        },
        Published = new PublishedStatus(At(60), At(61.5), "20210606-2100-0003", 4321, "PREP_MEX", Huella),
        Held = [new HeldStatus("20210606-2140-0005", At(100), "future-corte")],
        Hold = new HoldStatus(At(60), "el instituto lo pide", At(70), "ana (1000)"),
        Deliveries =
        [
            new DeliveryStatus("20210606_2120_PREP_MEX.zip", "arriving", 12, 3_456_789, At(94)),
            new DeliveryStatus("20210606_2119_PREP_MEX.zip", "stalled", 1, 17, At(85)),
            new DeliveryStatus("20210606_2118_PREP_MEX.zip", "set-aside", 0, 0),
        ],
        DeliveriesTotal = 9,
        LastRejections =
        [
            new RejectionStatus(
                "20210606_2110_PREP_MEX", At(70), At(71),
                [new RejectionReason("digest-mismatch", "bd/A.txt", "sha256 is not the stated one")], 3),
        ],
        Sentinel = new SentinelStatus("tampered", At(90), 2, 0.004, 100, 4321, Blind: true, UnwatchedFolders: 3)
        {
            Altered = [new AlteredStatus("20210606-2100-0003", "index.html", "changed")], AlteredTotal = 2,
            Probes = 2, ProbesGood = 1,
        },
        Journal = new JournalStatus(1234, Huella),
        Rehearsal = new PublishedStatus(At(-9000), At(-8999), "20210531-1000-0001", 12),
        Troubles =
        [
            Trouble("CORTE_OVERDUE", "corte", At(92)), Trouble("TAMPER_DETECTED", "integrity", At(95)),
        ],
        Syslog =
        [
            new SyslogStatus("unix:/dev/log", 0), new SyslogStatus("tls://siem.example.mx", 17, "untrusted", At(80)),
        ],
        Notify = new NotifyStatus(At(30)),
        Period = new PeriodStatus("PREP 2021", "IEEM", Opens.AddHours(28), Opens.AddHours(24), 1200)
        {
            Rehearsals = [new WindowStatus(At(-9060), At(-8580))],
        },
        Cortes =
        [
            new CorteStatus(At(-9000), "20210531_1000_PREP_MEX")
            {
                Arrived = At(-9000), Verified = At(-8999.5), Published = At(-8999), Rehearsal = true,
            },
            new CorteStatus(Opens, "20210606_2000_PREP_MEX")
            {
                Arrived = At(-5), Verified = At(-4), Held = At(-4), HeldReason = "before-opening", Published = At(0),
                Superseded = At(61.5),
            },
            new CorteStatus(At(60), "20210606_2100_PREP_MEX")
            {
                Arrived = At(61), Verified = At(61.2), Published = At(61.5),
            },
            new CorteStatus(At(70), "20210606_2110_PREP_MEX")
            {
                Arrived = At(70.5), Rejected = At(71), Reasons = ["digest-mismatch", "missing-file"], Path = "bd/A.txt",
            },
            new CorteStatus(null, "otro.zip") { Arrived = At(72), Rejected = At(73), Reasons = ["no-corte"] },
        ],
        Alterations =
        [
            new AlterationStatus(
                "20210606-2000-0001", At(40), ["index.html", "bd/A.txt"], 5, At(40.01), 0.6,
                "/var/lib/difusor-agent/quarantine/x-altered-1"),
            new AlterationStatus("20210606-2100-0003", At(95), ["index.html"], 1),
        ],
    };

    static TroubleStatus Trouble(string code, string name, DateTimeOffset since)
    {
        var entry = TroubleCatalogue.All.Single(row => row.Begins.Contains(EventCatalogue.Named(code)!.Code));
        return new TroubleStatus(code, entry.Name, since, $"{name}: un texto", entry.HelpWith([]));
    }
}
