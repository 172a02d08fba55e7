namespace Gateway.Engine.Turns;

/// <summary>
/// Learns of committed batches, before their callers are answered. Called on the runner's own thread: it must be quick,
/// must not wait and must not throw.
/// </summary>
internal interface IBatchObserver
{
    void Committed(BatchCommit commit);
}
