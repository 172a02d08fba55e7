using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Grains.Tests.Routing;

/// <summary>What follows from the answers a call met, account by account (docs/minimax.md, "Codes").</summary>
public sealed class CallTriesTests
{
    // Answers as account:code, where s and a status cast suspicion, x is a broken connection and n one that was never made.
    [Theory]
    [InlineData("a:1013", nameof(RetryDecision.ElsewhereElseHere))]
    [InlineData("a:1013 a:1013", nameof(RetryDecision.Elsewhere))]
    [InlineData("a:1013 b:1013", nameof(RetryDecision.ElsewhereElseHere))]
    [InlineData("a:1013 b:1013 c:1013", nameof(RetryDecision.GiveUp))]
    [InlineData("a:1000", nameof(RetryDecision.ElsewhereElseHere))]
    [InlineData("a:1000 a:1000", nameof(RetryDecision.Elsewhere))]
    [InlineData("a:1000 b:1000", nameof(RetryDecision.RequestsFault))]
    [InlineData("a:1000 b:1013", nameof(RetryDecision.ElsewhereElseHere))]
    [InlineData("a:1039", nameof(RetryDecision.Elsewhere))]
    [InlineData("a:1039 b:1039", nameof(RetryDecision.RequestsFault))]
    [InlineData("a:1002 b:1039", nameof(RetryDecision.Elsewhere))]
    [InlineData("a:4711", nameof(RetryDecision.Here))]
    [InlineData("a:4711 a:4711", nameof(RetryDecision.Elsewhere))]
    [InlineData("a:4711 a:4711 b:4711", nameof(RetryDecision.RequestsFault))]
    [InlineData("a:1013 b:4711", nameof(RetryDecision.Stop))]
    [InlineData("a:1002", nameof(RetryDecision.Elsewhere))]
    [InlineData("a:1004", nameof(RetryDecision.Elsewhere))]
    [InlineData("a:2064", nameof(RetryDecision.Elsewhere))]
    [InlineData("a:2013", nameof(RetryDecision.Stop))]
    [InlineData("a:1026", nameof(RetryDecision.Stop))]
    [InlineData("a:x", nameof(RetryDecision.ElsewhereElseHere))]
    // V5: about accounts, unpaid, no tries
    [InlineData("a:1002 b:1004 c:1008 d:1041 e:2056 f:2061 g:2044 h:1002", nameof(RetryDecision.Elsewhere))]
    [InlineData("a:1002 b:1013 c:1008 d:1013 e:1041 f:1013", nameof(RetryDecision.GiveUp))] // the third that counts
    [InlineData("a:1002 b:1002 c:4711", nameof(RetryDecision.Here))]
    [InlineData("a:s401", nameof(RetryDecision.Elsewhere))]
    [InlineData("a:s401 b:s404 c:s403", nameof(RetryDecision.Elsewhere))]
    [InlineData("a:s401 b:1002 c:s401", nameof(RetryDecision.RequestsFault))]
    public void J7_J10_A_call_is_tried_again_as_its_answers_say(string answers, string next) =>
        Assert.Equal(next, TriesOf(JobKind.Chat, answers).Next().ToString());

    [Theory]
    [InlineData("a:x", nameof(RetryDecision.Stop))] // nobody knows whether it was billed
    [InlineData("a:n", nameof(RetryDecision.ElsewhereElseHere))]
    [InlineData("a:1013", nameof(RetryDecision.ElsewhereElseHere))]
    public void J10_What_is_paid_by_the_piece_is_sent_again_only_after_a_clear_refusal(string answers, string next) =>
        Assert.Equal(next, TriesOf(JobKind.Image, answers).Next().ToString());

    [Theory]
    [InlineData("a:1000", false)]
    [InlineData("a:1000 a:1000", false)]
    [InlineData("a:1000 b:1000", true)]
    [InlineData("a:1039 b:1039", true)]
    [InlineData("a:1000 b:1039", false)]
    [InlineData("a:1002 b:1002", false)]
    [InlineData("a:s401 b:s401", true)]
    [InlineData("a:s401 b:s403", false)]
    [InlineData("a:s401 b:1004", false)]
    [InlineData("a:1004 b:s401", false)]
    public void J7_What_two_accounts_say_alike_is_the_callers_fault(string answers, bool isCallers) =>
        Assert.Equal(isCallers, TriesOf(JobKind.Chat, answers).IsCallersFault);

    // Whether the account that answered last learns from it.
    [Theory]
    [InlineData("a:s401", true)]
    [InlineData("a:s401 b:s401", false)] // V3: it is the request
    [InlineData("a:s401 b:s403", true)]
    [InlineData("a:1000 b:1000", false)]
    [InlineData("a:4711", true)]
    [InlineData("a:4711 a:4711", false)] // A11: one call's trouble is one
    [InlineData("a:4711 a:4711 b:4711", false)]
    [InlineData("a:1013 a:1013", false)]
    [InlineData("a:1013 b:1013", true)]
    [InlineData("a:1013 a:1002", true)] // about the account, whatever else it said
    public void A11_What_an_account_learns_from_a_call(string answers, bool learns) =>
        Assert.Equal(learns, TriesOf(JobKind.Chat, answers).TeachLast);

    [Theory]
    [InlineData("a:1002", true)]
    [InlineData("a:2061 b:1002", true)]
    [InlineData("a:1002 b:2061", true)]
    [InlineData("a:2061 b:2061", false)] // the vendor's words are the answer
    [InlineData("a:s401 b:s401", false)]
    [InlineData("a:1002 b:1013", false)]
    public void V5_A_walk_that_ends_with_refused_accounts_is_told_in_the_gateways_words(string answers, bool isSo) =>
        Assert.Equal(isSo, TriesOf(JobKind.Chat, answers).EndWithAccounts);

    [Fact]
    public void An_overload_counts_against_no_account() =>
        Assert.Equal(["b"], TriesOf(JobKind.Chat, "a:2064 b:1013").Tried.Select(account => account.Value));

    private static CallTries TriesOf(JobKind kind, string answers) => answers.Split(' ').Select(answer => answer.Split(':')).Aggregate(
        new CallTries(new Work(kind, "m")), (tries, answer) => tries.Add(new AccountId(answer[0]), ErrorOf(answer[1])));

    private static UpstreamError ErrorOf(string code) => code switch
    {
        "x" => PlatformErrors.Broken("broken"),
        "n" => UpstreamError.NotSent("no connection"),
        ['s', .. var status] =>
            new UpstreamError(ErrorClass.Suspect, Code: null, "not today", Billed.No, TimeSpan.Zero, HttpStatus: int.Parse(status)),
        _ => PlatformErrors.OfCode(int.Parse(code), "message", 200),
    };
}
