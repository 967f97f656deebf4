namespace Difusor.Agent.Packages;

/// <summary>Where a release may be served from: two roots over one store.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(Packages.KebabCase<Root>))]
public enum Root { Public, Rehearsal }

public static class Roots
{
    /// <summary>Returns the root for an event that says so only where it is the rehearsal's.</summary>
    public static Root? IfRehearsal(this Root? root) => root == Root.Rehearsal ? root : null;
}
