using FsCheck;
using FsCheck.Fluent;
using Gateway.Engine.Storage;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Accounts;

/// <summary>Q7 on one account: what a minute admits, what a refusal teaches, and when to come back.</summary>
public sealed class PaceTests
{
    private static readonly DateTimeOffset Now = Make.Noon;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly KindLimit Chat = KindLimits.Default[JobKind.Chat];

    private static LeaseRequest Ask(PaceLimit? pace) => Make.Call() with { Pace = pace };

    /// <summary>A request that is answered at once; null with the refusal when it is not let in.</summary>
    private static (AccountState Account, Refusal? Refusal) Take(
        AccountState account, PaceLimit? pace, DateTimeOffset now, Settlement? settlement = null)
    {
        var (next, lease, refusal) = account.Acquire(Ask(pace), Chat, now);
        return lease is null ? (next, refusal) : (next.Release(lease.Id, settlement ?? new Settlement.Done(), now).Next, null);
    }

    private static AccountState TakeMany(AccountState account, PaceLimit pace, int times, DateTimeOffset now)
    {
        for (var i = 0; i < times; i++)
        {
            (account, var refusal) = Take(account, pace, now);
            Assert.Null(refusal);
        }

        return account;
    }

    private static Settlement TooFast(int code = 1002, int seconds = 60) =>
        Settlement.For(Make.Error(ErrorClass.RateLimited, code: code, coolDown: TimeSpan.FromSeconds(seconds)), "m");

    [Fact]
    public void Q7_A_minute_admits_so_many_and_names_the_instant_of_the_next()
    {
        var pace = new PaceLimit("chat", 3, 0);
        var account = TakeMany(Make.Account(), pace, 3, Now);

        var (_, refusal) = Take(account, pace, Now.AddSeconds(30));

        // Noon begins a bucket: it leaves as a whole, five seconds after the minute.
        Assert.Equal(new Refusal(RefusalReason.Paced, Now.AddSeconds(65)), refusal);
        Assert.NotNull(Take(account, pace, Now.AddSeconds(65).AddTicks(-1)).Refusal);
        TakeMany(account, pace, 3, Now.AddSeconds(65));
    }

    [Fact]
    public void Q7_A_family_at_its_pace_leaves_the_others_alone_and_punishes_nobody()
    {
        var account = TakeMany(Make.Account(), new PaceLimit("chat", 1, 0), 1, Now);

        Assert.Equal(RefusalReason.Paced, Take(account, new PaceLimit("chat", 1, 0), Now).Refusal!.Reason);
        Assert.Null(Take(account, new PaceLimit("image", 1, 0), Now).Refusal);
        Assert.Same(Health.Good, account.Health);
    }

