using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Model.Jobs;

/// <summary>One change of a job's status: the job as it was after it (P1).</summary>
internal sealed record JobEvent(JobId Job, long Seq, JobStatus Status, DateTimeOffset At, JobState State);
