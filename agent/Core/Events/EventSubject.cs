namespace Difusor.Agent.Events;

/// <summary>Finds what an event is about.</summary>
public static class EventSubject
{
    /// <summary>Returns the corte; null if the event has none.</summary>
    public static Corte? CorteOf(AgentEvent? happened) => happened switch
    {
        PackageVerified one => one.Corte,
        PackageRejected one => one.Corte,
        PackageHeld one => one.Corte,
        PackageSuperseded one => one.Corte,
        PackageDuplicate one => one.Corte,
        CortePublished one => one.Corte,
        CorteOverdue one => one.Corte,
        CorteNotShown one => one.Corte,
        CorteResumed one => one.Corte,
        TamperDetected one => one.Corte,
        TamperHealed one => one.Corte,
        HealFailed one => one.Corte,
        OperatorAction one => one.Corte,
        _ => null,
    };

    /// <summary>Returns the package's name, printable; null if the event has none.</summary>
    public static string? PackageOf(AgentEvent? happened) => happened switch
    {
        PackageVerified one => one.Package,
        PackageRejected one => one.Package,
        PackageHeld one => one.Package,
        PackageSuperseded one => one.Package,
        CortePublished one => one.Package,
        _ => null,
    };
}
