using Gateway.Model.Ids;

namespace Gateway.Model.Jobs;

/// <summary>
/// One queue: jobs of a lane, a team and a priority wait in order of age, so only its head need be looked at. Which queue a
/// free slot goes to is <c>QueueOrder</c>'s (Q2).
/// </summary>
internal readonly record struct QueueKey(string Lane, TeamId Team, int Priority)
{
    public static QueueKey Of(JobState job) => new(job.Lane, job.Team, job.Priority);
}
