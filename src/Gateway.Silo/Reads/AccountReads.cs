using Gateway.Engine.Upstreams;
using Gateway.Grains.Accounts;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Silo.Reads;

/// <summary>Questions that take no slot, to one known account through its driver; what it answers about itself is learned.</summary>
internal sealed class AccountReads(RouterGrain router, AccountGrain accounts, IUpstreamRegistry upstreams, Credentials credentials)
{
    private const string Gone = "the account is gone";

    /// <summary>Whether there is such an account, so that it can be asked.</summary>
    public bool Knows(AccountId account) => Find(account) is not null;

    public async Task<ReadAnswer> AskAsync(AccountId account, UpstreamRead read, CancellationToken cancellationToken)
    {
        if (Find(account) is not { } known) return ReadAnswer.None(Gone);
        return Learn(known, await known.Upstream.ReadAsync(known.Target, read, cancellationToken));
    }

    /// <summary>Sends a long body as it comes.</summary>
    public async Task<ReadAnswer> UploadAsync(AccountId account, HttpContent form, CancellationToken cancellationToken)
    {
        if (Find(account) is not { } known) return ReadAnswer.None(Gone);
        return Learn(known, await known.Upstream.UploadAsync(known.Target, form, cancellationToken));
    }

    /// <summary>Opens a file's content. Whoever gets it disposes it.</summary>
    public async Task<OpenedRead> OpenAsync(AccountId account, string fileId, CancellationToken cancellationToken)
    {
        if (Find(account) is not { } known) return new OpenedRead(Content: null, ReadAnswer.None(Gone));
        var opened = await known.Upstream.OpenAsync(known.Target, fileId, cancellationToken);
        if (opened.Instead is { } instead) Learn(known, instead);
        return opened;
    }

    /// <summary>Asks once more about a task that has ended.</summary>
    public async Task<PollOutcome> PollAsync(JobState job, CancellationToken cancellationToken)
    {
        if (Find(job.Account!.Value) is not { } known) return new PollOutcome.Trouble(Gone);
        var outcome = await known.Upstream.PollAsync(
            known.Target, new UpstreamRequest(job.Id, job.Kind, job.Operation, ReadOnlyMemory<byte>.Empty), job.TaskId!, cancellationToken);
        Learn(known, outcome switch
        {
            PollOutcome.Unreadable unreadable => unreadable.Error,
            PollOutcome.Trouble trouble => trouble.Error,
            _ => null,
        });
        return outcome;
    }

    private ReadAnswer Learn(Known known, ReadAnswer answer)
    {
        Learn(known, answer.Error);
        return answer;
    }

    private void Learn(Known known, UpstreamError? error)
    {
        if (error is { Class: ErrorClass.AuthDead or ErrorClass.Suspect } && !known.Account.Health.IsParked)
            accounts.LearnFromRead(known.Account.Id, error, known.Account.SealedSecret);
    }

    private Known? Find(AccountId id) =>
        router.Find(id) is { Deleted: false } account
            && upstreams.Find(account.Driver) is { } upstream
            && credentials.For(account) is { } target
            ? new Known(account, upstream, target)
            : null;

    private sealed record Known(AccountState Account, IUpstream Upstream, UpstreamAccount Target);
}
