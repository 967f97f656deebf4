namespace Difusor.Agent.Drop;

/// <summary>The reason why a verdict is made now.</summary>
public enum Occasion
{
    /// <summary>None: wait.</summary>
    None,
    /// <summary>It looks complete.</summary>
    Whole,
    /// <summary>It has been quiet for <c>drop.settle</c>.</summary>
    Quiet,
    /// <summary>It has been quiet too, but a file is still open: it can only have stalled.</summary>
    QuietButOpen,
    /// <summary>Nothing more is expected: <c>drop.give_up</c> has passed, or a newer corte was accepted.</summary>
    Last,
}
