using FsCheck.Fluent;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Accounts;

public sealed class HealthTests
{
    private static readonly DateTimeOffset Now = Make.Noon;

    [Fact]
    public void A_cool_down_is_extended_and_never_shortened()
    {
        var health = Health.Good.Cool(Now.AddMinutes(10), "long");

        Assert.Same(health, health.Cool(Now.AddMinutes(5), "short"));
        Assert.Equal(Now.AddMinutes(15), health.Cool(Now.AddMinutes(15), "longer").CoolingUntil(Now));
        Assert.Null(health.CoolingUntil(Now.AddMinutes(10)));
    }

    [Fact]
    public void A_models_block_is_extended_and_never_shortened()
    {
        var health = Block(Health.Good, minutes: 10);

        Assert.Equal(Now.AddMinutes(10), Block(health, minutes: 5).BlockedUntil("m", Now));
        Assert.Equal(Now.AddMinutes(15), Block(health, minutes: 15).BlockedUntil("m", Now));
        Assert.Null(health.BlockedUntil("other", Now));

        static Health Block(Health health, int minutes) =>
            health.After(Make.Error(ErrorClass.ModelUnavailable, coolDown: TimeSpan.FromMinutes(minutes)), "m", Now);
    }

    [Fact]
    public void A_models_block_lasts_until_the_instant_the_vendor_named()
    {
        var error = Make.Error(ErrorClass.ModelUnavailable, coolDown: TimeSpan.FromMinutes(1), until: Now.AddHours(2));

        Assert.Equal(Now.AddHours(2), Health.Good.After(error, "m", Now).BlockedUntil("m", Now));
    }

    [Fact]
    public void An_operation_without_permission_is_blocked_whatever_the_model_and_the_kinds_other_operations_go_on()
    {
        var clone = new Work(JobKind.Speech, null, Operation: WorkOperation.VoiceClone);
        var error = Make.Error(ErrorClass.OperationUnavailable, code: 2038, coolDown: TimeSpan.FromHours(24));

        var health = Health.Good.After(error, model: null, Now, Work.NameOf(clone.Kind, clone.Operation));

        Assert.Equal(Now.AddHours(24), health.OperationBlockedUntil(clone, Now));
        Assert.Null(health.OperationBlockedUntil(clone, Now.AddHours(24)));
        Assert.Null(health.OperationBlockedUntil(new Work(JobKind.Speech, "speech-02"), Now));
        Assert.Null(health.CoolingUntil(Now));
        Assert.Same(health, health.After(error with { CoolDown = TimeSpan.FromHours(1) }, null, Now, "voice_clone"));
        Assert.Equal(
            ["voice_design"],
            health.After(error, null, Now.AddHours(25), "voice_design").Operations!.Value.Select(block => block.Operation));

        var (account, lease, _) = Make.Account().Acquire(Make.Call() with { Work = clone }, KindLimits.Default[JobKind.Speech], Now);
        account = account.Release(lease!.Id, Settlement.For(error, null), Now).Next;
        Assert.Equal(
            new Refusal(RefusalReason.OperationNotServed, Now.AddHours(24)),
            account.Acquire(Make.Call() with { Work = clone }, KindLimits.Default[JobKind.Speech], Now).Refusal);
        Assert.NotNull(account.ResetHealth().Acquire(Make.Call() with { Work = clone }, KindLimits.Default[JobKind.Speech], Now).Lease);
    }

    [Fact]
    public void Blocks_that_have_ended_are_forgotten()
    {
        var health = Health.Good;
        for (var i = 0; i < 50; i++)
            health = health.After(
                Make.Error(ErrorClass.ModelUnavailable, coolDown: TimeSpan.FromMinutes(1)), $"model-{i}", Now.AddMinutes(2 * i));

        Assert.Single(health.Models);
    }

    [Fact]
    public void Failures_rest_the_account_only_when_they_fall_within_the_window()
    {
        var health = Health.Good;
        for (var hour = 0; hour < 20; hour++) health = health.After(Make.Error(ErrorClass.Retry), "m", Now.AddHours(hour));
        Assert.Null(health.CoolingUntil(Now.AddHours(19)));

        var burst = Now.AddHours(30);
        for (var i = 0; i < Health.FailuresThatRest; i++)
        {
            Assert.Null(health.CoolingUntil(burst));
            health = health.After(Make.Error(ErrorClass.Retry), "m", burst);
        }

        Assert.Equal(burst + Health.Rest, health.CoolingUntil(burst));
        Assert.Empty(health.Failures);
    }

    [Fact]
    public void The_window_slides_a_failure_at_its_edge_no_longer_counts()
    {
        var health = Health.Good.After(Make.Error(ErrorClass.Retry), "m", Now);
        for (var i = 1; i < Health.FailuresThatRest; i++) health = health.After(Make.Error(ErrorClass.Retry), "m", Now + Health.Window);

        Assert.Null(health.CoolingUntil(Now + Health.Window));
        Assert.Equal(Health.FailuresThatRest - 1, health.Failures.Length);
    }

