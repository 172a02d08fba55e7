using Gateway.Model.Jobs;

namespace Gateway.Engine.Jobs;

/// <summary>What an operator's action on a job came to.</summary>
/// <param name="Job">The job as it is now; null when there is none.</param>
/// <param name="IsDone">False when the job's status does not allow it.</param>
internal sealed record OperatorResult(JobState? Job, bool IsDone);
