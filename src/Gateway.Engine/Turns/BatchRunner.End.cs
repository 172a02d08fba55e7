namespace Gateway.Engine.Turns;

// How it ends: told to stop, or declared dead. Whoever waits is told.
internal sealed partial class BatchRunner
{
    private const string Stopping = "The gateway is stopping.";

    /// <summary>How long a stop waits for the truth about its last batch.</summary>
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(5);

    // Why no turn is taken any more; null while turns are.
    private volatile string? _closed;

    // What was promised is written down before the process ends: one pass, not a wait for a lost database.
    private async Task DrainAsync()
    {
        using var patience = new CancellationTokenSource(DrainPatience, time);
        try
        {
            while (!_fenced && !_storeIsLost && _queue.Count > 0 && !patience.IsCancellationRequested) await RunBatchAsync(patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            // Its callers have been told.
        }
    }

    private void Fence(List<Turn> turns)
    {
        var why = $"Incarnation {node.Incarnation} is no longer live; this process is stopping.";
        foreach (var turn in turns) turn.Abandon(new StoreUnavailableException(why));
        if (_fenced) return;

        _fenced = true;
        LogFenced(node.Incarnation);
        Close(why);
        Fenced?.Invoke();
    }

    // Who adds a turn looks at _closed afterwards, so that either this sees the turn or its caller sees the flag.
    private void Close(string why)
    {
        _closed ??= why;
        foreach (var turn in _queue.TakeAll()) turn.Abandon(new StoreUnavailableException(why));
    }

    // A stop while the database is gone: nobody is left to tell later.
    private static void Abandon(List<Turn> turns)
    {
        foreach (var turn in turns) turn.Abandon(new StoreUnavailableException(Stopping));
    }
}
