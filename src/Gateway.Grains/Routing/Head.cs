using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Routing;

/// <summary>The head of one queue: a job or a call.</summary>
internal sealed record Head(QueueKey Queue, JobState? Job, WaitingCall? Call)
{
    public TeamId Team => Queue.Team;

    public Work Work => Job?.Work ?? Call!.Request.Work;

    /// <summary>A call may take a slot that is kept free of jobs.</summary>
    public RouteRequest Request => Call?.Request ?? new RouteRequest(Job!.Work, Job.Id, Job.Attempt + 1) { Team = Team };

    /// <summary>What any work of its lane would ask, by whomever.</summary>
    public RouteRequest OfAnybody => new(Work.FromLane(Queue.Lane), Job is null ? null : default(JobId));

    /// <summary>What any work of its lane would ask by its team.</summary>
    public RouteRequest OfTeam => OfAnybody with { Team = Team };

    public DateTimeOffset Since => Job?.WaitsSince ?? Call!.Since;

    /// <summary>Whether whatever holds this one back, in its lane, holds the other back too.</summary>
    public bool IsLike(Head other) => Queue.Lane == other.Queue.Lane && Call is null == other.Call is null;
}
