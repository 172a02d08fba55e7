using Gateway.Model.Ids;

namespace Gateway.Engine.Bodies;

/// <summary>The room the stored body of a job takes while it is sent.</summary>
internal sealed class QueuedRoom(BodyBudget budget, TeamId team, long bytes) : IDisposable
{
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isOver;

    public TeamId Team => team;

    public long Bytes => bytes;

    /// <summary>Ends when there is room.</summary>
    public Task Served => _served.Task;

    public void Serve() => _served.SetResult();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0) budget.Leave(this);
    }
}
