using System.Collections.Immutable;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Accounts;

public sealed class AccountStateTests
{
    private static readonly DateTimeOffset Now = Make.Noon;
    private static readonly KindLimit Chat = KindLimits.Default[JobKind.Chat];
    private static readonly KindLimit Video = KindLimits.Default[JobKind.Video];

    [Fact]
    public void L3_Acquire_never_exceeds_maxJobs()
    {
        var account = Make.Account(maxJobs: 3);
        for (var i = 0; i < 3; i++) account = Granted(account, Make.Call());

        Assert.Equal(RefusalReason.NoFreeSlot, Refused(account, Make.Call()));
        Assert.Equal(3, account.Leases.Length);
    }

    [Fact]
    public void L3_A_shrunken_maxJobs_cuts_no_running_lease_and_gives_no_new_one_until_below()
    {
        var account = Make.Account(maxJobs: 3);
        for (var i = 0; i < 3; i++) account = Granted(account, Make.Call());

        var shrunk = new AccountPatch { MaxJobs = 2 }.Apply(account);
        Assert.Equal(3, shrunk.Leases.Length);
        shrunk = shrunk.Release(shrunk.Leases[0].Id, new Settlement.Done(), Now).Next;
        Assert.Equal(RefusalReason.NoFreeSlot, Refused(shrunk, Make.Call()));
        shrunk = shrunk.Release(shrunk.Leases[0].Id, new Settlement.Done(), Now).Next;
        Assert.Equal(2, Granted(shrunk, Make.Call()).Leases.Length);
    }

    [Fact]
    public void L1_A_lease_names_owner_job_attempt_reserve_day_and_hard_end()
    {
        var request = Make.ForJob(Make.JobId(), attempt: 3, ceiling: 30, owner: "node-7");
        var (_, lease, _) = Make.Account().Acquire(request, Video, Now);

        Assert.Equal(
            new Lease(
                request.Id, "node-7", JobKind.Video, request.Job, 3, 30, new DateOnly(2026, 1, 15), Now, Now + TimeSpan.FromMinutes(45)),
            lease);
    }

    [Fact]
    public void L1_Asking_again_with_a_granted_id_answers_the_same_lease_and_takes_no_second_slot()
    {
        var request = Make.Call(ceiling: 5);
        var (once, lease, _) = Make.Account().Acquire(request, Chat, Now);
        var (twice, again, _) = once.Acquire(request, Chat, Now.AddSeconds(1));

        Assert.Same(lease, again);
        Assert.Same(once, twice);
    }

    [Fact]
    public void L4_A_lease_lapses_at_its_hard_end_and_not_before()
    {
        var (_, lease, _) = Make.Account().Acquire(Make.ForJob(Make.JobId()), Video, Now);

        Assert.False(lease!.HasLapsed(Now + TimeSpan.FromMinutes(45) - TimeSpan.FromTicks(1)));
        Assert.True(lease.HasLapsed(Now + TimeSpan.FromMinutes(45)));
    }

    [Fact]
    public void L5_Adoption_changes_the_owner_and_nothing_else()
    {
        var (account, lease, _) = Make.Account().Acquire(Make.ForJob(Make.JobId(), attempt: 2), Video, Now);
        var adopted = account.NoteTask(lease!.Id, "task-1").Adopt(lease.Id, "node-2");

        Assert.Equal(lease with { Owner = "node-2", TaskId = "task-1" }, Assert.Single(adopted.Leases));
        Assert.Same(account, account.Adopt(LeaseId.New(), "node-2"));
    }

    // Request's own limit, account's limit, leases held, granted?
    [Theory]
    [InlineData(null, 2, 1, true)]
    [InlineData(null, 2, 2, false)]
    [InlineData(1, 2, 0, true)]
    [InlineData(1, 2, 1, false)]
    [InlineData(2, 2, 1, true)]
    [InlineData(10, 2, 1, true)]
    [InlineData(10, 2, 2, false)]
    public void L9_The_smaller_of_the_requests_and_the_accounts_limit_counts(int? own, int limit, int held, bool granted)
    {
        var account = Make.Account(maxJobs: limit);
        for (var i = 0; i < held; i++) account = Granted(account, Make.Call());

        Assert.Equal(granted, account.Acquire(Make.Call(maxJobs: own), Chat, Now).Lease is not null);
    }

