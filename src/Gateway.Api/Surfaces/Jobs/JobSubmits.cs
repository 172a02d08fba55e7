using System.Text.Json;
using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Api.Push;
using Gateway.Api.Submitting;
using Gateway.Api.Views;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>Submits a job of the gateway's own API, alone or as one of a batch.</summary>
internal sealed class JobSubmits(JobPath path, IdempotentAnswers answers, JobsMapping mapping, JobWaiter waiter)
{
    /// <exception cref="ApiException">The body is not valid, or the submit was refused.</exception>
    public async Task<FinishedAnswer> SubmitAsync(
        HttpContext context, Caller caller, byte[] body, SubmitHeaders headers, CancellationToken cancellationToken)
    {
        var (draft, native) = Read(context, caller, body, headers);
        return await answers.RunAsync(
            headers.Key,
            () => path.SubmitAsync(caller, draft, native, cancellationToken),
            accepted => AnswerAsync(accepted.Job),
            AnswerAsync,
            context);

        async Task<FinishedAnswer> AnswerAsync(JobState job)
        {
            // `Prefer: wait`: the result if it comes in time, else the job as it stands.
            if (headers.Wait is { } wait) job = await waiter.WaitAsync(job, after: null, wait, cancellationToken);
            var view = await mapping.ViewAsync(job, caller, cancellationToken);
            var status = headers.Wait is not null && job.Status.IsTerminal ? StatusCodes.Status200OK : StatusCodes.Status202Accepted;
            // A key is its team's, and teams never see accounts: an admin's answer is kept without, so that he himself is given it again
            // without, too.
            return new FinishedAnswer(status, "application/json", Json(view), mapping.Link(job.Id))
            {
                KeptBody = caller.IsAdmin ? Json(view with { Account = null, Team = null }) : null,
            };
        }
    }

    public static (JobDraft Draft, NativeRequest Native) Read(HttpContext context, Caller caller, byte[] body, SubmitHeaders headers)
    {
        var (draft, native) = SubmitJobReader.Read(body, caller.Team, headers.MayQueue);
        if (draft.Work.Pinned is not null && !caller.IsAdmin)
            throw new ApiException(
                new ApiError(
                    403, "forbidden", "Only admins may pin a job to an account.", [new FieldError("account", "must be left out")]));
        return (draft with { Key = headers.Key, Fingerprint = headers.FingerprintOf(context.Request, body) }, native);
    }

    private static byte[] Json(JobView view) => JsonSerializer.SerializeToUtf8Bytes(view, JobsJson.Own.JobView);
}
