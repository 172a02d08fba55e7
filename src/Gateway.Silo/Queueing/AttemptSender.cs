using Gateway.Engine.Bodies;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Silo.Queueing;

/// <summary>Sends one attempt of a job to its upstream: its request read within the memory there is, within the lease's hard end.</summary>
internal sealed partial class AttemptSender(
    IBodyStore bodies, BodyBudget memory, IUpstreamRegistry upstreams, Credentials credentials, OverloadBreakers overloads, NodeLife life,
    TimeProvider time, ILogger<Submitter> logger)
{
    /// <returns>What the upstream said; null when the store did not give the request: the gateway's own trouble, no account's.</returns>
    public async Task<SubmitOutcome?> SendAsync(JobState job, Lease lease, AccountState account)
    {
        // L4 frees the slot at its hard end, so what is under way on it must be over by then.
        using var hardEnd = new CancellationTokenSource(lease.HardEnd - lease.Since, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(life.Proof, hardEnd.Token);
        var outcome = await SendAsync(job, account, either.Token);
        if (outcome is SubmitOutcome.Refused refused) overloads.Hear(account, job.Work, job.Team, lease.Id, refused.Error);
        else if (outcome is not (null or SubmitOutcome.Unclear)) overloads.Hear(account, job.Work, job.Team, lease.Id, error: null);
        return outcome;
    }

    private async Task<SubmitOutcome?> SendAsync(JobState job, AccountState account, CancellationToken cancellationToken)
    {
        byte[]? body;
        using var room = memory.Queue(job.Team, job.Request.Bytes);
        try
        {
            await room.Served.WaitAsync(cancellationToken);
            body = await bodies.ReadAsync(job.Id, BodyPart.Request, job.Request, life.Proof);
        }
        catch (Exception lost) when (lost is StoreUnavailableException or OperationCanceledException)
        {
            LogNotRead(job.Id, lost);
            return null;
        }
        catch (Exception failure)
        {
            // Nothing has been sent: never a reason to count the job as unknown (J1, J3).
            return new SubmitOutcome.Refused(UpstreamError.NotSent($"its request could not be read: {failure.Message}"));
        }

        if (body is null || upstreams.Find(account.Driver) is not { } upstream || credentials.For(account) is not { } target)
            return new SubmitOutcome.Refused(UpstreamError.NotSent("the request, the driver or the credential is gone"));
        var outcome = await upstream.SubmitAsync(
            target,
            new UpstreamRequest(job.Id, job.Kind, job.Operation, body) { IsStreamed = job.IsStreamed },
            life.Require,
            cancellationToken);
        return outcome is SubmitOutcome.Refused refused ? refused with { Error = refused.Error.About(body) } : outcome;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The request of job {Job} could not be read; nothing was sent, and it waits on.")]
    private partial void LogNotRead(JobId job, Exception failure);
}
