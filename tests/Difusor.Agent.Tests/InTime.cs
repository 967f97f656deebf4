namespace Difusor.Agent.Tests;

/// <summary>Waits with a bound, and says what was awaited where it did not come.</summary>
static class InTime
{
    /// <summary>How long a failure takes to show.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public static async Task Comes(Task awaited, string what)
    {
        try { await awaited.WaitAsync(Bound, TestContext.Current.CancellationToken); }
        catch (TimeoutException) { Assert.Fail($"awaited in vain: {what}"); }
    }

    public static async Task<T> Comes<T>(Task<T> awaited, string what)
    {
        await Comes((Task)awaited, what);
        return await awaited;
    }
}
