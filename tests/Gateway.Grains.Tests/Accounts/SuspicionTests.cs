using FsCheck;
using FsCheck.Fluent;
using Gateway.Engine.Storage;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Accounts;

/// <summary>Proof, suspicion, strike and probe, as docs/state-machines.md draws them.</summary>
public sealed class SuspicionTests
{
    private static readonly DateTimeOffset Now = Make.Noon;
    private static readonly KindLimit Chat = KindLimits.Default[JobKind.Chat];
    private static readonly UpstreamError Doubt = Make.Error(ErrorClass.Suspect, code: null) with
    {
        HttpStatus = 401,
        Message = "not today",
    };
    private static readonly UpstreamError Proof = Make.Error(ErrorClass.AuthDead, code: 1004);
    private static readonly UpstreamError Trouble = Make.Error(ErrorClass.Retry, Billed.Unknown, code: null);

    [Fact]
    public void V3_A_suspicion_costs_seconds_and_a_good_probe_ends_it_at_once()
    {
        var health = Health.Good.After(Doubt, "m", Now);

        Assert.Equal((HealthState.Suspect, "not today"), (health.StateAt(Now), health.ReasonAt(Now)));
        Assert.Equal((Now + Suspicion.Rest, Now + Suspicion.Rest + Suspicion.AnswerTime), (health.ProbeAt, health.SuspectUntil(Now)));
        Assert.Equal(new Refusal(RefusalReason.Suspect, health.SuspectUntil(Now)), Asked(health, Now));
        Assert.Null(Asked(health, health.SuspectUntil(Now)!.Value)); // nobody probes: callers are trusted again

        var vouched = health.AfterProbe(null, Now + Suspicion.Rest);
        Assert.Equal(HealthState.Ok, vouched.StateAt(Now + Suspicion.Rest));
        Assert.Null(Asked(vouched, Now + Suspicion.Rest));
    }

    [Fact]
    public void V3_What_callers_provoke_never_parks_and_costs_no_rest_while_a_probe_vouches()
    {
        var health = Health.Good.After(Doubt, "m", Now).AfterProbe(null, Now);
        for (var second = 1; second < Health.Vouch.TotalSeconds; second++)
        {
            health = health.After(Doubt, "m", Now.AddSeconds(second));
            Assert.Null(Asked(health, Now.AddSeconds(second)));
            Assert.True(health.ProbeAt <= Now.AddSeconds(second));
        }

        for (var minute = 2; minute < 100; minute++) health = health.After(Doubt, "m", Now.AddMinutes(minute));
        Assert.False(health.IsParked);
    }

    [Theory]
    [InlineData(nameof(ErrorClass.Suspect), HealthState.Parked, RefusalReason.Parked)]
    [InlineData(nameof(ErrorClass.AuthDead), HealthState.AuthFailed, RefusalReason.AuthFailed)]
    internal void V8_Two_refused_probes_park_and_a_good_one_brings_back(string kind, HealthState state, RefusalReason reason)
    {
        var refused = Make.Error(Enum.Parse<ErrorClass>(kind), code: null) with { HttpStatus = 404, Message = "404 page not found" };
        var health = Health.Good.After(Doubt, "m", Now);
        health = health.AfterProbe(refused, health.ProbeAt!.Value);
        if (kind == nameof(ErrorClass.Suspect)) Assert.Equal((HealthState.Suspect, 1), (health.StateAt(Now), health.Suspicion!.Strikes));
        Assert.NotNull(Asked(health, health.ProbeAt!.Value)); // it rests until the second has been answered
        health = health.AfterProbe(refused, health.ProbeAt!.Value);

        var later = Now.AddDays(1);
        Assert.Equal(
            (state, "404 page not found", new Refusal(reason)), (health.StateAt(later), health.ReasonAt(later), Asked(health, later)));
        Assert.Equal(HealthState.Ok, health.AfterProbe(null, later).StateAt(later));
    }

    [Fact]
    public void V3_A_proof_parks_at_once_and_is_confirmed_by_a_probe_that_heals_a_false_one()
    {
        var health = Health.Good.Cool(Now.AddHours(1), "rest").After(Proof, "m", Now);

        Assert.Equal((HealthState.AuthFailed, Now + Suspicion.Rest), (health.StateAt(Now), health.ProbeAt));
        Assert.Equal("1004 the vendor says no", health.ReasonAt(Now));
        Assert.Same(health, health.After(Proof, "m", Now)); // polls of what still runs there write no rows
        Assert.Same(health, health.After(Doubt, "m", Now));
        var healed = health.AfterProbe(null, Now + Suspicion.Rest);
        Assert.Equal((HealthState.Cooling, "rest"), (healed.StateAt(Now), healed.ReasonAt(Now)));
    }

