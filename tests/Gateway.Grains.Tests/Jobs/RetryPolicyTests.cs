using FsCheck.Fluent;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Grains.Tests.Jobs;

public sealed class RetryPolicyTests
{
    private static readonly RetryPolicy Policy = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));

    private static JobState RefusedBefore(int times, long id = 7) =>
        Make.Job(new JobId(id)) with
        {
            Refusals = [.. Enumerable.Range(1, times).Select(attempt => new JobRefusal(Make.AccountOne, attempt, "1000"))],
        };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(4, 8)]
    [InlineData(10, 20)]
    [InlineData(2000, 20)]
    public void J7_passing_trouble_pauses_longer_each_time_a_fifth_more_or_less(int before, int seconds)
    {
        var pause = Policy.PauseAfter(RefusedBefore(before), Make.AccountOne, Make.Error(ErrorClass.Retry));
        Assert.InRange(pause.TotalSeconds, 0.8 * seconds, 1.2 * seconds);
        Assert.Equal(pause, Policy.PauseAfter(RefusedBefore(before), Make.AccountOne, Make.Error(ErrorClass.Retry)));
    }

    [Theory]
    [InlineData(nameof(ErrorClass.FailOver))]
    [InlineData(nameof(ErrorClass.Exhausted))]
    [InlineData(nameof(ErrorClass.AuthDead))]
    [InlineData(nameof(ErrorClass.RateLimited))]
    [InlineData(nameof(ErrorClass.ModelUnavailable))]
    [InlineData(nameof(ErrorClass.Overload))]
    public void J7_what_is_about_one_account_needs_no_pause(string error) =>
        Assert.Equal(TimeSpan.Zero, Policy.PauseAfter(RefusedBefore(3), Make.AccountOne, Make.Error(Enum.Parse<ErrorClass>(error))));

    // How often the account had refused the job so before, seconds.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    [InlineData(100, 10)]
    public void V5_an_account_that_is_let_in_again_and_refuses_again_is_asked_ever_more_rarely(int before, int seconds)
    {
        var job = Make.Job(new JobId(7)) with
        {
            Refusals = before == 0 ? [] : [new JobRefusal(Make.AccountOne, 1, "1004", OfAccount: true, Again: before - 1)],
        };

        Assert.InRange(Policy.PauseAfter(job, Make.AccountOne, Make.Error(ErrorClass.AuthDead)).TotalSeconds, 0.8 * seconds, 1.2 * seconds);
        Assert.Equal(TimeSpan.Zero, Policy.PauseAfter(job, new AccountId("2"), Make.Error(ErrorClass.AuthDead)));
    }

    [Fact]
    public void J7_jobs_refused_together_do_not_come_back_together() => Law.Holds(Gen.Choose(1, 1_000_000), id =>
    {
        var (one, other) = (
            Policy.PauseAfter(RefusedBefore(2, id), Make.AccountOne, Make.Error(ErrorClass.Retry)),
            Policy.PauseAfter(RefusedBefore(2, id + 1), Make.AccountOne, Make.Error(ErrorClass.Retry)));
        Assert.NotEqual(one, other);
        Assert.InRange(one.TotalSeconds, 1.6, 2.4);
    });
}
