using System.Text.Json.Serialization;

namespace Difusor.Agent.Events;

/// <summary>
/// One decision, on its way to the journal and to syslog. Each event is its own record type (<c>Events/</c>): its
/// properties are the fields, in the journal's order; null properties are left out.
/// </summary>
public abstract record AgentEvent([property: JsonIgnore] EventCode Code)
{
    /// <summary>Gets how severe this occurrence is.</summary>
    [JsonIgnore]
    public virtual Severity Severity => EventTraits.Of(Code).Usual;
}