    [Fact]
    public void A_probe_that_meets_an_edge_or_silence_counts_no_strike_and_is_sent_again_later()
    {
        var health = Health.Good.After(Doubt, "m", Now).AfterProbe(Doubt, Now);
        var at = Now;
        for (var i = 0; i < 20; i++)
        {
            var next = health.AfterProbe(i % 2 == 0 ? Trouble : Make.Error(ErrorClass.Overload), at = health.ProbeAt!.Value);
            Assert.Equal(1, next.Suspicion!.Strikes);
            Assert.InRange(next.ProbeAt!.Value - at, health.ProbeAt!.Value - at, Suspicion.LongestPause);
            Assert.Null(Asked(next, at)); // its callers may find out
            health = next;
        }

        Assert.Equal(at + Suspicion.LongestPause, health.ProbeAt);
        Assert.Same(Health.Good, Health.Good.AfterProbe(Trouble, Now));
        Assert.True(Health.Good.After(Proof, "m", Now).AfterProbe(Trouble, Now).IsParked); // nor does it heal
    }

    [Fact]
    public void A_probe_that_is_refused_for_another_reason_knows_the_account()
    {
        var health = Health.Good.After(Proof, "m", Now).AfterProbe(
            Make.Error(ErrorClass.Exhausted, code: 1008, coolDown: TimeSpan.FromMinutes(10)), Now);

        Assert.Equal((HealthState.Cooling, Now.AddMinutes(10)), (health.StateAt(Now), health.CoolingUntil(Now)));
    }

    [Fact]
    public void A_good_answer_on_a_lease_taken_after_the_suspicion_began_ends_it_and_an_older_one_does_not()
    {
        var (account, old, _) = Make.Account(maxJobs: 5).Acquire(Make.Call(), Chat, Now);
        (account, var doubtful, _) = account.Acquire(Make.Call(), Chat, Now);
        account = account.Release(doubtful!.Id, Settlement.For(Doubt, "m"), Now.AddSeconds(1)).Next;
        account = account.Release(old!.Id, new Settlement.Done(), Now.AddSeconds(2)).Next;
        Assert.Equal(HealthState.Suspect, account.Health.StateAt(Now));

        var again = account.Health.SuspectUntil(Now)!.Value;
        (account, var young, _) = account.Acquire(Make.Call(), Chat, again);
        account = account.Release(young!.Id, new Settlement.Done(), again).Next;
        Assert.Equal(HealthState.Ok, account.Health.StateAt(again));
    }

    [Fact]
    public void A12_An_answer_on_a_lease_of_the_old_credential_teaches_nothing()
    {
        var (taken, lease, _) = Make.Account().Acquire(Make.Call(), Chat, Now);
        var renewed = (Make.Spec() with { SealedSecret = "new" }).ApplyTo(taken, Now.AddMinutes(1))!;
        foreach (var error in new[] { Doubt, Proof, Make.Error(ErrorClass.Exhausted, coolDown: TimeSpan.FromHours(1)) })
            Assert.Equal(Health.Good, renewed.Release(lease!.Id, Settlement.For(error, "m"), Now.AddMinutes(2)).Next.Health);

        var doubted = renewed with { Health = renewed.Health.After(Doubt, "m", Now.AddSeconds(-1)) };
        Assert.NotNull(doubted.Release(lease!.Id, new Settlement.Done(), Now.AddMinutes(2)).Next.Health.Suspicion);
    }

    [Fact]
    public void A_new_credential_or_a_reset_ends_every_doubt()
    {
        var parked = Health.Good.AfterProbe(Doubt, Now).AfterProbe(Doubt, Now);
        var account = Make.Account() with { Health = parked };

        Assert.Equal(HealthState.Parked, account.Health.StateAt(Now));
        Assert.Equal(HealthState.Ok, Make.Spec().ApplyTo(account, Now)!.Health.StateAt(Now));
        Assert.Equal(Health.Good, account.ResetHealth().Health);
        Assert.Null((account with { Enabled = false }).ProbeAt);
        Assert.Null(account.Delete().ProbeAt);
        Assert.NotNull(account.Drain().ProbeAt); // what still runs there wants to be read
    }

