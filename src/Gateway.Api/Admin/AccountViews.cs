using Gateway.Api.Surfaces.Useapi;
using Gateway.Engine.Upstreams;
using Gateway.Model.Accounts;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Api.Admin;

/// <summary>An account as its admin sees it.</summary>
internal sealed class AccountViews(AccountSaves saves, IUpstreamRegistry upstreams, PaceTable paces, TimeProvider time)
{
    public async Task<AdminAccount> OfAsync(AccountState named, CancellationToken cancellationToken) =>
        View(named, await saves.BehindAsync(named, cancellationToken));

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
            Leases =
            [
                .. account.Leases.Select(
                    lease =>
                        new AdminLease(lease.Id.Value, lease.Job?.ToString(), lease.Attempt, lease.Kind.Name, lease.Since, lease.HardEnd))
            ],
            Credits = new AdminCredits(
                account.DailyCredits, rolled.Credits.Used, rolled.Reserved, rolled.Credits.Day, rolled.Credits.ResetsAt),
            Health = HealthOf(account, now),
            Pace = account.Pace is { } pace
                ? [.. pace.Families.Select(family => PaceOf(family, paces.Of(account.Driver, family.Family), now))]
                : [],
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
        return new AdminHealth(
            state.Name, health.ReasonAt(now), until, BlocksOf(health, now))
        { ProbeAt = probeAt, RestsFor = RestsOf(health, now) };
    }

    private static List<AdminTeamRest>? RestsOf(Health health, DateTimeOffset now) =>
        health.TeamRests?.Where(rest => rest.Until > now)
            .Select(rest => new AdminTeamRest(rest.Team.Value, rest.Family, rest.Until, rest.Reason))
            .ToList() is { Count: > 0 } rests
            ? rests
            : null;

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
}