    // Class, does the account rest for the error's cool-down?
    [Theory]
    [InlineData(nameof(ErrorClass.FailOver), true)]
    [InlineData(nameof(ErrorClass.Exhausted), true)]
    [InlineData(nameof(ErrorClass.RateLimited), true)] // where no family is known
    [InlineData(nameof(ErrorClass.OperationUnavailable), false)]
    [InlineData(nameof(ErrorClass.Retry), false)]
    [InlineData(nameof(ErrorClass.Caller), false)]
    [InlineData(nameof(ErrorClass.Moderation), false)]
    [InlineData(nameof(ErrorClass.Overload), false)]
    [InlineData(nameof(ErrorClass.AuthDead), false)]
    [InlineData(nameof(ErrorClass.ModelUnavailable), false)]
    public void Only_errors_that_are_the_accounts_rest_it(string kind, bool rests)
    {
        var health = Health.Good.After(Make.Error(Enum.Parse<ErrorClass>(kind), coolDown: TimeSpan.FromMinutes(3)), "m", Now);

        Assert.Equal(rests ? Now.AddMinutes(3) : null, health.CoolingUntil(Now));
        Assert.Equal(kind == nameof(ErrorClass.AuthDead), health.AuthFailed);
    }

    [Fact]
    public void The_vendors_own_reset_wins_over_the_cool_down()
    {
        var error = Make.Error(ErrorClass.Exhausted, coolDown: TimeSpan.FromMinutes(3), until: Now.AddHours(5));

        Assert.Equal(Now.AddHours(5), Health.Good.After(error, "m", Now).CoolingUntil(Now));
    }

    // Class, what the upstream says in minutes, what is honoured.
    [Theory]
    [InlineData(nameof(ErrorClass.RateLimited), 10, 10)]
    [InlineData(nameof(ErrorClass.FailOver), 10, 10)]
    [InlineData(nameof(ErrorClass.FailOver), 600, 60)]
    [InlineData(nameof(ErrorClass.FailOver), -5, 3)] // has passed: it says nothing
    [InlineData(nameof(ErrorClass.Exhausted), 600, 600)] // a plan's window is no Retry-After
    [InlineData(nameof(ErrorClass.Exhausted), 1_000_000, 7 * 24 * 60)]
    public void V19_an_upstreams_wait_is_honoured_within_reason(string kind, int minutes, int honoured)
    {
        var error = Make.Error(Enum.Parse<ErrorClass>(kind), coolDown: TimeSpan.FromMinutes(3), until: Now.AddMinutes(minutes));

        Assert.Equal(Now.AddMinutes(honoured), Health.Good.After(error, "m", Now).CoolingUntil(Now));
        Assert.Equal(Now.AddDays(8), Health.Good.Cool(Now.AddDays(8), "long").After(error, "m", Now).CoolingUntil(Now));
    }

    [Fact]
    public void V19_a_familys_rest_is_as_long_as_the_upstream_said()
    {
        var request = Make.Call() with { Pace = new PaceLimit("chat", Rpm: 20, Tpm: 0) };
        var (account, lease, _) = Make.Account().Acquire(request, KindLimits.Default[JobKind.Chat], Now);
        account = account.Release(lease!.Id, Settlement.For(Make.Error(ErrorClass.RateLimited, until: Now.AddMinutes(10)), "m"), Now).Next;

        Assert.Equal(Now.AddMinutes(10), account.Pace!.Find("chat")!.RestsUntil);
    }

    [Fact]
    public void V11_what_a_later_part_of_a_good_answer_says_is_learned_and_the_answer_is_charged_as_reported()
    {
        var request = Make.Call(ceiling: 30) with { Pace = new PaceLimit("chat", Rpm: 20, Tpm: 1000) };
        var (account, lease, _) = Make.Account().Acquire(request, KindLimits.Default[JobKind.Chat], Now);
        var exhausted = Make.Error(ErrorClass.Exhausted, code: 2056, coolDown: TimeSpan.FromHours(5));
        var (learned, charge) = account.Release(lease!.Id, new Settlement.Done(12, Tokens: 500, exhausted, "m"), Now);

        Assert.Equal((12, Now.AddHours(5)), (charge!.Charged, learned.Health.CoolingUntil(Now)));
        Assert.Equal(500, learned.Pace!.Find("chat")!.Tokens!.Sum(Now));
        Assert.True(account.Release(lease.Id, new Settlement.Done(12, Error: Make.Error(ErrorClass.AuthDead)), Now).Next.Health.AuthFailed);
    }

    [Fact]
    public void A_model_that_no_request_named_is_blocked_for_requests_that_name_none()
    {
        var health = Health.Good.After(Make.Error(ErrorClass.ModelUnavailable, coolDown: TimeSpan.FromMinutes(5)), model: null, Now);

        Assert.Equal((Now.AddMinutes(5), null), (health.BlockedUntil(null, Now), health.BlockedUntil("m", Now)));
    }

    [Fact]
    public void No_sequence_of_errors_shortens_a_cool_down_or_keeps_more_failures_than_the_window_needs() => Law.HoldsForAll(
        from kind in Gen.Elements(Enum.GetValues<ErrorClass>())
        from seconds in Gen.Choose(0, 200)
        from coolDown in Gen.Choose(0, 600)
        select (Kind: kind, Seconds: seconds, CoolDown: coolDown), errors =>
        {
            var now = Now;
            var health = Health.Good;
            foreach (var error in errors)
            {
                now = now.AddSeconds(error.Seconds);
                var next = health.After(Make.Error(error.Kind, coolDown: TimeSpan.FromSeconds(error.CoolDown)), "m", now);
                if (health.Until is { } until) Assert.True(next.Until >= until, "shortened");
                if (health.BlockedUntil("m", now) is { } blocked) Assert.True(next.BlockedUntil("m", now) >= blocked, "block shortened");
                Assert.True(next.Failures.Length < Health.FailuresThatRest);
                health = next;
            }
        });
}
