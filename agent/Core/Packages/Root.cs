namespace Difusor.Agent.Packages;

/// <summary>Where a release may be served from: two roots over one store.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(Packages.KebabCase<Root>))]
public enum Root { Public, Rehearsal }
