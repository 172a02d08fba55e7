using System.Collections.Frozen;
using Gateway.Model.Kinds;

namespace Gateway.Model.Jobs;

/// <summary>Rule J1 as a table: the only edges a job may take. Drawn in docs/state-machines.md.</summary>
internal static class JobEdges
{
    private static readonly FrozenDictionary<JobStatus, FrozenSet<JobStatus>> Legal = new Dictionary<JobStatus, FrozenSet<JobStatus>>
    {
        // To unknown only by a restore (S3): a backup does not know whether it was sent since.
        [JobStatus.Queued] = Set(JobStatus.Submitting, JobStatus.Unknown, JobStatus.Cancelled, JobStatus.Expired, JobStatus.Failed),
        [JobStatus.Submitting] = Set(
            JobStatus.Running, JobStatus.Succeeded, JobStatus.Failed, JobStatus.Unknown, JobStatus.Queued, JobStatus.Cancelled),
        [JobStatus.Running] = Set(JobStatus.Succeeded, JobStatus.Failed, JobStatus.Cancelled, JobStatus.Unknown, JobStatus.Queued),
        [JobStatus.Unknown] = Set(JobStatus.Running, JobStatus.Succeeded, JobStatus.Failed, JobStatus.Cancelled, JobStatus.Queued),
        [JobStatus.Succeeded] = Set(),
        [JobStatus.Failed] = Set(),
        [JobStatus.Cancelled] = Set(),
        [JobStatus.Expired] = Set(),
    }.ToFrozenDictionary();

    public static bool Allows(JobStatus from, JobStatus to) => Legal[from].Contains(to);

    private static FrozenSet<JobStatus> Set(params JobStatus[] statuses) => statuses.ToFrozenSet();
}
