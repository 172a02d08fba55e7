using FsCheck;
using FsCheck.Fluent;
using Gateway.Grains.Routing;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Ids;
using Gateway.Model.Queueing;

namespace Gateway.Grains.Tests.Routing;

/// <summary>Q2: the laws of sharing between teams.</summary>
public sealed class FairSharesTests
{
    private const int MostCost = 20;

    /// <summary>Teams by weight, and what each service costs.</summary>
    private static readonly Gen<(int[] Weights, int[] Costs)> Loads =
        from teams in Gen.Choose(2, 6)
        from weights in Gen.Choose(1, 10).ArrayOf(teams)
        from costs in Gen.Choose(1, MostCost).ArrayOf(200)
        select (weights, costs);

    private static TeamId Team(int number) => new($"t{number}");

    private static int Next(FairShares shares, IEnumerable<int> waiting) => waiting.MinBy(team => (shares.StartOf(Team(team)), team));

    [Fact]
    public void Q2_Shares_of_teams_that_always_wait_follow_their_weights() => Law.Holds(Loads, load =>
    {
        var (shares, served) = (FairShares.Even, new double[load.Weights.Length]);
        foreach (var cost in load.Costs)
        {
            var team = Next(shares, Enumerable.Range(0, load.Weights.Length));
            shares = shares.Serve(Team(team), load.Weights[team], cost);
            served[team] += (double)cost / load.Weights[team];
        }

        // The bound of the method: never further apart than a service of each.
        for (var one = 0; one < served.Length; one++)
            for (var other = 0; other < served.Length; other++)
                Assert.True(
                    Math.Abs(served[one] - served[other]) <= ((double)MostCost / load.Weights[one]) + (
                        (double)MostCost / load.Weights[other]) + 1e-6);
    });

    [Fact]
    public void Q2_No_team_starves_whatever_the_others_ask_for() => Law.Holds(Loads, load =>
    {
        var shares = FairShares.Even;
        var passedOver = 0.0;
        foreach (var cost in load.Costs)
        {
            var team = Next(shares, Enumerable.Range(0, load.Weights.Length));
            passedOver = team == 0 ? 0 : passedOver + cost;
            shares = shares.Serve(Team(team), load.Weights[team], cost);
            // While team 0 waits, another is served at most what its weight is worth of team 0's last service, and one more.
            var most = load.Weights.Skip(1).Sum(weight => ((double)MostCost / load.Weights[0] * weight) + (2 * MostCost));
            Assert.True(passedOver <= most, $"{passedOver} > {most}");
        }
    });

    [Fact]
    public void Q2_Being_idle_earns_nothing_and_costs_nothing() => Law.Holds(Loads, load =>
    {
        var (busy, shares) = (Enumerable.Range(1, load.Weights.Length - 1), FairShares.Even);
        foreach (var cost in load.Costs.Take(100)) shares = Serve(shares, Next(shares, busy), cost);

        // Team 0 comes back: it is first at once, and from then on gets its share, not what it has missed.
        var returned = new double[load.Weights.Length];
        Assert.Equal(shares.Now, shares.StartOf(Team(0)));
        foreach (var cost in load.Costs.Skip(100))
        {
            var team = Next(shares, Enumerable.Range(0, load.Weights.Length));
            shares = Serve(shares, team, cost);
            returned[team] += (double)cost / load.Weights[team];
        }

        Assert.All(
            busy,
            other =>
                Assert.True(
                    returned[0] - returned[other] <= ((double)MostCost / load.Weights[0]) + (2.0 * MostCost / load.Weights[other]) + 1e-6));

        FairShares Serve(FairShares before, int team, int cost) => before.Serve(Team(team), load.Weights[team], cost);
    });

    [Fact]
    public void Q2_A_team_alone_is_served_whatever_it_had_before_and_nothing_is_kept_of_who_is_not_ahead()
    {
        var shares = FairShares.Even;
        for (var i = 0; i < 1000; i++) shares = shares.Serve(Team(i), 1, 5);
        for (var i = 0; i < 100; i++) shares = shares.Serve(Team(0), 1, 5);
        Assert.Equal(1, shares.Known);
    }

    [Theory]
    [InlineData(5, 0, 5)]
    [InlineData(5, 9, 5)]
    [InlineData(5, 10, 6)]
    [InlineData(0, 89, 8)]
    [InlineData(0, 90, 9)]
    [InlineData(5, 100_000, 9)]
    [InlineData(5, -5, 5)]
    public void Q2_Priority_ages_a_step_per_ten_minutes_passed_over(int priority, int minutes, int level) =>
        Assert.Equal(level, QueueOrder.Level(priority, TimeSpan.FromMinutes(minutes), TimeSpan.FromMinutes(10)));

    [Fact]
    public void Q2_Without_a_step_nothing_ages() => Assert.Equal(3, QueueOrder.Level(3, TimeSpan.FromDays(1), TimeSpan.Zero));
}
