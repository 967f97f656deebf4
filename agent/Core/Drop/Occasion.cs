namespace Difusor.Agent.Drop;

/// <summary>Why a verdict is made now.</summary>
public enum Occasion
{
    /// <summary>None: wait.</summary>
    None,
    /// <summary>It looks whole.</summary>
    Whole,
    /// <summary>It has been quiet for <c>drop.settle</c>.</summary>
    Quiet,
    /// <summary>Quiet too, but a file is still open: it can only have stalled.</summary>
    QuietButOpen,
    /// <summary>Nothing more is waited for: <c>drop.give_up</c>, or a newer corte was accepted.</summary>
    Last,
}
