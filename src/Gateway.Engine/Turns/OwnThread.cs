namespace Gateway.Engine.Turns;

/// <summary>Work that blocks for as long as the process lives, kept off the thread pool: its fsyncs must not starve requests.</summary>
internal static class OwnThread
{
    public static Task RunAsync(string name, Action work)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Run(work, ended)) { Name = name, IsBackground = true }.UnsafeStart();
        return ended.Task;
    }

    private static void Run(Action work, TaskCompletionSource ended)
    {
        try
        {
            work();
            ended.SetResult();
        }
        catch (Exception failure) // whoever awaits the work deals with it
        {
            ended.SetException(failure);
        }
    }
}
