using Gateway.Engine.Accounts;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Accounts;

/// <summary>One upstream account as an object: each method is one turn on its row.</summary>
internal sealed class AccountGrain(BatchRunner runner, KindLimits limits)
{
    public Task<AcquireResult> AcquireAsync(AccountId id, LeaseRequest request, CancellationToken cancellationToken) =>
        runner.RunAsync(new AcquireTurn(id, request, limits), cancellationToken);

    /// <summary>Frees a slot. Nobody need wait: the runner retries it until it is committed (T2).</summary>
    public void Release(AccountId id, LeaseId lease, Settlement settlement) => runner.Oblige(new ReleaseTurn(id, lease, settlement));

    /// <summary>Frees a slot and waits for the commit. False when the lease had ended before.</summary>
    public Task<bool> ReleaseAsync(AccountId id, LeaseId lease, Settlement settlement, CancellationToken cancellationToken) =>
        runner.RunAsync(new ReleaseTurn(id, lease, settlement), cancellationToken);

    /// <summary>Creates or updates; null when running work forbids another driver or host (L8).</summary>
    /// <exception cref="StoreException">Taken: another account has the credential (V18).</exception>
    public Task<AccountState?> SaveAsync(AccountSpec spec, string actor, CancellationToken cancellationToken) =>
        runner.RunAsync(new SaveAccountTurn(spec, actor), cancellationToken);

    /// <summary>Makes the id another name for <paramref name="first"/>; null when it has running work of its own.</summary>
    public Task<AccountState?> ShareAsync(AccountSpec spec, AccountId first, string actor, CancellationToken cancellationToken) =>
        runner.RunAsync(new ShareAccountTurn(spec, first, actor), cancellationToken);

    /// <summary>Changes an account that exists; null when it does not.</summary>
    public Task<AccountState?> ChangeAsync(
        AccountId id, string actor, string action, Func<AccountState, AccountState> change, CancellationToken cancellationToken) =>
        runner.RunAsync(new ChangeAccountTurn(id, actor, action, change), cancellationToken);

    /// <summary>Notes what an answer says of the account's credential, <paramref name="sentWith"/> (sealed).</summary>
    public void Learn(AccountId id, UpstreamError error, string sentWith, TeamId? team) =>
        runner.Oblige(new LearnTurn(id, error, sentWith, team));

    /// <summary>The same of the answer to a read: it may raise a doubt, and rests nothing.</summary>
    public void LearnFromRead(AccountId id, UpstreamError error, string sentWith) =>
        runner.Oblige(new LearnTurn(id, error, sentWith, isRead: true));

    /// <summary>
    /// Notes what a probe met (<see cref="ProbedTurn"/>). False when it taught nothing: the credential, or the doubt, is another by now.
    /// </summary>
    public Task<bool> ProbedAsync(AccountId id, Probe probe, UpstreamError? error, string? actor, CancellationToken cancellationToken) =>
        runner.RunAsync(new ProbedTurn(id, probe, error, actor), cancellationToken);

    public Task<Lease?> AdoptAsync(AccountId id, LeaseId lease, string from, CancellationToken cancellationToken) =>
        runner.RunAsync(new AdoptLeaseTurn(id, lease, from), cancellationToken);
}
