using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Surfaces.Useapi;
using Gateway.Engine.Accounts;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Api.Admin;

/// <summary>The actions behind the admin's account routes; each answers with the account as it is then.</summary>
internal sealed class AccountActions(
    AccountGrain accounts, JobGrain jobs, IQueryStore queries, AccountViews views, RouterGrain router, IUpstreamRegistry upstreams,
    Credentials credentials)
{
    public async Task<IResult> ShowAsync(string account, CancellationToken cancellationToken)
    {
        if (!AccountId.TryParse(account, out var id) || await queries.AccountAsync(id, cancellationToken) is not { Deleted: false } found)
            return Answer(null);
        return Answer(await views.OfAsync(found, cancellationToken));
    }

    public async Task<IResult> ChangeAsync(
        string account, Caller caller, string action, Func<AccountState, AccountState> change, CancellationToken cancellationToken) =>
        await accounts.ChangeAsync(IdOf(account), caller.Name, action, change, cancellationToken) is null
            ? Answer(null)
            : await ShowAsync(account, cancellationToken); // what a turn answers does not know the version it is saved as

    public async Task<IResult> PatchAsync(string account, Caller caller, AccountPatch patch, CancellationToken cancellationToken)
    {
        var present = await queries.AccountAsync(IdOf(account), cancellationToken);
        if (present is not null && patch.ReservedForCalls.Or(present.ReservedForCalls) > patch.MaxJobs.Or(present.MaxJobs))
            throw new ApiException(ApiError.Field("reservedForCalls", "must not exceed maxJobs"));
        return await ChangeAsync(account, caller, "account.patch", patch.Apply, cancellationToken);
    }

    /// <summary>Asks the upstream whether the credential works, and lets health learn the answer.</summary>
    public async Task<IResult> ValidateAsync(string account, Caller caller, CancellationToken cancellationToken)
    {
        var id = IdOf(account);
        if (await queries.AccountAsync(id, cancellationToken) is not { Deleted: false } found) return Answer(null);
        if (upstreams.Find(found.Driver) is not { } upstream || credentials.For(found) is not { } target)
            throw new ApiException(
                new ApiError(
                    409, "driver_off", $"Driver '{found.Driver}' is switched off.",
                    [new FieldError("account", "must have an enabled driver")]));

        var error = await upstream.ValidateAsync(target, cancellationToken);
        await accounts.ProbedAsync(id, new Probe(found.SealedSecret, Due: null), error, caller.Name, cancellationToken);
        return await ShowAsync(account, cancellationToken);
    }

    /// <summary>Frees a slot by hand (L4). The job, if it still runs, fails; what it was charged stays charged.</summary>
    public async Task<IResult> ReleaseAsync(string account, LeaseId lease, Caller caller, CancellationToken cancellationToken)
    {
        var id = IdOf(account);
        var held = (await queries.AccountAsync(id, cancellationToken))?.FindLease(lease)
            ?? throw new ApiException(
                new ApiError(
                    404, "lease_not_found", "The account holds no such lease.",
                    [new FieldError("lease", "must be the id of a lease the account holds")]));

        if (held.Job is { } job)
            await jobs.EndAttemptAsync(
                job, id, held, new AttemptEnd.Lapsed(new JobError("released_by_operator", "An operator released the job's slot.")));
        else await accounts.ReleaseAsync(id, lease, new Settlement.Lapsed("released by an operator"), cancellationToken);
        return await ChangeAsync(account, caller, $"lease.release {lease}", state => state, cancellationToken);
    }

    private static IResult Answer(AdminAccount? account) => account is null
        ? throw new ApiException(AccountsMapping.NotFound)
        : Results.Json(account, AdminJson.Own.AdminAccount);

    // What is done to another name is done to the account.
    private AccountId IdOf(string account) =>
        AccountId.TryParse(account, out var id) ? router.Resolve(id) : throw new ApiException(AccountsMapping.NotFound);
}
