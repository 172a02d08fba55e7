using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Accounts;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Api.Surfaces.Useapi;

/// <summary>
/// Saves what a <c>POST</c> asks for: no two accounts with one credential, and none that is known to be dead without saying so.
/// </summary>
internal sealed class AccountSaves(AccountGrain accounts, ITokenStore tokens, IQueryStore queries, RouterGrain router, KeyCheck check)
{
    // A credential changes hands between look and save only where somebody else saves it at this moment.
    private const int Tries = 3;

    /// <exception cref="ApiException">It cannot be saved as it is.</exception>
    public async Task<SavedAccount> SaveAsync(AccountRequest asked, Caller caller, CancellationToken cancellationToken)
    {
        var finding = new KeyFinding("skipped");
        for (var tries = 1; ; tries++)
        {
            if (await HolderAsync(asked.Spec, cancellationToken) is { } holder)
                return await ShareAsync(asked, holder, caller, cancellationToken);
            if (tries == 1) finding = await check.AskAsync(asked, cancellationToken);
            try
            {
                return new SavedAccount(
                    await OwnAsync(asked.Spec with { RefusedBy = finding.Refusal }, caller, cancellationToken), finding);
            }
            catch (StoreException taken) when (taken.Failure == StoreFailure.Taken)
            {
                // The store alone decides who was first; the next look says who it was.
                if (tries == Tries)
                    throw new StoreUnavailableException("The account's token is being saved elsewhere at this moment.", taken);
            }
        }
    }

    /// <summary>
    /// The account whose slots and credits an id shows: its own, or where it is another name, the first one's. Null where that is gone.
    /// </summary>
    public async Task<AccountState?> BehindAsync(AccountState account, CancellationToken cancellationToken)
    {
        if (account.SharesWith is not { } first) return account;
        return await queries.AccountAsync(first, cancellationToken) is { StandsForItself: true } found ? found : null;
    }

    private async Task<AccountId?> HolderAsync(AccountSpec spec, CancellationToken cancellationToken) =>
        await tokens.HolderAsync(spec.TokenHash!, cancellationToken) is { } holder && holder != spec.Id ? holder : null;

    private async Task<AccountState> OwnAsync(AccountSpec spec, Caller caller, CancellationToken cancellationToken)
    {
        CheckReserve(router.Find(spec.Id), spec.Patch);
        return await accounts.SaveAsync(spec, caller.Name, cancellationToken)
            ?? throw new ApiException(
                ApiError.Field("url", "must keep driver and host while the account has running work; drain it first"));
    }

    private async Task<SavedAccount> ShareAsync(AccountRequest asked, AccountId holder, Caller caller, CancellationToken cancellationToken)
    {
        if (!asked.SharesToken)
            throw new ApiException(new ApiError(409, "token_in_use", "Another account has this token.",
                [new FieldError("token", $"is account {holder}'s: post it under that id, or with \"sharesToken\": true to make this id " +
                    $"another name for it")]));
        var shared = await accounts.ShareAsync(asked.Spec, holder, caller.Name, cancellationToken)
            ?? throw new ApiException(
                ApiError.Field(
                    "sharesToken",
                    $"must wait until the account's own work has ended: its slots are none of account {holder}'s; drain it first"));
        return new SavedAccount(shared, new KeyFinding("skipped", $"the token is account {holder}'s"));
    }

    private static void CheckReserve(AccountState? present, AccountPatch patch)
    {
        if (present is not null && patch.MaxJobs.Or(present.MaxJobs) < present.ReservedForCalls)
            throw new ApiException(ApiError.Field("maxJobs", "must not be less than the account's reservedForCalls"));
    }
}
