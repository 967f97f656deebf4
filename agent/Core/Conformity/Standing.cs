namespace Difusor.Agent.Conformity;

/// <summary>The result of one clause: in JSON <c>pass</c>, <c>warn</c>, <c>fail</c>, <c>by-hand</c>.</summary>
public enum Standing { Pass, Warn, Fail, ByHand }
