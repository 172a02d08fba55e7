namespace Gateway.Engine.Turns;

/// <summary>Tells an observer one commit at a time, where a node has two runners.</summary>
internal sealed class SerialObserver(IBatchObserver observer) : IBatchObserver
{
    private readonly Lock _lock = new();

    public void Committed(BatchCommit commit)
    {
        lock (_lock) observer.Committed(commit);
    }
}
