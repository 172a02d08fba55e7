using Gateway.Api.Http;
using Gateway.Model.Jobs;
using Gateway.Model.Native;

namespace Gateway.Api.Calls;

/// <summary>Why a call that was a job has no answer.</summary>
internal static class JobFailure
{
    /// <summary>In the upstream's words where it gave any, for the surface to put into its own.</summary>
    public static ApiError Of(JobState job) =>
        new(502, job.Error?.Code ?? "job_ended", job.Failure.StatusMsg) { NativeCode = job.Failure.StatusCode };
}
