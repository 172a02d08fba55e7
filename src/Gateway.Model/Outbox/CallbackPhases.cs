using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;

namespace Gateway.Model.Outbox;

internal static class CallbackPhases
{
    extension(JobState job)
    {
        /// <summary>Where the job stands in the words of its task API: the older ones know neither a queue nor a cancel.</summary>
        public CallbackPhase CallbackPhase => job.Status switch
        {
            JobStatus.Succeeded => CallbackPhase.Succeeded,
            JobStatus.Cancelled => job.TellsMore ? CallbackPhase.Cancelled : CallbackPhase.Failed,
            JobStatus.Failed or JobStatus.Expired => CallbackPhase.Failed,
            JobStatus.Queued or JobStatus.Submitting => job.TellsMore ? CallbackPhase.Queued : CallbackPhase.Running,
            JobStatus.Running or JobStatus.Unknown => CallbackPhase.Running,
        };

        /// <summary>Whether its callbacks tell of the queue and of a cancel.</summary>
        public bool TellsMore => OperationTable.Of(job.Kind, job.Operation).Task == TaskApi.VideoV2;
    }
}
