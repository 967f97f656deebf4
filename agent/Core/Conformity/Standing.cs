namespace Difusor.Agent.Conformity;

/// <summary>How one clause stands: in JSON <c>pass</c>, <c>warn</c>, <c>fail</c>, <c>by-hand</c>.</summary>
public enum Standing { Pass, Warn, Fail, ByHand }
