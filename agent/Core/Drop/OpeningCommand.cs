namespace Difusor.Agent.Drop;

/// <summary>The commands that open a closed drop, for root.</summary>
static class OpeningCommand
{
    public static string Give(string path, string account, string group) =>
        $"chown {account}:{group} {path} && chmod 2770 {path}";

    public static string LetWrite(string path) => $"chmod u+rwx {path}";

    /// <summary>Returns what lets the agent's group take what is delivered.</summary>
    public static string LetGroup(string path, string group) => $"chgrp {group} {path} && chmod g+rwxs {path}";

    /// <summary>Returns what chmod does not do where there is an access list: it changes only its mask.</summary>
    public static string WidenList(string path) => $"setfacl -m g::rwx {path}";

    /// <summary>Returns what lets an account through a folder.</summary>
    public static IEnumerable<string> LetPass(DoorFolder folder, string account)
    {
        if (folder.IsImmutable) yield return Unfreeze(folder.Path);
        yield return $"chmod a+x {folder.Path}";
        if (!folder.Acl.IsEmpty) yield return $"setfacl -m u:{account}:x {folder.Path}";
    }

    public static string Remount(string point) => $"mount -o remount,rw {point}";

    public static string Unfreeze(string path) => $"chattr -i {path}";
}