    [Fact]
    public void A_row_of_an_older_version_is_read_and_a_dead_credential_in_it_is_probed_at_once()
    {
        const string Health = """{"authFailed":true,"reason":"1004 login fail","failures":[],"models":[]}""";
        var old = StateJson.Write(Make.Account()).Replace(
            """{"authFailed":false,"failures":[],"models":[]}""", Health, StringComparison.Ordinal);
        Assert.Contains(Health, old, StringComparison.Ordinal);

        var account = StateJson.ReadAccount(old, 7);

        Assert.Equal((HealthState.AuthFailed, "1004 login fail"), (account.Health.StateAt(Now), account.Health.ReasonAt(Now)));
        Assert.True(account.ProbeAt <= Now);
        Assert.Equal("1004 login fail", account.Health.AfterProbe(Trouble, Now).ReasonAt(Now));
        Assert.Equal(HealthState.Ok, account.Health.AfterProbe(null, Now).StateAt(Now));

        var parked = account with { Health = account.Health.AfterProbe(Doubt, Now) };
        Assert.Equal(parked.Health.Suspicion, StateJson.ReadAccount(StateJson.Write(parked), 8).Health.Suspicion);
        Assert.DoesNotContain("suspicion", StateJson.Write(Make.Account()), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// A step of an account's life: time passes, then a caller asks and is answered in some way, or what is due of probes is sent.
    /// </summary>
    private sealed record Step(double Seconds, int Callers, UpstreamError? Answer);

    private static Gen<Step> Steps(params UpstreamError?[] answers) =>
        from milliseconds in Gen.Frequency((4, Gen.Choose(0, 3_000)), (1, Gen.Choose(0, 900_000)))
        from callers in Gen.Choose(0, 3)
        from answer in Gen.Elements(answers)
        select new Step(milliseconds / 1000.0, callers, answer);

    [Fact]
    public void V3_No_healthy_account_stays_out_longer_than_a_probes_interval_whatever_callers_provoke() =>
        Law.HoldsForAll(Steps(null, Doubt, Proof), steps =>
        {
            var life = new Life(probe: _ => null);
            foreach (var step in steps) life.Take(step);
            Assert.InRange(life.LongestOut, TimeSpan.Zero, Suspicion.Rest);
        });

    [Fact]
    public void V3_A_healthy_account_whose_probes_are_lost_on_the_way_is_back_when_one_gets_through()
    {
        // However many probes meet an edge first, and whatever parked it.
        for (var lost = 0; lost < 40; lost++)
        {
            var health = Health.Good.After(Proof, "m", Now);
            var at = health.ProbeAt!.Value;
            for (var i = 0; i < lost; i++)
            {
                health = health.AfterProbe(Trouble, at);
                Assert.InRange(health.ProbeAt!.Value - at, TimeSpan.Zero, Suspicion.LongestPause);
                at = health.ProbeAt!.Value;
            }

            Assert.Null(Asked(health.AfterProbe(null, at), at));
        }
    }

    [Fact]
    public void No_dead_account_is_tried_more_than_its_share() =>
        Law.HoldsForAll(Steps(Doubt, Proof), steps =>
        {
            var life = new Life(probe: _ => Doubt);
            foreach (var step in steps) life.Take(step);

            // The requests that raised the first doubt, and none after: two strikes park it. Of probes nine while the pauses grow.
            Assert.InRange(life.Tried, 0, 3);
            Assert.InRange(life.Probed, 0, 9 + (int)(life.Passed / Suspicion.LongestPause) + 1);
        });

    [Fact]
    public void An_account_that_neither_callers_nor_probes_get_through_to_is_asked_seldom() =>
        Law.HoldsForAll(Steps(Doubt), steps =>
        {
            var life = new Life(probe: _ => Trouble);
            foreach (var step in steps) life.Take(step);

            var rests = (int)(life.Passed / Suspicion.Rest) + 1;
            Assert.InRange(life.Tried, 0, 3 * rests);
            Assert.InRange(life.Probed, 0, rests + 1);
        });

    /// <summary>An account, the prober that serves it, and callers that take a slot whenever there is one.</summary>
    private sealed class Life(Func<DateTimeOffset, UpstreamError?> probe)
    {
        private AccountState _account = Make.Account(maxJobs: 3);
        private DateTimeOffset _now = Now;
        private DateTimeOffset? _outSince;

        public TimeSpan LongestOut { get; private set; }

        public int Tried { get; private set; }

        public int Probed { get; private set; }

        public TimeSpan Passed => _now - Now;

        public void Take(Step step)
        {
            var until = _now.AddSeconds(step.Seconds);
            while (_account.ProbeAt is { } due && due <= until) ProbeAt(due > _now ? due : _now);
            _now = until;
            Note();
            // Requests that are on their way together are answered together.
            List<Lease> sent = [];
            for (var i = 0; i < step.Callers; i++)
            {
                (_account, var lease, _) = _account.Acquire(Make.Call(), Chat, _now);
                if (lease is not null) sent.Add(lease);
            }

            Tried += sent.Count;
            foreach (var lease in sent)
                _account = _account.Release(
                    lease.Id, step.Answer is { } error ? Settlement.For(error, "m") : new Settlement.Done(), _now).Next;
            Note();
        }

        private void ProbeAt(DateTimeOffset due)
        {
            _now = due;
            Probed++;
            _account = _account with { Health = _account.Health.AfterProbe(probe(due), due) };
            Note();
        }

        private void Note()
        {
            if (_outSince is { } since && _now - since > LongestOut) LongestOut = _now - since;
            if (Asked(_account.Health, _now) is null) _outSince = null;
            else _outSince ??= _now;
        }
    }

    private static Refusal? Asked(Health health, DateTimeOffset now) =>
        (Make.Account() with { Health = health }).Acquire(Make.Call(), Chat, now).Refusal;
}
