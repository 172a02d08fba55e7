using Gateway.Grains.Accounts;
using Gateway.Grains.Routing;
using Gateway.Grains.Upstreams;
using Gateway.Grains.Upstreams.Platform;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>Short questions to one known account; what it answers about its credential is learned.</summary>
internal sealed class AccountReads(RouterGrain router, AccountGrain accounts, Credentials credentials, PlatformReads reads)
{
    public Task<ReadAnswer> GetAsync(AccountId account, string path, CancellationToken cancellationToken) =>
        AskAsync(account, target => reads.GetAsync(target, path, cancellationToken));

    public Task<ReadAnswer> PostAsync(AccountId account, string path, ReadOnlyMemory<byte> json, CancellationToken cancellationToken) =>
        AskAsync(account, target => reads.PostAsync(target, path, json, cancellationToken));

    /// <summary>Opens a long answer; null when the account cannot be asked.</summary>
    public async Task<CallExchange?> OpenAsync(AccountId account, string path, CancellationToken cancellationToken) =>
        TargetOf(account) is { } target ? await reads.OpenAsync(target, path, cancellationToken) : null;

    private async Task<ReadAnswer> AskAsync(AccountId account, Func<UpstreamAccount, Task<ReadAnswer>> ask)
    {
        if (TargetOf(account) is not { } target) return new ReadAnswer(0, "", [], "the account is gone");
        var answer = await ask(target);
        if (answer.Error is { Class: ErrorClass.AuthDead } dead && router.Find(account) is { Health.AuthFailed: false }) accounts.Learn(account, dead, model: null);
        return answer;
    }

    private UpstreamAccount? TargetOf(AccountId id) => router.Find(id) is { Deleted: false } account ? credentials.For(account) : null;
}
