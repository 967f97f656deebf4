using Difusor.Agent.Events;
using Difusor.Agent.Setup;

namespace Difusor.Agent.Linux.Drop;

/// <summary>
/// Says whether the service runs that opens to the agent what comes with narrow modes. While it runs, and only then,
/// systemd keeps a folder in /run for it: so it takes one look, and no question to systemd, which the agent's unit does
/// not let it ask.
/// </summary>
/// <param name="root">Where the host's files are: empty, or a prepared tree.</param>
sealed class OpeningUnit(SetupInstance instance, string root = "")
{
    /// <summary>The folder of the first instance. No instance's name has a dot, so none has this folder.</summary>
    const string Folder = "difusor-agent.entrega";

    /// <summary>Where units are, the one that counts first.</summary>
    static readonly string[] Units =
        ["/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
            "/lib/systemd/system"];

    /// <summary>Returns the service of a configuration file; null where no unit reads that file.</summary>
    public static OpeningUnit? Of(string config) =>
        SetupInstance.Of(config) is { } instance ? new OpeningUnit(instance) : null;

    /// <summary>Returns that it is stopped; null where it runs, or the host has no such service.</summary>
    public DropServiceStopped? Stopped()
    {
        var service = instance.UnitNamed("-entrega");
        // A unit of another version, or of the sysadmin's own, has no such folder: nothing is known of it.
        return IsNeeded && Unit(instance.IsFirst ? service : service[..^instance.Name.Length]) is { } unit
            && unit.Contains($"\nRuntimeDirectory={Folder}", StringComparison.Ordinal)
            && !Directory.Exists($"{root}/run/{(instance.IsFirst ? Folder : $"{Folder}-{instance.Name}")}")
                ? DropServiceStopped.Of(service) : null;
    }

    /// <summary>Gets whether the institute may deliver: after `setup --no-push` packages are only fetched.</summary>
    bool IsNeeded => !File.Exists(root + "/etc/difusor-agent/fetch.env") || File.Exists(root + instance.SshDropIn);

    /// <summary>Returns the unit's text; empty where it is masked, null where there is none.</summary>
    string? Unit(string name)
    {
        if (!Directory.Exists(root + "/run/systemd/system")) return null;
        foreach (var folder in Units)
            try { return File.ReadAllText($"{root}{folder}/{name}.service"); }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { }
        return null;
    }
}
