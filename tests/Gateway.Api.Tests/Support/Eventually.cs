namespace Gateway.Api.Tests.Support;

/// <summary>Looks again until it is so. For what has no signal of its own, such as a slot that is freed.</summary>
internal static class Eventually
{
    // A loop without a pause would take a whole core from what it waits for.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task BeAsync(Func<Task<bool>> isSo, CancellationToken patience)
    {
        while (!await isSo()) await Task.Delay(Pause, TimeProvider.System, patience);
    }
}
