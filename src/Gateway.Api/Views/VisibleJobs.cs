using Gateway.Api.Auth;
using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Api.Views;

/// <summary>The one rule of who sees which job, for every surface: a team its own, an admin all.</summary>
internal static class VisibleJobs
{
    /// <summary>The job, or null when the id is none, unknown, or another team's: the three must look the same.</summary>
    public static async Task<JobState?> FindVisibleAsync(
        this IQueryStore queries, string? id, Caller caller, CancellationToken cancellationToken)
    {
        if (!JobId.TryParse(id, out var parsed)) return null;
        var job = await queries.JobAsync(parsed, cancellationToken);
        return job is not null && caller.Sees(job) ? job : null;
    }

    public static bool Sees(this Caller caller, JobState job) => caller.IsAdmin || job.Team == caller.Team;
}
