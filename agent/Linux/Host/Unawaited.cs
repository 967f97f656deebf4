namespace Difusor.Agent.Linux.Host;

/// <summary>Marks tasks that may fail, and that nobody may be waiting for by then.</summary>
static class Unawaited
{
    /// <summary>
    /// Returns the task itself. If it fails, that is not an unexpected error: whoever still needs its result looks at
    /// how it ended.
    /// </summary>
    public static TTask MayFail<TTask>(this TTask task) where TTask : Task
    {
        task.ContinueWith(
            static failed => _ = failed.Exception, CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return task;
    }
}