    [Fact]
    public void Q3_Slots_reserved_for_calls_are_not_given_to_jobs()
    {
        var account = Make.Account(maxJobs: 3) with { ReservedForCalls = 1 };
        account = Granted(account, Make.ForJob(Make.JobId()));
        account = Granted(account, Make.ForJob(Make.JobId()));

        Assert.Equal(RefusalReason.NoFreeSlot, Refused(account, Make.ForJob(Make.JobId())));
        Assert.NotNull(account.Acquire(Make.Call(), Chat, Now).Lease);
    }

    // Budget, used, ceilings already reserved, ceiling asked, granted?
    [Theory]
    [InlineData(100L, 0L, 0L, 100L, true)]
    [InlineData(100L, 0L, 0L, 101L, false)]
    [InlineData(100L, 70L, 0L, 30L, true)]
    [InlineData(100L, 70L, 30L, 1L, false)]
    [InlineData(100L, 71L, 0L, 30L, false)]
    [InlineData(100L, 130L, 0L, 0L, false)]
    [InlineData(100L, 100L, 0L, 0L, true)]
    [InlineData(null, 1_000_000L, 0L, 30L, true)]
    [InlineData(0L, 0L, 0L, 1L, false)]
    public void C1_Used_plus_reserved_plus_ceiling_stays_within_the_budget(
        long? budget, long used, long reserved, long ceiling, bool granted)
    {
        var account = Make.Account(maxJobs: 10);
        if (reserved > 0) account = Granted(account, Make.Call(ceiling: reserved));
        account = account with { DailyCredits = budget, Credits = account.Credits with { Used = used } };

        var (_, lease, refusal) = account.Acquire(Make.Call(ceiling: ceiling), Chat, Now);
        Assert.Equal(granted, lease is not null);
        if (!granted)
            Assert.Equal(new Refusal(RefusalReason.OutOfCredits, new DateTimeOffset(2026, 1, 16, 0, 0, 0, TimeSpan.Zero)), refusal);
    }

    [Theory]
    [InlineData(140)]
    [InlineData(long.MaxValue)]
    public void H15_What_is_reported_beyond_the_reserve_counts_as_the_reserve(long reported)
    {
        var (account, lease, _) = Make.Account(daily: 100).Acquire(Make.Call(ceiling: 60), Chat, Now);
        (account, var charge) = account.Release(lease!.Id, new Settlement.Done(Reported: reported), Now);

        Assert.Equal(60, charge!.Charged);
        Assert.Equal(60, account.Credits.Used);
        Assert.NotNull(account.Acquire(Make.Call(ceiling: 40), Chat, Now).Lease);
    }

    [Fact]
    public void H15_A_ledger_that_an_older_version_overflowed_is_over_its_budget_and_no_sum_wraps_around()
    {
        var account = Make.Account(daily: 100);
        account = account with { Credits = account.Credits with { Used = long.MaxValue } };

        Assert.Equal(RefusalReason.OutOfCredits, Refused(account, Make.Call(ceiling: 1)));
        Assert.Equal(RefusalReason.OutOfCredits, Refused(account, Make.Call(ceiling: long.MaxValue)));
        Assert.Equal(long.MaxValue, account.Credits.Charge(account.Credits.Day, 1).Used);
        Assert.NotNull(account.Acquire(Make.Call(ceiling: 100), Chat, Now.AddHours(12)).Lease);
    }

