using Gateway.Engine.Upstreams;
using Gateway.Grains.Accounts;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Upstreams.MiniMax.Requests;

namespace Gateway.Silo.Reads;

/// <summary>Requests that take no slot, to one known account; what it answers about itself is learned.</summary>
internal sealed class AccountReads(RouterGrain router, AccountGrain accounts, Credentials credentials, PlatformReads reads)
{
    private static readonly ReadAnswer Gone = new(0, "", [], "the account is gone");

    /// <summary>Whether there is such an account, so that it can be asked.</summary>
    public bool Knows(AccountId account) => Find(account) is not null;

    public Task<ReadAnswer> GetAsync(AccountId account, string path, CancellationToken cancellationToken) =>
        AskAsync(account, target => reads.GetAsync(target, path, cancellationToken));

    public Task<ReadAnswer> PostAsync(AccountId account, string path, ReadOnlyMemory<byte> json, CancellationToken cancellationToken) =>
        AskAsync(account, target => reads.PostAsync(target, path, json, cancellationToken));

    /// <summary>Sends a long body as it comes.</summary>
    public Task<ReadAnswer> UploadAsync(AccountId account, string path, HttpContent content, CancellationToken cancellationToken) =>
        AskAsync(account, target => reads.UploadAsync(target, path, content, cancellationToken));

    /// <summary>Opens a long answer. Whoever gets its content disposes it.</summary>
    public async Task<OpenedRead> OpenAsync(AccountId account, string path, CancellationToken cancellationToken)
    {
        if (Find(account) is not var (known, target)) return new OpenedRead(Content: null, Gone);
        var opened = await reads.OpenAsync(target, path, cancellationToken);
        if (opened.Instead is { } instead) Learn(known, instead);
        return opened;
    }

    private async Task<ReadAnswer> AskAsync(AccountId account, Func<UpstreamAccount, Task<ReadAnswer>> ask)
    {
        if (Find(account) is not var (known, target)) return Gone;
        var answer = await ask(target);
        Learn(known, answer);
        return answer;
    }

    private void Learn(AccountState account, ReadAnswer answer)
    {
        if (answer.Error is { Class: ErrorClass.AuthDead or ErrorClass.Suspect } doubt && !account.Health.IsParked) accounts.LearnFromRead(account.Id, doubt, account.SealedSecret);
    }

    private (AccountState Account, UpstreamAccount Target)? Find(AccountId id) =>
        router.Find(id) is { Deleted: false } account && credentials.For(account) is { } target ? (account, target) : null;
}
