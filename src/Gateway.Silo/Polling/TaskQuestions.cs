using Gateway.Engine.Storage;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Silo.Polling;

/// <summary>Finds the account of a followed task and asks its upstream.</summary>
internal sealed class TaskQuestions(
    IQueryStore queries, RouterGrain router, IUpstreamRegistry upstreams, Credentials credentials, PollOptions options, TimeProvider time)
{
    /// <summary>The host a task is asked about at. A guest's account may be unknown here yet; it has a line of its own then.</summary>
    public string HostOf(PolledTask task) => router.Find(task.Account)?.BaseUrl.Authority ?? task.Account.Value;

    /// <summary>The account of a task. This node's view may not have heard yet of what another node did.</summary>
    public async Task<AccountState?> FindAsync(PolledTask task, CancellationToken stoppingToken) =>
        task.IsGuest ? await queries.AccountAsync(task.Account, stoppingToken) : router.Find(task.Account);

    /// <summary>Asks about a task; null when its account cannot be asked: its driver is switched off, or its credential gone.</summary>
    public async Task<PollOutcome?> AskAsync(AccountState account, PolledTask task, JobId job, CancellationToken stoppingToken)
    {
        if (upstreams.Find(account.Driver) is not { } upstream || credentials.For(account) is not { } target) return null;

        using var patience = new Patience(options.TimeFor(task.Lease.HardEnd, time.GetUtcNow()), time, stoppingToken);
        try
        {
            return await upstream.PollAsync(
                target, new UpstreamRequest(job, task.Lease.Kind, task.Lease.Operation, default), task.Lease.TaskId!, patience.Token);
        }
        catch (OperationCanceledException silence) when (patience.IsOver)
        {
            return new PollOutcome.Trouble(patience.Explain(silence));
        }
    }

    /// <summary>The account and the lease of a job that is sent, or followed, on whatever node; null when it is neither.</summary>
    public async Task<(AccountId Account, Lease Lease)?> FindLeaseAsync(JobId job, CancellationToken cancellationToken)
    {
        if (await queries.JobAsync(job, cancellationToken) is not { Account: { } id, Lease: { } leaseId }) return null;
        return await queries.AccountAsync(id, cancellationToken) is { } account && account.FindLease(leaseId) is { } lease
            ? (id, lease)
            : null;
    }
}
