using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Accounts;

public sealed class AccountSpecTests
{
    private static readonly DateTimeOffset Now = Make.Noon;

    [Fact]
    public void L8_A_new_account_has_one_slot_and_opens_its_day_in_its_own_zone()
    {
        var spec = Make.Spec() with { Patch = new AccountPatch { TimeZone = "Pacific/Auckland" } };
        var account = spec.ApplyTo(null, Now)!;

        Assert.Equal(1, account.MaxJobs);
        Assert.Equal(new CreditLedger(new DateOnly(2026, 1, 16), "Pacific/Auckland", 0), account.Credits);
        Assert.Equal(Now, account.CreatedAt);
    }

    [Fact]
    public void L8_A_repost_leaves_omitted_fields_as_they_are()
    {
        var present = Make.Spec(maxJobs: 4, daily: 100).ApplyTo(null, Now)! with { Name = "mine", Models = ["a"], ReservedForCalls = 1 };
        var renewed = (Make.Spec() with { SealedSecret = "new", Patch = new AccountPatch() }).ApplyTo(present, Now)!;

        Assert.Equal(present with { SealedSecret = "new" }, renewed);
    }

    [Fact]
    public void L8_A_repost_can_set_a_field_back_to_null()
    {
        var present = Make.Spec(daily: 100).ApplyTo(null, Now)!;
        var renewed = (Make.Spec() with { Patch = new AccountPatch { DailyCredits = (long?)null } }).ApplyTo(present, Now)!;

        Assert.Null(renewed.DailyCredits);
    }

    [Fact]
    public void L8_Deletion_keeps_secret_and_leases_until_the_last_lease_ends()
    {
        var (account, lease, _) = Make.Account().Acquire(Make.Call(ceiling: 5), KindLimits.Default[JobKind.Chat], Now);

        var deleted = account.Delete();
        Assert.Equal("sealed", deleted.SealedSecret);
        Assert.Single(deleted.Leases);
        Assert.Equal(RefusalReason.Deleted, deleted.Acquire(Make.Call(), KindLimits.Default[JobKind.Chat], Now).Refusal!.Reason);

        var empty = deleted.Release(lease!.Id, new Settlement.Done(), Now).Next.ForgetUnneededSecret();
        Assert.Equal("", empty.SealedSecret);
        Assert.Equal(5, empty.Credits.Used);
        Assert.Equal("", Make.Account().Delete().SealedSecret);
    }

    [Fact]
    public void L8_A_repost_revives_a_deleted_account_with_its_leases_and_its_days_ledger()
    {
        var (account, _, _) = Make.Account(maxJobs: 1).Acquire(Make.Call(), KindLimits.Default[JobKind.Chat], Now);
        var deleted = (account with { Credits = account.Credits with { Used = 77 } }).Drain().Delete();

        var revived = (Make.Spec() with { Patch = new AccountPatch() }).ApplyTo(deleted, Now.AddHours(1))!;
        Assert.False(revived.Deleted);
        Assert.False(revived.Draining);
        Assert.Equal(deleted.Leases, revived.Leases);
        Assert.Equal(77, revived.Credits.Used);
        Assert.Equal(RefusalReason.NoFreeSlot, revived.Acquire(Make.Call(), KindLimits.Default[JobKind.Chat], Now).Refusal!.Reason);
    }

    // Driver, base url, leases remain, accepted?
    [Theory]
    [InlineData("platform", "http://upstream.test", true, true)]
    [InlineData("platform", "http://upstream.test/other/path", true, true)]
    [InlineData("hailuo-web", "http://upstream.test", true, false)]
    [InlineData("platform", "http://elsewhere.test", true, false)]
    [InlineData("platform", "http://upstream.test:8443", true, false)]
    [InlineData("hailuo-web", "http://elsewhere.test", false, true)]
    public void L8_Another_driver_or_host_waits_for_the_last_lease(string driver, string url, bool leases, bool accepted)
    {
        var account = Make.Account();
        if (leases) account = account.Acquire(Make.Call(), KindLimits.Default[JobKind.Chat], Now).Next;

        var spec = Make.Spec() with { Driver = driver, BaseUrl = new Uri(url) };
        Assert.Equal(accepted, spec.ApplyTo(account.Delete(), Now) is not null);
        Assert.Equal(accepted, spec.ApplyTo(account, Now) is not null);
    }

    [Fact]
    public void L8_A_new_credential_heals_a_dead_one_but_ends_no_cool_down()
    {
        var health = Health.Good.Cool(Now.AddHours(1), "rest").After(Make.Error(ErrorClass.AuthDead), "m", Now);
        var renewed = Make.Spec().ApplyTo(Make.Account() with { Health = health }, Now)!;

        Assert.False(renewed.Health.AuthFailed);
        Assert.Equal(Now.AddHours(1), renewed.Health.CoolingUntil(Now));
    }

    [Fact]
    public void J8_what_the_old_credential_is_told_says_nothing_about_the_new_one()
    {
        var (taken, lease, _) = Make.Account().Acquire(Make.Call(), KindLimits.Default[JobKind.Chat], Now);
        var renewed = (Make.Spec() with { SealedSecret = "new" }).ApplyTo(taken, Now.AddMinutes(1))!;
        var refused = new Settlement.Unbilled(Make.Error(ErrorClass.AuthDead));

        Assert.False(renewed.Release(lease!.Id, refused, Now.AddMinutes(2)).Next.Health.AuthFailed);
        var (again, later, _) = renewed.Acquire(Make.Call(), KindLimits.Default[JobKind.Chat], Now.AddMinutes(2));
        Assert.True(again.Release(later!.Id, refused, Now.AddMinutes(3)).Next.Health.AuthFailed);
    }

    [Fact]
    public void L8_Reset_touches_health_only_and_resume_ends_a_drain()
    {
        var account = Make.Account() with { Health = Health.Good.Cool(Now.AddHours(1), "rest") };

        Assert.Equal(account with { Health = Health.Good }, account.ResetHealth());
        Assert.Equal(account, account.Drain().Resume());
    }

    [Fact]
    public void C1_A_price_is_looked_up_by_model_then_kind_and_overrides_win()
    {
        var prices = Shipped.PricesWith(new Dictionary<string, long> { ["platform/video"] = 40, ["platform/chat/m"] = 7 });

        Assert.Equal(20, prices.Ceiling("platform", new Work(JobKind.Video, "MiniMax-Hailuo-2.3-Fast")));
        Assert.Equal(40, prices.Ceiling("platform", new Work(JobKind.Video, "unheard-of")));
        Assert.Equal(40, prices.Ceiling("platform", new Work(JobKind.Video, null)));
        Assert.Equal(7, prices.Ceiling("platform", new Work(JobKind.Chat, "m")));
        Assert.Equal(0, prices.Ceiling("platform", new Work(JobKind.Chat, "other")));
        Assert.Equal(7, prices.Ceiling("platform", new Work(JobKind.Chat, "M"))); // H2: an upstream that minds no case serves it
        Assert.Equal(
            long.MaxValue,
            Shipped.PricesWith(
                new Dictionary<string, long> { ["platform/chat"] = long.MaxValue }).Ceiling("platform",
                new Work(JobKind.Chat, "m", Units: 2)));
        Assert.Equal(["platform/chat"], Shipped.Prices.Unpriced("platform", Enum.GetValues<JobKind>()));
    }
}
