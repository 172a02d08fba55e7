using Gateway.Engine.Accounts;
using Gateway.Engine.Jobs;
using Gateway.Engine.Teams;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Teams;

namespace Gateway.Grains.Tests.Teams;

/// <summary>A team's limits as the store keeps them, with two nodes that use them up together.</summary>
public abstract class TeamLimitsContract : StoreTest
{
    private static readonly TeamId Team = new("team_limited");

    private protected TeamLimitsContract(TestDatabase database)
        : base(database)
    {
    }

    private TestNode Node { get; set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Node = await NodeAsync();
        await Node.RunAsync(new SaveAccountTurn(Make.Spec(maxJobs: 5), "test"));
        await Node.RunAsync(new SaveAccountTurn(Make.Spec(id: "2", maxJobs: 5), "test"));
    }

    [Fact]
    public async Task Two_changes_of_a_team_in_one_batch_are_both_kept()
    {
        await Node.RunAsync(new CreateTeamTurn(Team, "limited", 1, TeamLimits.None, "test"));
        var both = Task.WhenAll(
            Node.Runner.RunAsync(new ChangeTeamTurn(Team, new TeamPatch { Weight = 5 }, "test"), None),
            Node.Runner.RunAsync(
                new ChangeTeamTurn(Team, new TeamPatch { Limits = TeamLimitsPatch.To(new TeamLimits(MaxRunning: 2)) }, "test"), None));
        await Node.BatchAsync();
        await both;
        var team = (await Queries.TeamAsync(Team, None))!;
        Assert.Equal((5, 2), (team.Weight, team.Limits.MaxRunning));
    }

    [Fact]
    public async Task L3_Turns_of_two_nodes_on_two_accounts_take_no_more_than_the_team_may_run()
    {
        await LimitAsync(new TeamLimits(MaxRunning: 3));
        var other = await NodeAsync();
        List<AcquireResult> results = [];
        for (var i = 0; i < 4; i++)
        {
            results.Add(await Node.RunAsync(Take("1")));
            results.Add(await other.RunAsync(Take("2")));
        }

        Assert.Equal(3, results.Count(result => result.Lease is not null));
        Assert.All(
            results.Where(result => result.Lease is null), result => Assert.Equal(RefusalReason.TeamAtLimit, result.Refusal!.Reason));

        var taken = results.First(result => result.Lease is not null);
        await other.RunAsync(new ReleaseTurn(taken.Account!.Id, taken.Lease!.Id, new Settlement.Done()));
        Assert.NotNull((await Node.RunAsync(Take("2"))).Lease);
        Assert.Equal(3, await Database.CountAsync("SELECT count(*) FROM team_hold"));
    }

    [Fact]
    public async Task L3_The_turns_of_one_batch_see_each_other()
    {
        await LimitAsync(new TeamLimits(MaxRunning: 2));
        var answers = Enumerable.Range(0, 5).Select(_ => Node.Runner.RunAsync(Take("1"), None)).ToList();
        await Node.SettleAsync();
        Assert.Equal(2, (await Task.WhenAll(answers)).Count(answer => answer.Lease is not null));
    }

    [Fact]
    public async Task C1_A_team_spends_no_more_than_its_day_allows()
    {
        await LimitAsync(new TeamLimits(DailyCredits: 100));
        var first = await Node.RunAsync(Take("1", ceiling: 60));
        Assert.Equal(RefusalReason.TeamOutOfCredits, (await Node.RunAsync(Take("2", ceiling: 60))).Refusal!.Reason);

        // Charged less than reserved: what is left can be spent.
        await Node.RunAsync(new ReleaseTurn(first.Account!.Id, first.Lease!.Id, new Settlement.Unbilled()));
        Assert.NotNull((await Node.RunAsync(Take("2", ceiling: 100))).Lease);
        Assert.Equal(RefusalReason.TeamOutOfCredits, (await Node.RunAsync(Take("1", ceiling: 1))).Refusal!.Reason);

        Clock.Advance(TimeSpan.FromDays(1));
        Assert.NotNull((await Node.RunAsync(Take("1", ceiling: 100))).Lease);
    }

    [Fact]
    public async Task P5_A_full_queue_of_a_team_refuses_the_turn_and_uses_no_key()
    {
        await LimitAsync(new TeamLimits(MaxQueued: 2));
        var record = Make.Record("key", Make.JobId());
        var answers = Enumerable.Range(0, 4).Select(i => Node.Runner.RunAsync(Submit(i < 3 ? null : record), None)).ToList();
        await Node.SettleAsync();
        Assert.Equal(2, (await Task.WhenAll(answers)).Count(answer => answer is SubmitResult.Created));
        Assert.Equal(2, Assert.IsType<SubmitResult.QueueFull>(await answers[3]).Limit);

        await LimitAsync(new TeamLimits(MaxQueued: 3));
        Assert.IsType<SubmitResult.Created>(await Node.RunAsync(Submit(record)));
        Assert.IsType<SubmitResult.Replayed>(await Node.RunAsync(Submit(record)));
    }

    [Fact]
    public async Task Limits_that_are_taken_away_hold_nothing_back_and_a_lease_of_before_still_settles()
    {
        await LimitAsync(new TeamLimits(MaxRunning: 1));
        var held = await Node.RunAsync(Take("1"));
        await LimitAsync(TeamLimits.None);
        var free = await Node.RunAsync(Take("1"));
        Assert.Null(free.Lease!.Team);
        Assert.True(await Node.RunAsync(new ReleaseTurn(new AccountId("1"), held.Lease!.Id, new Settlement.Done())));
        Assert.Equal(1, await Database.CountAsync("SELECT count(*) FROM team_hold WHERE charged = 0"));
    }

    private static AcquireTurn Take(string account, long ceiling = 0) =>
        Make.Acquire(new AccountId(account), Make.Call(ceiling) with { Team = Team });

    private static SubmitJobTurn Submit(IdempotencyRecord? record) =>
        new(
            Make.Job(record?.Job, team: Team), "{}"u8.ToArray(), record, direct: null, mayQueue: true, KindLimits.Default,
            limitedTeam: Team);

    private async Task LimitAsync(TeamLimits limits)
    {
        if (await Queries.TeamAsync(Team, None) is null)
            await Node.RunAsync(new CreateTeamTurn(Team, "limited", 1, TeamLimits.None, "test"));
        Assert.Equal(
            limits, (await Node.RunAsync(new ChangeTeamTurn(Team, new TeamPatch { Limits = TeamLimitsPatch.To(limits) }, "test")))!.Limits);
        Assert.Equal(limits, (await Queries.TeamAsync(Team, None))!.Limits);
    }
}

public sealed class SqliteTeamLimitsTests() : TeamLimitsContract(new SqliteTestDatabase());

public sealed class PostgresTeamLimitsTests() : TeamLimitsContract(new PostgresTestDatabase());
