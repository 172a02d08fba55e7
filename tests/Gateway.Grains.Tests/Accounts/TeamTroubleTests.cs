using FsCheck;
using FsCheck.Fluent;
using Gateway.Engine.Storage;
using Gateway.Grains.Routing;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Accounts;

/// <summary>H8: what one team's requests meet rests an account for that team at most.</summary>
public sealed class TeamTroubleTests
{
    private static readonly DateTimeOffset Now = Make.Noon;
    private static readonly TeamId A = new("a");
    private static readonly TeamId B = new("b");
    private static readonly TeamId C = new("c");

    private sealed record Answer(UpstreamError Error, int Seconds);

    /// <summary>
    /// Whatever a request can provoke that proves nothing: passing trouble, a suspicion, a limit that may be the request's own.
    /// </summary>
    private static readonly Gen<Answer> Answers =
        from kind in Gen.Choose(0, 3)
        from request in Gen.Choose(0, 5)
        from seconds in Gen.Choose(0, 40)
        select new Answer(kind switch
        {
            0 => Make.Error(ErrorClass.Suspect, code: null) with { Retry = RetryRule.UntilTwoAgree, HttpStatus = 403 },
            1 => Make.Error(ErrorClass.RateLimited, code: 1039, coolDown: TimeSpan.FromMinutes(1)) with { Retry = RetryRule.UntilTwoAgree },
            _ => Trouble($"{request}"),
        }, seconds);

    private static UpstreamError Trouble(string request) => Make.Error(ErrorClass.Retry, code: 1033) with { Request = request };

    private static LeaseRequest Ask(TeamId team, bool isPaced = true) =>
        Make.Call(model: "MiniMax-M3") with { Holder = team, Pace = isPaced ? new PaceLimit("chat-m3", 200, 0) : null };

    private static Refusal? Refuse(AccountState account, TeamId team, DateTimeOffset now) =>
        account.Refuse(Ask(team), KindLimits.Default[JobKind.Chat], now);

    /// <summary>The team asks, and hears the error; where it is refused it does not ask.</summary>
    private static AccountState Meet(AccountState account, TeamId team, UpstreamError error, DateTimeOffset now, bool isPaced = true)
    {
        var (leased, lease, _) = account.Acquire(Ask(team, isPaced), KindLimits.Default[JobKind.Chat], now);
        return lease is null ? account : leased.Release(lease.Id, Settlement.For(error, "MiniMax-M3"), now).Next;
    }

    [Fact]
    public void H8_no_sequence_of_one_teams_failures_rests_an_account_for_another() => Law.HoldsForAll(Answers, answers =>
    {
        foreach (var isPaced in new[] { true, false })
        {
            var (account, now) = (Make.Account(), Now);
            foreach (var answer in answers)
            {
                now = now.AddSeconds(answer.Seconds);
                account = Meet(account, A, answer.Error, now, isPaced);
                Assert.Null(Refuse(account, B, now));
                Assert.Null(account.Health.CoolingUntil(now));
            }
        }
    });

    [Fact]
    public void H8_nor_with_one_failure_of_the_other_by_chance() => Law.Holds(
        from answers in Answers.ListOf()
        from at in Gen.Choose(0, 60)
        select (answers, at),
        load =>
        {
            var (account, now, number) = (Make.Account(), Now, 0);
            foreach (var answer in load.answers)
            {
                now = now.AddSeconds(answer.Seconds);
                if (number++ == load.at) account = Meet(account, B, Trouble("by chance"), now);
                account = Meet(account, A, answer.Error, now);
                Assert.Null(Refuse(account, B, now));
                Assert.Null(Refuse(account, C, now));
            }
        });

    [Fact]
    public void H8_five_different_requests_rest_the_account_for_their_team_and_one_that_is_repeated_does_not()
    {
        var (account, same) = (Make.Account(), Make.Account());
        for (var i = 0; i < Health.FailuresThatRest; i++)
        {
            Assert.Null(Refuse(account, A, Now.AddSeconds(i)));
            account = Meet(account, A, Trouble($"{i}"), Now.AddSeconds(i));
            same = Meet(same, A, Trouble("same"), Now.AddSeconds(i));
        }

        var at = Now.AddSeconds(4);
        Assert.Equal(new Refusal(RefusalReason.CoolingDown, at + Health.Rest), Refuse(account, A, at));
        Assert.Null(Refuse(account, B, at));
        Assert.Null(Refuse(account, A, at + Health.Rest));
        Assert.Null(Refuse(same, A, at));
        Assert.Single(same.Health.TeamFailures!.Value);
    }