    [Fact]
    public void Q7_Without_a_pace_nothing_is_counted_and_nothing_written()
    {
        foreach (var pace in new[] { null, new PaceLimit("chat", 0, 0) })
        {
            var (account, _) = Take(Make.Account(), pace, Now);
            Assert.Null(account.Pace);
        }

        Assert.DoesNotContain("pace", StateJson.Write(Make.Account()), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("family", StateJson.Write(Make.Account().Acquire(Ask(null), Chat, Now).Next), StringComparison.Ordinal);
    }

    [Fact]
    public void Q7_A_pace_reads_back_as_it_was_written()
    {
        var pace = new PaceLimit("chat", 5, 1000);
        var (account, _) = Take(TakeMany(Make.Account(), pace, 3, Now), pace, Now.AddSeconds(7), new Settlement.Done(Tokens: 12));
        (account, _) = Take(account, pace, Now.AddSeconds(8), TooFast());

        var json = StateJson.Write(account);

        Assert.Equal(json, StateJson.Write(StateJson.ReadAccount(json, 1)));
        Assert.Contains("\"counts\":[3,2]", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Q7_What_was_counted_is_forgotten_once_it_no_longer_matters()
    {
        var account = TakeMany(Make.Account(), new PaceLimit("image", 10, 0), 1, Now);
        (account, _) = Take(account, new PaceLimit("music", 10, 0), Now, TooFast());

        var late = TakeMany(account, new PaceLimit("chat", 10, 0), 1, Now + LearnedLimit.Recovery + Minute);

        Assert.Equal(["chat"], late.Pace!.Families.Select(family => family.Family));
    }

    [Fact]
    public void Q7_A_request_that_was_never_sent_goes_back()
    {
        var pace = new PaceLimit("chat", 1, 0);
        var (account, lease, _) = Make.Account().Acquire(Ask(pace), Chat, Now);

        (account, var charge) = account.Release(lease!.Id, new Settlement.NotSent(), Now.AddSeconds(12));

        Assert.Equal(0, charge!.Charged);
        TakeMany(account, pace, 1, Now.AddSeconds(12));
    }

    [Fact]
    public void Q7_Tokens_an_answer_reports_close_the_family_until_they_leave_the_window()
    {
        var pace = new PaceLimit("chat", 0, 100);
        var (account, _) = Take(Make.Account(), pace, Now, new Settlement.Done(Tokens: 99));
        (account, var refusal) = Take(account, pace, Now.AddSeconds(10), new Settlement.Done(Tokens: 1));
        Assert.Null(refusal);

        Assert.Equal(new Refusal(RefusalReason.Paced, Now.AddSeconds(65)), Take(account, pace, Now.AddSeconds(20)).Refusal);
        Assert.Null(Take(account, pace, Now.AddSeconds(65)).Refusal);
        Assert.Null(Take(account, new PaceLimit("chat", 0, 0), Now.AddSeconds(20)).Refusal);
    }

    [Fact]
    public void Q7_The_vendors_refusal_rests_the_family_and_not_the_account()
    {
        var pace = new PaceLimit("chat", 10, 0);
        var account = TakeMany(Make.Account(), pace, 4, Now);
        (account, _) = Take(account, pace, Now, TooFast(seconds: 90));

        Assert.Equal(new Refusal(RefusalReason.Paced, Now.AddSeconds(90)), Take(account, pace, Now.AddSeconds(1)).Refusal);
        Assert.Null(account.Health.CoolingUntil(Now));
        Assert.Null(Take(account, new PaceLimit("image", 10, 0), Now).Refusal);
        Assert.Null(Take(account, pace, Now.AddSeconds(90)).Refusal);
    }

    [Fact]
    public void Q7_Without_a_family_the_vendors_refusal_rests_the_account()
    {
        var (account, _) = Take(Make.Account(), null, Now, TooFast());

        Assert.Equal(Now.AddSeconds(60), account.Health.CoolingUntil(Now));
        Assert.Null(account.Pace);
    }

    [Fact]
    public void Q7_A_burst_of_refusals_leaves_what_the_vendor_did_take()
    {
        var pace = new PaceLimit("chat", 100, 0);
        var account = TakeMany(Make.Account(maxJobs: 10), pace, 20, Now);
        var leases = new List<Lease>();
        for (var i = 0; i < 10; i++)
        {
            (account, var lease, _) = account.Acquire(Ask(pace), Chat, Now);
            leases.Add(lease!);
        }

        foreach (var lease in leases) account = account.Release(lease.Id, TooFast(), Now).Next;

        Assert.Equal(20, account.Pace!.Find("chat")!.RpmAt(pace, Now));
    }

    [Fact]
    public void Q7_A_learned_limit_rises_by_a_tenth_every_two_minutes_up_to_the_configured_one()
    {
        var learned = LearnedLimit.Refused(null, 31, Now);

        Assert.Equal(30, learned.LimitAt(Now.AddSeconds(119), 200));
        Assert.Equal(50, learned.LimitAt(Now.AddSeconds(120), 200));
        Assert.Equal(70, learned.LimitAt(Now.AddMinutes(5), 200));
        Assert.Equal(200, learned.LimitAt(Now.AddMinutes(20), 200));
        Assert.Equal(3, learned.LimitAt(Now, 3));
        Assert.Equal(1, LearnedLimit.Refused(null, 1, Now).LimitAt(Now, 3));
        Assert.Equal(2, LearnedLimit.Refused(null, 1, Now).LimitAt(Now.AddMinutes(2), 3));
        Assert.Equal(49, LearnedLimit.Refused(learned, 50, Now.AddMinutes(3)).Rpm);
    }

    [Fact]
    public void Q7_A_reset_forgets_what_was_learned_and_keeps_what_was_counted()
    {
        var pace = new PaceLimit("chat", 5, 0);
        var account = TakeMany(Make.Account(), pace, 3, Now);
        (account, _) = Take(account, pace, Now, TooFast());
        Assert.NotNull(Take(account, pace, Now).Refusal);

        account = account.ResetHealth();

        account = TakeMany(account, pace, 1, Now);
        Assert.Equal(RefusalReason.Paced, Take(account, pace, Now).Refusal!.Reason);
    }

    private sealed record Step(int Kind, int Milliseconds);

    private static readonly Gen<Step> Steps =
        from kind in Gen.Frequency((12, Gen.Constant(0)), (2, Gen.Constant(1)), (1, Gen.Constant(2)), (1, Gen.Constant(3)))
        from wait in Gen.Frequency((6, Gen.Constant(0)), (4, Gen.Choose(0, 3_000)), (2, Gen.Choose(0, 70_000)), (1, Gen.Choose(0, 400_000)))
        select new Step(kind, wait);

    [Fact]
    public void Q7_No_sixty_seconds_ever_see_more_than_the_limit_and_every_instant_named_is_honest() => Law.Holds(
        from rpm in Gen.Choose(1, 7)
        from tpm in Gen.Elements(0, 40)
        from steps in Steps.ListOf()
        select (Rpm: rpm, Tpm: tpm, Steps: steps), law =>
        {
            var pace = new PaceLimit("chat", law.Rpm, law.Tpm);
            var account = Make.Account();
            var now = Now;
            List<DateTimeOffset> granted = [];
            List<DateTimeOffset> tokens = [];
            foreach (var step in law.Steps)
            {
                now = now.AddMilliseconds(step.Milliseconds);
                Settlement settlement =
                    step.Kind switch { 1 => TooFast(), 2 => new Settlement.NotSent(), 3 => new Settlement.Unbilled(), _ => new Settlement.Done(Tokens: 15) };
                (account, var refusal) = Take(account, pace, now, settlement);

                var learned = account.Pace!.Find("chat")!.RpmAt(pace, now);
                Assert.InRange(learned, 1, law.Rpm);
                if (refusal is null)
                {
                    if (step.Kind != 2) granted.Add(now);
                    if (step.Kind == 0) tokens.Add(now);
                    Assert.True(granted.Count(at => at > now - Minute) <= law.Rpm, "more than the limit within a minute");
                    Assert.True(
                        law.Tpm == 0 || tokens.SkipLast(step.Kind == 0 ? 1 : 0).Count(at => at > now - Minute) * 15 < law.Tpm,
                        "a request with the tokens used up");
                }
                else
                {
                    Assert.Equal(RefusalReason.Paced, refusal.Reason);
                    var until = refusal.Until!.Value;
                    Assert.True(until > now, "named an instant gone by");
                    Assert.Null(Take(account, pace, until).Refusal);
                    for (var part = 0; part < 20; part++) Assert.NotNull(Take(account, pace, now + ((until - now) * part / 20)).Refusal);
                    Assert.NotNull(Take(account, pace, until.AddTicks(-1)).Refusal);
                }
            }
        }, tests: 500);

    [Fact]
    public void Q7_A_clock_that_goes_back_admits_no_more()
    {
        var pace = new PaceLimit("chat", 2, 0);
        var account = TakeMany(Make.Account(), pace, 1, Now);

        account = TakeMany(account, pace, 1, Now.AddSeconds(-30));

        Assert.NotNull(Take(account, pace, Now.AddSeconds(-30)).Refusal);
        Assert.Equal(new Refusal(RefusalReason.Paced, Now.AddSeconds(65)), Take(account, pace, Now.AddSeconds(40)).Refusal);
    }
}
