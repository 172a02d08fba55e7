using FsCheck;
using FsCheck.Fluent;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Accounts;

/// <summary>Random lives of an account, beside the simplest bookkeeping that could be right.</summary>
public sealed class AccountModelTests
{
    /// <summary>One step of an account's life; the numbers pick among what there is.</summary>
    private sealed record Step(int Kind, int Number, int Amount);

    private static readonly Gen<Step> Steps =
        from kind in Gen.Frequency(
            (5, Gen.Constant(0)), (4, Gen.Constant(1)), (1, Gen.Constant(2)), (1, Gen.Constant(3)), (1, Gen.Constant(4)),
            (1, Gen.Constant(5)), (1, Gen.Constant(6)))
        from number in Gen.Choose(0, 1000)
        from amount in Gen.Choose(0, 60)
        select new Step(kind, number, amount);

    [Fact]
    public void L3_C1_C4_No_life_of_an_account_breaks_its_limits() => Law.HoldsForAll(Steps, steps =>
    {
        var life = new Life();
        foreach (var step in steps) life.Take(step);
    }, tests: 500);

    [Fact]
    public void T1_A_refused_or_repeated_step_leaves_the_state_it_was_given() => Law.HoldsForAll(Steps, steps =>
    {
        var life = new Life();
        foreach (var step in steps)
        {
            var before = life.Account;
            var copy = before with { };
            life.Take(step);
            Assert.Equal(copy, before);
            Assert.True(copy.Leases.SequenceEqual(before.Leases));
        }
    });

    private sealed class Life
    {
        private readonly Dictionary<LeaseId, Lease> _live = [];
        private readonly Dictionary<DateOnly, long> _charged = [];
        private readonly HashSet<LeaseId> _settled = [];
        private readonly List<LeaseId> _everGranted = [];
        private DateTimeOffset _now = Make.Noon;
        private int _owners;

        public AccountState Account { get; private set; } = Make.Account(maxJobs: 3, daily: 100);

        public void Take(Step step)
        {
            switch (step.Kind)
            {
                case 0: Acquire(step); break;
                case 1: Release(step); break;
                case 2: Adopt(step); break;
                case 3: Account = new AccountPatch { MaxJobs = 1 + (step.Number % 10) }.Apply(Account); break;
                case 4: Account = new AccountPatch { DailyCredits = step.Number % 7 == 0 ? null : step.Amount * 5 }.Apply(Account); break;
                case 5: _now = _now.AddHours(step.Amount / 4.0); break;
                case 6:
                    Account = new AccountPatch
                    {
                        TimeZone = step.Number % 2 == 0 ? "America/Sao_Paulo" : "Pacific/Auckland",
                    }.Apply(Account); break;
            }

            Agree();
        }

        private void Acquire(Step step)
        {
            var request = step.Number % 2 == 0 ? Make.Call(step.Amount) : Make.ForJob(Make.JobId(), ceiling: step.Amount);
            var (next, lease, refusal) = Account.Acquire(request, KindLimits.Default[request.Work.Kind], _now);

            Assert.True((lease is null) != (refusal is null), "an acquire answers a lease or a refusal");
            var day = next.Credits.Day;
            Assert.True(day >= Account.Credits.Day, "the day went back");
            var committed = _charged.GetValueOrDefault(day) + _live.Values.Where(held => held.Day == day).Sum(held => held.Reserved);
            var fits = _live.Count < Account.MaxJobs && (Account.DailyCredits is not { } budget || committed + step.Amount <= budget);
            Assert.Equal(fits, lease is not null);

            Account = next;
            if (lease is null) return;
            _live.Add(lease.Id, lease);
            _everGranted.Add(lease.Id);
        }

        private void Release(Step step)
        {
            if (_everGranted.Count == 0) return;
            var id = _everGranted[step.Number % _everGranted.Count];
            Settlement settlement = (step.Amount % 4) switch
            {
                0 => new Settlement.Done(),
                1 => new Settlement.Done(step.Amount * 3),
                2 => new Settlement.Unbilled(),
                _ => new Settlement.Lapsed("test"),
            };
            var (next, charge) = Account.Release(id, settlement, _now);

            Assert.Equal(_live.ContainsKey(id), charge is not null);
            Account = next;
            if (charge is null) return;
            Assert.True(_settled.Add(id), "one charge per lease");
            Assert.Equal(_live[id].Day, charge.Day);
            Assert.Equal(settlement.ChargeFor(_live[id]), charge.Charged);
            _charged[charge.Day] = _charged.GetValueOrDefault(charge.Day) + charge.Charged;
            _live.Remove(id);
        }

        private void Adopt(Step step)
        {
            if (_everGranted.Count == 0) return;
            var id = _everGranted[step.Number % _everGranted.Count];
            var owner = $"node-{++_owners}";
            Account = Account.Adopt(id, owner);
            if (_live.TryGetValue(id, out var lease)) _live[id] = lease with { Owner = owner };
        }

        private void Agree()
        {
            Assert.Equal(_live.Values.OrderBy(lease => lease.Id.Value), Account.Leases.OrderBy(lease => lease.Id.Value));
            Assert.Equal(_charged.GetValueOrDefault(Account.Credits.Day), Account.Credits.Used);
            Assert.InRange(Account.Leases.Length, 0, AccountSpec.MostMaxJobs);
        }
    }
}
