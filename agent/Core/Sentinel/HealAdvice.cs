
namespace Difusor.Agent.Sentinel;

/// <summary>Why the system refused to heal, as far as its own answer and a look at the place can tell.</summary>
public enum HealObstacle { Other, ImmutableFlag, ForeignOwner, Mount, ReadOnly, NoSpace, VaultDamaged }

/// <summary>
/// What <c>HEAL_FAILED</c> tells the operator: the one command that would clear the way (contract, section 1).
/// </summary>
public static class HealAdvice
{
    /// <param name="path">The place that stands in the way, absolute.</param>
    /// <param name="account">The agent's account.</param>
    /// <returns>A command line for root; null where no command would do.</returns>
    public static string? Command(HealObstacle obstacle, string path, string account) => obstacle switch
    {
        HealObstacle.ImmutableFlag => $"chattr -R -i -a {Quoted(path)}",
        HealObstacle.ForeignOwner => $"chown -R {account}: {Quoted(path)}",
        HealObstacle.Mount => $"umount {Quoted(path)}",
        HealObstacle.ReadOnly => $"mount -o remount,rw \"$(findmnt -n -o TARGET --target {Quoted(path)})\"",
        HealObstacle.NoSpace => $"df -h {Quoted(path)}",
        HealObstacle.VaultDamaged => "difusor-agent publish PATH --reason TEXT",
        _ => null,
    };

    /// <summary>One argument for a shell, whatever it holds.</summary>
    static string Quoted(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '@' or '+')
            ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