    [Fact]
    public void C2_A_reservation_settles_on_the_day_it_was_made()
    {
        var (account, lease, _) = Make.Account(daily: 100).Acquire(Make.Call(ceiling: 80), Chat, Now);
        var tomorrow = Now.AddDays(1);

        account = account.RollDay(tomorrow);
        Assert.Equal(0, account.Reserved);
        Assert.Equal(80, account.ReservedOn(new DateOnly(2026, 1, 15)));
        Assert.NotNull(account.Acquire(Make.Call(ceiling: 100), Chat, tomorrow).Lease);

        (account, var charge) = account.Release(lease!.Id, new Settlement.Done(), tomorrow);
        Assert.Equal(new DateOnly(2026, 1, 15), charge!.Day);
        Assert.Equal(80, charge.Charged);
        Assert.Equal(0, account.Credits.Used);
    }

    public static TheoryData<string, long> Settlements => new()
    {
        { "done, nothing reported", 30 },
        { "done, 12 reported", 12 },
        { "done, a negative report", 0 },
        { "unbilled", 0 },
        { "billed", 30 },
        { "lapsed", 30 },
    };

    [Theory]
    [MemberData(nameof(Settlements))]
    public void C3_Only_what_is_proven_unbilled_is_refunded(string how, long charged)
    {
        Settlement settlement = how switch
        {
            "done, nothing reported" => new Settlement.Done(),
            "done, 12 reported" => new Settlement.Done(12),
            "done, a negative report" => new Settlement.Done(-1),
            "unbilled" => new Settlement.Unbilled(),
            "billed" => new Settlement.Billed(),
            _ => new Settlement.Lapsed("hard_end"),
        };
        var (account, lease, _) = Make.Account(daily: 100).Acquire(Make.Call(ceiling: 30), Chat, Now);
        var (next, charge) = account.Release(lease!.Id, settlement, Now);

        Assert.Equal(charged, charge!.Charged);
        Assert.Equal(charged, next.Credits.Used);
        Assert.Equal(0, next.Reserved);
        Assert.Empty(next.Leases);
    }

    [Theory]
    [InlineData(nameof(Billed.No), 0)]
    [InlineData(nameof(Billed.Yes), 30)]
    [InlineData(nameof(Billed.Unknown), 30)]
    public void C3_An_errors_billed_column_decides_and_unknown_is_charged(string billed, long charged)
    {
        var error = Make.Error(billed: Enum.Parse<Billed>(billed));
        var (account, lease, _) = Make.Account().Acquire(Make.Call(ceiling: 30), Chat, Now);

        Assert.Equal(charged, account.Release(lease!.Id, Settlement.For(error, "m"), Now).Charge!.Charged);
    }

    [Fact]
    public void C4_A_double_release_charges_once()
    {
        var (account, lease, _) = Make.Account().Acquire(Make.Call(ceiling: 30), Chat, Now);
        var (once, charge) = account.Release(lease!.Id, new Settlement.Done(), Now);
        var (twice, nothing) = once.Release(lease.Id, new Settlement.Done(500), Now);

        Assert.Equal(30, charge!.Charged);
        Assert.Null(nothing);
        Assert.Same(once, twice);
    }

    // Minutes the token still lives, kind, refusal.
    [Theory]
    [InlineData(0, nameof(JobKind.Chat), nameof(RefusalReason.Expired))]
    [InlineData(-5, nameof(JobKind.Video), nameof(RefusalReason.Expired))]
    [InlineData(2.9, nameof(JobKind.Chat), nameof(RefusalReason.ExpiresTooSoon))]
    [InlineData(3, nameof(JobKind.Chat), null)]
    [InlineData(3, nameof(JobKind.Video), nameof(RefusalReason.ExpiresTooSoon))]
    [InlineData(10.9, nameof(JobKind.Video), nameof(RefusalReason.ExpiresTooSoon))]
    [InlineData(11, nameof(JobKind.Video), null)]
    [InlineData(2.9, nameof(JobKind.Music), nameof(RefusalReason.ExpiresTooSoon))]
    [InlineData(3, nameof(JobKind.Speech), null)]
    public void J8_A_token_must_outlive_the_expected_run_and_a_margin(double minutes, string kind, string? refusal)
    {
        var account = Make.Account() with { TokenExpiresAt = Now.AddMinutes(minutes) };
        var work = Enum.Parse<JobKind>(kind);
        var answer = account.Acquire(Make.Call(kind: work), KindLimits.Default[work], Now);

        Assert.Equal(refusal, answer.Refusal?.Reason.ToString());
    }

