using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Grains.Tests.Jobs;

/// <summary>The one table of what is tried again, for calls and for jobs.</summary>
public sealed class RetriesTests
{
    // Answers as account:code, where s and a status cast suspicion, x is a broken connection and n one that was never made.
    [Theory]
    [InlineData("a:1013", "ElsewhereElseHere", "ElsewhereElseHere")]
    [InlineData("a:1013 a:1013", "Elsewhere", "Elsewhere")]
    [InlineData("a:1013 b:1013 c:1013", "GiveUp", "ElsewhereElseHere")] // three tries of a call, five of a job
    [InlineData("a:1013 b:1013 c:1013 d:1013 e:1013", "GiveUp", "GiveUp")]
    [InlineData("a:1000 b:1000", "RequestsFault", "RequestsFault")]
    [InlineData("a:4711", "Here", "Here")]
    [InlineData("a:4711 a:4711", "Elsewhere", "RequestsFault")] // an attempt of a job asks twice by itself
    [InlineData("a:4711 b:4711", "RequestsFault", "RequestsFault")]
    [InlineData("a:1013 b:4711", "Stop", "Here")] // somebody waits for a call
    [InlineData("a:2064 b:2064 c:2064", "GiveUp", "Elsewhere")]
    [InlineData("a:1002 b:1004 c:1008 d:1041 e:2056 f:2061", "Elsewhere", "Elsewhere")]
    [InlineData("a:s401 b:s401", "RequestsFault", "RequestsFault")]
    [InlineData("a:2013", "Stop", "Stop")]
    [InlineData("a:x", "Stop", "Stop")] // nobody knows whether it was billed
    [InlineData("a:n", "ElsewhereElseHere", "ElsewhereElseHere")]
    public void J7_J10_A11_What_follows_from_an_answer(string answers, string ofCall, string ofJob)
    {
        var call = new RetryTerms(RetryTerms.MostOfCall) { IsAwaited = true };
        var job = new RetryTerms(JobState.MaxAttempts) { AsksTwice = true };
        Assert.Equal((ofCall, ofJob), (After(answers, call).ToString(), After(answers, job).ToString()));
    }

    [Fact]
    public void J10_What_is_cheap_is_tried_again_on_a_doubt_about_its_bill() =>
        Assert.Equal(
            RetryDecision.ElsewhereElseHere, After("a:x", new RetryTerms(RetryTerms.MostOfCall) { IsCheap = true, IsAwaited = true }));

    [Fact]
    public void What_only_one_account_may_serve_stops_at_its_refusal_for_a_day() =>
        Assert.Equal(
            (RetryDecision.Stop, RetryDecision.Elsewhere),
            (After("a:2061", new RetryTerms(5) { IsPinned = true }), After("a:1002", new RetryTerms(5) { IsPinned = true })));

    [Theory]
    [InlineData(0, "Elsewhere")]
    [InlineData(1, "Elsewhere")]
    [InlineData(2, "RequestsFault")]
    public void An_account_that_never_says_why_is_believed_the_third_time(int before, string decision) =>
        Assert.Equal(decision, After("a:s401", new RetryTerms(5) { RefusedHere = before }).ToString());

    private static RetryDecision After(string answers, RetryTerms terms)
    {
        var said = answers.Split(' ')
            .Select(answer => answer.Split(':'))
            .Select(parts => (Account: new AccountId(parts[0]), Error: ErrorOf(parts[1])))
            .ToList();
        // What costs a job no attempt counts for none: an overload is waited for.
        var before = said[..^1].Select(
            one =>
                PastAnswer.Of(one.Account, one.Error) with
                {
                    Counts = !one.Error.CostsNoTry && (terms.IsAwaited || one.Error.Class != ErrorClass.Overload),
                });
        return Retries.After([.. before], said[^1].Account, said[^1].Error, terms);
    }

    private static UpstreamError ErrorOf(string code) => code switch
    {
        "x" => PlatformErrors.Broken("broken"),
        "n" => UpstreamError.NotSent("no connection"),
        ['s', .. var status] =>
            new UpstreamError(
                ErrorClass.Suspect, Code: null, "not today", Billed.No, TimeSpan.Zero,
                HttpStatus: int.Parse(status))
            { Retry = RetryRule.UntilTwoAgree },
        _ => PlatformErrors.OfCode(int.Parse(code), "message", 200),
    };
}
