using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Grains.Routing;

/// <summary>A call that waits for a slot on this node: an entry in the same order as the jobs (Q3).</summary>
/// <param name="Request">What it needs.</param>
/// <param name="Team">Whose it is.</param>
/// <param name="Since">Since when it waits.</param>
internal sealed record WaitingCall(RouteRequest Request, TeamId Team, DateTimeOffset Since)
{
    private readonly TaskCompletionSource<CallSlot> _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Calls wait with a job's usual priority.</summary>
    public const int Priority = 5;

    public QueueKey Queue => new(Request.Work.Lane, Team, Priority);

    public Task<CallSlot> Granted => _granted.Task;

    public bool IsOver => _granted.Task.IsCompleted;

    /// <summary>Hands over a slot; false when the caller has left, and the slot must go back.</summary>
    public bool Grant(CallSlot slot) => _granted.TrySetResult(slot);

    /// <summary>Tells the caller that nobody can be asked now.</summary>
    public void Fail(Exception why) => _granted.TrySetException(why);

    /// <summary>The caller waits no longer; false when it was granted a slot before.</summary>
    public bool GiveUp() => _granted.TrySetCanceled();
}