    public static TheoryData<string> LastingReasons => [.. Named.Keys];

    private static readonly ImmutableSortedDictionary<string, Func<AccountState, AccountState>> Named =
        new Dictionary<string, Func<AccountState, AccountState>>
        {
            [nameof(RefusalReason.Deleted)] = account => account.Delete(),
            [nameof(RefusalReason.Disabled)] = account => account with { Enabled = false },
            [nameof(RefusalReason.Draining)] = account => account.Drain(),
            [nameof(RefusalReason.AuthFailed)] = account =>
                account with { Health = account.Health.After(Make.Error(ErrorClass.AuthDead), "m", Now) },
            [nameof(RefusalReason.Expired)] = account => account with { TokenExpiresAt = Now },
            [nameof(RefusalReason.ModelNotServed)] = account => account with { Models = ["other"] },
            [nameof(RefusalReason.CoolingDown)] = account => account with { Health = account.Health.Cool(Now.AddMinutes(1), "rest") },
            [nameof(RefusalReason.OutOfCredits)] = account => account with { DailyCredits = 0 },
        }.ToImmutableSortedDictionary();

    [Theory]
    [MemberData(nameof(LastingReasons))]
    public void L3_Every_refusal_is_named_and_changes_no_lease(string reason)
    {
        var account = Granted(Make.Account(), Make.Call(ceiling: 0));
        var (next, lease, refusal) = Named[reason](account).Acquire(Make.Call(ceiling: 1), Chat, Now);

        Assert.Null(lease);
        Assert.Equal(reason, refusal!.Reason.ToString());
        Assert.Equal(account.Leases, next.Leases);
    }

    [Fact]
    public void L3_A_refusal_that_ends_says_when()
    {
        var until = Now.AddMinutes(5);
        var cooling = Make.Account() with { Health = Health.Good.Cool(until, "rest") };
        var blocked = Make.Account() with
        {
            Health = Health.Good.After(Make.Error(ErrorClass.ModelUnavailable, coolDown: TimeSpan.FromMinutes(5)), "m", Now),
        };

        Assert.Equal(new Refusal(RefusalReason.CoolingDown, until), cooling.Acquire(Make.Call(), Chat, Now).Refusal);
        Assert.Equal(new Refusal(RefusalReason.ModelNotServed, until), blocked.Acquire(Make.Call(), Chat, Now).Refusal);
        Assert.NotNull(blocked.Acquire(Make.Call(model: "other"), Chat, Now).Lease);
        Assert.NotNull(cooling.Acquire(Make.Call(), Chat, until).Lease);
    }

    [Fact]
    public void J6_An_account_without_a_model_list_serves_any_model_and_one_with_a_list_only_its_own()
    {
        Assert.True(Make.Account().ServesModel("anything"));
        Assert.True(Make.Account().ServesModel(null));

        var listed = Make.Account() with { Models = ["a", "b"] };
        Assert.True(listed.ServesModel("a"));
        Assert.False(listed.ServesModel("c"));
        Assert.True(listed.ServesModel(null));
    }

    private static AccountState Granted(AccountState account, LeaseRequest request)
    {
        var (next, lease, refusal) = account.Acquire(request, KindLimits.Default[request.Work.Kind], Now);
        Assert.True(lease is not null, $"refused: {refusal}");
        return next;
    }

    private static RefusalReason Refused(AccountState account, LeaseRequest request)
    {
        var (next, lease, refusal) = account.Acquire(request, KindLimits.Default[request.Work.Kind], Now);
        Assert.Null(lease);
        Assert.Equal(account.Leases, next.Leases);
        return refusal!.Reason;
    }
}