    [Fact]
    public void H8_two_teams_that_fail_rest_it_for_all()
    {
        var account = Make.Account();
        foreach (var (team, request) in new[] { (A, "1"), (A, "2"), (A, "3"), (B, "4") })
            account = Meet(account, team, Trouble(request), Now);
        Assert.Null(Refuse(account, C, Now));
        account = Meet(account, B, Trouble("5"), Now);
        Assert.Equal(new Refusal(RefusalReason.CoolingDown, Now + Health.Rest), Refuse(account, C, Now));

        // A team it rests for already has failed enough.
        var rested = Make.Account();
        for (var i = 0; i < Health.FailuresThatRest; i++) rested = Meet(rested, A, Trouble($"{i}"), Now);
        rested = Meet(Meet(rested, B, Trouble("x"), Now), B, Trouble("y"), Now);
        Assert.Equal(RefusalReason.CoolingDown, Refuse(rested, C, Now)!.Reason);
    }

    [Fact]
    public void H8_a_suspicion_of_two_teams_or_a_refused_probe_rests_it_for_all()
    {
        var suspicion = Make.Error(ErrorClass.Suspect, code: null) with { HttpStatus = 403 };
        var account = Meet(Make.Account(), A, suspicion, Now);
        Assert.Equal(RefusalReason.Suspect, Refuse(account, A, Now)!.Reason);
        Assert.Null(Refuse(account, B, Now));
        Assert.Equal(Now + Suspicion.Rest, account.ProbeAt);
        Assert.Equal(RefusalReason.Suspect, Refuse(Meet(account, B, suspicion, Now), C, Now)!.Reason);
        Assert.Equal(RefusalReason.Suspect, Refuse(account with { Health = account.Health.AfterProbe(suspicion, Now) }, C, Now)!.Reason);
    }

    [Fact]
    public void H8_a_limit_that_may_be_the_requests_own_rests_the_family_for_its_team_until_a_second_says_the_same()
    {
        var limit = Make.Error(
            ErrorClass.RateLimited, code: 1039, coolDown: TimeSpan.FromMinutes(1)) with
        { Retry = RetryRule.UntilTwoAgree };
        var account = Meet(Make.Account(), A, limit, Now);
        Assert.Equal(Now.AddMinutes(1), Refuse(account, A, Now)!.Until);
        Assert.Null(Refuse(account, B, Now));
        Assert.Equal(RefusalReason.Paced, Refuse(Meet(account, B, limit, Now), C, Now)!.Reason);
        // A limit by the vendor's clear word is the account's.
        Assert.Equal(RefusalReason.Paced, Refuse(Meet(Make.Account(), A, limit with { Retry = RetryRule.Usual }, Now), B, Now)!.Reason);
    }

    [Fact]
    public void H8_what_is_proven_is_proven_for_all()
    {
        Assert.Equal(
            RefusalReason.AuthFailed, Refuse(Meet(Make.Account(), A, Make.Error(ErrorClass.AuthDead, code: 1004), Now), B, Now)!.Reason);
        Assert.Equal(
            RefusalReason.CoolingDown,
            Refuse(
                Meet(Make.Account(), A, Make.Error(ErrorClass.Exhausted, code: 1008, coolDown: TimeSpan.FromMinutes(10)), Now),
                B,
                Now)!.Reason);
    }

    [Fact]
    public void H8_the_row_stays_short_and_is_read_again_as_it_was()
    {
        var account = Make.Account();
        for (var i = 0; i < 200; i++)
            account = account with
            {
                Health = account.Health.After(Trouble($"{i}"), model: null, Now, team: new TeamId($"t{i}")) with { Until = null },
            };
        Assert.True(account.Health.TeamFailures is not { Length: > 25 });
        for (var i = 0; i < 200; i++)
            account = account with { Health = account.Health.RestTeam(new TeamId($"t{i}"), family: null, Now.AddSeconds(30), "why", Now) };
        Assert.Equal(50, account.Health.TeamRests!.Value.Length);

        var read = StateJson.ReadAccount(StateJson.Write(account), version: 1);
        Assert.Equal(account.Health.TeamRests!.Value.ToList(), [.. read.Health.TeamRests!.Value]);
        Assert.Null(StateJson.ReadAccount(StateJson.Write(Make.Account()), version: 1).Health.TeamRests);
    }

    [Fact]
    public void H8_an_overload_keeps_away_the_team_that_met_it_and_everybody_once_two_have() => Law.HoldsForAll(
        from seconds in Gen.Choose(0, 60)
        from action in Gen.Choose(0, 3)
        select (seconds, action),
        steps =>
        {
            var (breakers, now) = (TeamBreakers.Closed, Now);
            foreach (var (seconds, action) in steps)
            {
                now = now.AddSeconds(seconds);
                breakers = action switch
                {
                    0 => breakers.Send(A, new LeaseId("probe"), now),
                    1 => breakers.Leave(new LeaseId("probe")),
                    _ => breakers.Trip(A, now, trips => TimeSpan.FromSeconds(5 * Math.Min(trips, 6))).Next,
                };
                Assert.Null(breakers.BusyUntil(B, now));
                Assert.Null(breakers.BusyUntil(team: null, now));
                if (action > 1) Assert.NotNull(breakers.BusyUntil(A, now));
                var both = breakers.Trip(B, now, _ => TimeSpan.FromSeconds(5)).Next;
                Assert.Equal(breakers.BusyUntil(A, now) is not null, both.BusyUntil(C, now) is not null);
            }
        });
}
