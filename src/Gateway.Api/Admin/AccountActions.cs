using Gateway.Model.Operations;
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
using Gateway.Model.Kinds;

namespace Gateway.Api.Admin;

/// <summary>The actions behind the admin's account routes; each answers with the account as it is then.</summary>
internal sealed class AccountActions(AccountGrain accounts, JobGrain jobs, IQueryStore queries, AccountSaves saves, RouterGrain router, IUpstreamRegistry upstreams, PaceTable paces, Credentials credentials, TimeProvider time)
{
    public async Task<IResult> ShowAsync(string account, CancellationToken cancellationToken)
    {
        if (!AccountId.TryParse(account, out var id) || await queries.AccountAsync(id, cancellationToken) is not { Deleted: false } found) return Answer(null);
        return Answer(View(found, await saves.BehindAsync(found, cancellationToken)));
    }

    public async Task<IResult> ChangeAsync(string account, Caller caller, string action, Func<AccountState, AccountState> change, CancellationToken cancellationToken) =>
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
            throw new ApiException(new ApiError(409, "driver_off", $"Driver '{found.Driver}' is switched off.", [new FieldError("account", "must have an enabled driver")]));

        var error = await upstream.ValidateAsync(target, cancellationToken);
        await accounts.ProbedAsync(id, new Probe(found.SealedSecret, Due: null), error, caller.Name, cancellationToken);
        return await ShowAsync(account, cancellationToken);
    }

    /// <summary>Frees a slot by hand (L4). The job, if it still runs, fails; what it was charged stays charged.</summary>
    public async Task<IResult> ReleaseAsync(string account, LeaseId lease, Caller caller, CancellationToken cancellationToken)
    {
        var id = IdOf(account);
        var held = (await queries.AccountAsync(id, cancellationToken))?.FindLease(lease)
            ?? throw new ApiException(new ApiError(404, "lease_not_found", "The account holds no such lease.", [new FieldError("lease", "must be the id of a lease the account holds")]));

        if (held.Job is { } job) await jobs.EndAttemptAsync(job, id, held, new AttemptEnd.Lapsed(new JobError("released_by_operator", "An operator released the job's slot.")));
        else await accounts.ReleaseAsync(id, lease, new Settlement.Lapsed("released by an operator"), cancellationToken);
        return await ChangeAsync(account, caller, $"lease.release {lease}", state => state, cancellationToken);
    }

    private static IResult Answer(AdminAccount? account) => account is null
        ? throw new ApiException(AccountsMapping.NotFound)
        : Results.Json(account, AdminJson.Own.AdminAccount);

    private AdminAccount View(AccountState named, AccountState? behind)
    {
        var now = time.GetUtcNow();
        var account = behind ?? named;
        var rolled = account.RollDay(now);
        return new AdminAccount
        {
            Account = named.Id.Value,
            SharesWith = named.SharesWith?.Value,
            Driver = account.Driver,
            BaseUrl = account.BaseUrl.ToString(),
            Name = account.Name,
            GroupId = account.GroupId,
            MaxJobs = account.MaxJobs,
            ReservedForCalls = account.ReservedForCalls,
            Enabled = account.Enabled,
            Draining = account.Draining,
            Models = account.Models is { } models ? [.. models] : null,
            DailyCredits = account.DailyCredits,
            TimeZone = account.TimeZone,
            TokenExpiresAt = account.TokenExpiresAt,
            Leases = [.. account.Leases.Select(lease => new AdminLease(lease.Id.Value, lease.Job?.ToString(), lease.Attempt, lease.Kind.Name, lease.Since, lease.HardEnd))],
            Credits = new AdminCredits(account.DailyCredits, rolled.Credits.Used, rolled.Reserved, rolled.Credits.Day, rolled.Credits.ResetsAt),
            Health = HealthOf(account, now),
            Pace = account.Pace is { } pace ? [.. pace.Families.Select(family => PaceOf(family, paces.Of(account.Driver, family.Family), now))] : [],
            Error = AccountsMapping.Error(named, behind, upstreams, now),
            CreatedAt = account.CreatedAt,
            Version = account.Version,
        };
    }

    private static AdminHealth HealthOf(AccountState account, DateTimeOffset now)
    {
        var health = account.Health;
        var state = health.StateAt(now);
        var until = health.IsParked ? null : Later(health.CoolingUntil(now), health.SuspectUntil(now));
        var probeAt = account.ProbeAt is { } due ? due > now ? due : now : (DateTimeOffset?)null;
        return new AdminHealth(state.Name, health.ReasonAt(now), until, BlocksOf(health, now)) { ProbeAt = probeAt, RestsFor = RestsOf(health, now) };
    }

    private static List<AdminTeamRest>? RestsOf(Health health, DateTimeOffset now) =>
        health.TeamRests?.Where(rest => rest.Until > now).Select(rest => new AdminTeamRest(rest.Team.Value, rest.Family, rest.Until, rest.Reason)).ToList() is { Count: > 0 } rests ? rests : null;

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one > other || other is null ? one : other;

    private static List<AdminBlock> BlocksOf(Health health, DateTimeOffset now) =>
    [
        .. health.Models.Where(block => block.Until > now).Select(block => new AdminBlock(block.Model, null, block.Until)),
        .. (health.Operations ?? []).Where(block => block.Until > now).Select(block => new AdminBlock(null, block.Operation, block.Until)),
    ];

    // A family the settings know no more, or know as unlimited, still shows what was counted.
    private static AdminPace PaceOf(FamilyPace pace, PaceLimit? configured, DateTimeOffset now)
    {
        var limit = configured ?? new PaceLimit(pace.Family, Rpm: 0, Tpm: 0);
        return new AdminPace
        {
            Family = pace.Family,
            Rpm = limit.Rpm,
            LearnedRpm = pace.RpmAt(limit, now),
            UsedRpm = pace.Requests?.Sum(now) ?? 0,
            Tpm = limit.Tpm == 0 ? null : limit.Tpm,
            UsedTpm = limit.Tpm == 0 ? null : pace.Tokens?.Sum(now) ?? 0,
            Until = configured is null ? null : pace.BusyUntil(limit, now),
        };
    }

    // What is done to another name is done to the account.
    private AccountId IdOf(string account) => AccountId.TryParse(account, out var id) ? router.Resolve(id) : throw new ApiException(AccountsMapping.NotFound);
}
