using System.Numerics;
using FsCheck.Fluent;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Model.Teams;

namespace Gateway.Grains.Tests.Accounts;

public sealed class CreditSumsTests
{
    private static readonly FsCheck.Gen<long> AnyAmount = Gen.OneOf(
        Gen.Choose(-5, 100).Select(small => (long)small),
        Gen.Elements(0, 1, -1, long.MaxValue, long.MaxValue - 1, long.MaxValue / 2, long.MinValue, long.MinValue + 1, 1_000_000_000_000L));

    [Fact]
    public void H15_sums_products_and_shares_are_exact_or_the_largest_number_there_is() => Law.Holds(AnyAmount.Three(), three =>
    {
        var (one, other, third) = three;
        Assert.Equal(Clamped((BigInteger)one + other), CreditSums.Plus(one, other));
        Assert.Equal(Clamped((BigInteger)one * other), CreditSums.Times(one, other));
        if (third > 0) Assert.Equal(Clamped((BigInteger)one * other / third), CreditSums.Share(one, other, third));
    }, tests: 2000);

    /// <summary>Prices, units, budgets and reports of any size.</summary>
    private static readonly FsCheck.Gen<(long Price, int Units, long Reported, long Budget)> Work =
        from price in AnyAmount
        from units in Gen.Choose(1, 200_000)
        from reported in AnyAmount
        from budget in AnyAmount
        select (Math.Max(0, price), units, reported, Math.Max(0, budget));

    [Fact]
    public void H15_whatever_is_reported_no_charge_exceeds_its_reserve_and_no_reserve_what_was_left() => Law.HoldsForAll(Work, works =>
    {
        var account = Make.Account(maxJobs: 10, daily: 1000);
        foreach (var (price, units, reported, budget) in works)
        {
            account = account with { DailyCredits = budget };
            var ceiling = CreditSums.Times(price, units);
            var left = (BigInteger)budget - account.Credits.Used - account.Reserved;
            var (next, lease, _) = account.Acquire(Make.Call(ceiling), KindLimits.Default[JobKind.Chat], Make.Noon);
            Assert.Equal(ceiling <= left, lease is not null);
            if (lease is null) continue;
            (account, var charge) = next.Release(lease.Id, new Usage(reported, null).Settle(lease.Reserved, units), Make.Noon);
            Assert.InRange(charge!.Charged, 0, lease.Reserved);
            Assert.InRange(account.Credits.Used, 0, long.MaxValue);
        }
    }, tests: 500);

    [Fact]
    public void H15_a_teams_sums_do_not_wrap_around_either()
    {
        var use = new TeamUse(
            new DateOnly(2026, 1, 15), long.MaxValue - 1,
            [new TeamHold(new LeaseId("a"), new DateOnly(2026, 1, 15), long.MaxValue, 5), new TeamHold(new LeaseId("b"), new DateOnly(2026, 1, 15), long.MaxValue)]);
        var now = use.At(Make.Noon);

        Assert.Equal((long.MaxValue, long.MaxValue), (now.Used, now.Reserved));
        Assert.Equal(RefusalReason.TeamOutOfCredits, now.Refuse(new TeamLimits(DailyCredits: 100), new LeaseId("c"), 1)?.Reason);
    }

    private static long Clamped(BigInteger value) =>
        value > long.MaxValue ? long.MaxValue : value < long.MinValue ? long.MinValue : (long)value;
}
