
namespace Difusor.Agent.Sentinel;

/// <summary>Why the system refused to heal, as far as the error and a look at the place show it.</summary>
public enum HealObstacle { Other, ImmutableFlag, ForeignOwner, Mount, ReadOnly, NoSpace, VaultDamaged }

/// <summary>Chooses the command that <c>HEAL_FAILED</c> tells the operator to run (contract, section 1).</summary>
public static class HealAdvice
{
    /// <param name="path">The absolute path that is the obstacle.</param>
    /// <param name="account">The account of the agent.</param>
    /// <returns>A command line for root; null if no command helps.</returns>
    public static string? Command(HealObstacle obstacle, string path, string account) => obstacle switch
    {
        HealObstacle.ImmutableFlag => $"chattr -R -i -a {Quoted(path)}",
        HealObstacle.ForeignOwner => $"chown -R {account}: {Quoted(path)}",
        HealObstacle.Mount => $"umount {Quoted(path)}",
        HealObstacle.ReadOnly => $"mount -o remount,rw \"$(findmnt -n -o TARGET --target {Quoted(path)})\"",
        HealObstacle.NoSpace => $"df -h {Quoted(path)}",
        HealObstacle.VaultDamaged => "difusor-agent publish PATH --reason TEXT",
        HealObstacle.Other => null,
    };

    /// <summary>Returns a path quoted as one argument for a shell, whatever it contains.</summary>
    static string Quoted(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '@' or '+')
            ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
