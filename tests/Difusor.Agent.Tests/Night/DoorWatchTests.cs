using Difusor.Agent.Drop;
using Difusor.Agent.Events;
using Difusor.Agent.Night;
using Difusor.Agent.Texts;

namespace Difusor.Agent.Tests.Night;

/// <summary>A drop into which nobody can deliver is told once, and so is its end.</summary>
public sealed class DoorWatchTests
{
    static readonly DropClosed Closed = new(
        "/srv/difusor/entrega", ClosedCause.NoWriting, "/srv/difusor/entrega", "root", "root", "0755",
        "chown difusor-entrega:difusor-agent /srv/difusor/entrega");

    static void Sees(NightScene night, DropClosed? closed)
    {
        night.Sight = night.Sight with { Door = new DoorLook(closed) };
        night.Turn();
    }

    [Fact]
    public void AClosedDropIsOneTroubleUntilItIsOpenAlsoOverARestart()
    {
        var night = NightScene.Open();
        Sees(night, Closed);
        night.To("20:03");
        Assert.Equal(["DROP_CLOSED"], night.Wrong);
        var told = Assert.Single(night.Troubles.Troubles);
        Assert.Contains("0755", told.Message, StringComparison.Ordinal);
        Assert.Contains("solo root y el agente pueden escribir", told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("saturada", told.Message, StringComparison.Ordinal);
        Assert.StartsWith(Closed.Command, told.Command, StringComparison.Ordinal);
        night.Sight = DropSight.Empty;
        night.Restart();
        night.To("20:10");
        Assert.Equal(["DROP_CLOSED"], night.Wrong);
        Sees(night, Closed);
        Assert.Equal(1, night.Count(EventCode.DropClosed));
        Sees(night, null);
        Assert.Empty(night.Wrong);
        Assert.Equal(1, night.Count(EventCode.TroubleEnded));
    }

    [Fact]
    public void ItIsShownAsTheLastLookHasFoundItAndToldOnce()
    {
        var night = NightScene.Open();
        Sees(night, Closed);
        var told = night.Notices.Count;
        Sees(night, Closed with { Owner = "difusor-entrega", Group = "www-data", Mode = "2570", Command = "chmod x" });
        var shown = Assert.Single(night.Troubles.Troubles);
        Assert.Contains("de difusor-entrega, grupo www-data, modo 2570", shown.Message, StringComparison.Ordinal);
        Assert.StartsWith("chmod x", shown.Command, StringComparison.Ordinal);
        Assert.Equal((1, told), (night.Count(EventCode.DropClosed), night.Notices.Count));
        Sees(night, null);
        Assert.Empty(night.Wrong);
    }

    [Fact]
    public void AStoppedServiceIsToldBesideItWithItsCommandAndEndsByItself()
    {
        var night = NightScene.Open();
        void Sees(DropClosed? closed, DropServiceStopped? stopped)
        {
            night.Sight = night.Sight with { Door = new DoorLook(closed, stopped) };
            night.Turn();
        }
        Sees(null, DropServiceStopped.Of("difusor-agent-entrega"));
        var told = Assert.Single(night.Troubles.Troubles);
        Assert.Equal("El servicio difusor-agent-entrega está detenido: lo que el Instituto entregue con permisos"
            + " estrechos, el agente no podrá leerlo.", told.Message);
        Assert.Equal("systemctl restart difusor-agent-entrega; difusor-agent check", told.Command);
        Sees(Closed, DropServiceStopped.Of("difusor-agent-entrega"));
        night.Sight = DropSight.Empty;
        night.Restart();
        night.To("20:10");
        Assert.Equal(["DROP_CLOSED", "DROP_SERVICE_STOPPED"], night.Wrong.Order());
        Sees(Closed, null);
        Assert.Equal(["DROP_CLOSED"], night.Wrong);
        Assert.Equal(1, night.Count(EventCode.DropServiceStopped));
    }

    [Fact]
    public void ACrowdThatEndsDoesNotEndItAndTheOtherWayRound()
    {
        var night = NightScene.Open();
        night.Recorder.Record(new DropCrowded(CrowdCause.Entries, 1, 1, 1, null), night.Now);
        Sees(night, Closed);
        Assert.Equal(["DROP_CROWDED", "DROP_CLOSED"], night.Wrong);
        Assert.Contains("saturada", night.Troubles.Troubles[0].Message, StringComparison.Ordinal);
        night.Recorder.Record(new DropClear(1, 0, 0), night.Now);
        Assert.Equal(["DROP_CLOSED"], night.Wrong);
    }

    [Fact]
    public void AnotherFolderThatIsTheDropSinceEndsIt()
    {
        var night = NightScene.Open();
        Sees(night, Closed);
        Sees(night, Closed with { Drop = "/data/entrega" });
        Assert.Equal(
            "/data/entrega", Assert.Single(night.Troubles.Open, open => open.Code == EventCode.DropClosed).Subject);
    }

    [Fact]
    public void WhatTheAgentMayNotOpenIsBlamedByNameThoughTheDeliveryAroundItArrives()
    {
        var night = NightScene.Open("20:00");
        night.Sight = new DropSight(
            [new DeliveryProgress("PREP_2020", DeliveryState.Stalled, 3, 100, night.Now, night.Now)],
            [new IgnoredEntry("PREP_2020/bd", IgnoredCause.Unreadable, NightScene.At("20:21"), true)]);
        night.To("20:28");
        Assert.Equal(OverdueCause.Unreadable, night.Last<CorteOverdue>().Cause);
        Assert.Equal(["PREP_2020/bd"], night.Last<CorteOverdue>().Packages!);
    }

    [Fact]
    public void TheInstituteIsNotBlamedForACorteThatItCannotDeliver()
    {
        var night = NightScene.Open("20:00");
        Sees(night, Closed);
        night.To("20:28");
        Assert.Equal(OverdueCause.DropClosed, night.Last<CorteOverdue>().Cause);
        Assert.Equal([Closed.Path], night.Last<CorteOverdue>().Packages!);
        Assert.Contains("nadie puede entregar", EventCatalogue.Sentence(
            Language.Es, "CORTE_OVERDUE", night.Journal.Records.Last(one => one.Happened is CorteOverdue).Fields),
            StringComparison.Ordinal);
    }
}
