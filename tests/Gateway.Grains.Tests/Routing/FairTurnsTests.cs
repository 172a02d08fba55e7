using FsCheck;
using FsCheck.Fluent;
using Gateway.Engine.Turns;
using Gateway.Grains.Routing;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Teams;

namespace Gateway.Grains.Tests.Routing;

/// <summary>H6: slots are shared between teams first; priority, aged or not, counts within a team alone.</summary>
public sealed class FairTurnsTests
{
    private static readonly DateTimeOffset Now = Make.Noon;

    private sealed record Load(int[] Weights, int[][] Priorities, int Minutes);

    /// <summary>Teams by weight, the priorities each has jobs of (many of them), and how long a slot is taken.</summary>
    private static readonly Gen<Load> Loads =
        from teams in Gen.Choose(2, 5)
        from weights in Gen.Choose(1, 6).ArrayOf(teams)
        from priorities in Gen.Choose(0, 9).NonEmptyListOf().Select(list => list.Distinct().Take(4).ToArray()).ArrayOf(teams)
        from minutes in Gen.Choose(0, 30)
        select new Load(weights, priorities, minutes);

    private static TeamId Team(int number) => new($"t{number}");

    private static void Tell(QueueOrder order, DateTimeOffset now, params TeamState[] teams) =>
        ((IBatchObserver)order).Committed(new BatchCommit(now, [], [], []) { Teams = teams });

    private static void Serve(QueueOrder order, DateTimeOffset now, JobState job)
    {
        var served = job with { Status = JobStatus.Submitting };
        ((IBatchObserver)order).Committed(new BatchCommit(now, [], [served], [new JobEvent(job.Id, 2, served.Status, now, served)]));
    }

    private static List<JobState> HeadsOf(Load load, TimeSpan ago) =>
        [.. load.Priorities.SelectMany((priorities, team) => priorities.Select(priority => Make.Job(priority: priority, team: Team(team)) with { Status = JobStatus.Queued, CreatedAt = Now - (team == 0 ? TimeSpan.Zero : ago) }))];

    [Fact]
    public void H6_no_team_waits_longer_than_its_share_says_whatever_priorities_the_others_set() => Law.Holds(Loads, load =>
    {
        var order = new QueueOrder(new QueueOptions(), KindLimits.Default, queries: null!);
        Tell(order, Now, [.. load.Weights.Select((weight, team) => new TeamState(Team(team), $"{team}", weight, Now))]);
        var (now, passedOver) = (Now, 0);
        for (var slot = 0; slot < 60; slot++, now = now.AddMinutes(load.Minutes))
        {
            var next = new WaitingQueues(HeadsOf(load, TimeSpan.FromHours(9)), []).Next(order.Begin(now), _ => false)!;
            Serve(order, now, next.Job!);
            passedOver = next.Team == Team(0) ? 0 : passedOver + 1;
            // The bound of fair queueing, in services: what the others' weights are worth of one of its own, and one more of each.
            var most = load.Weights.Skip(1).Sum(weight => Math.Ceiling((double)weight / load.Weights[0]) + 1);
            Assert.True(passedOver <= most, $"{passedOver} > {most}");
        }
    });

    [Fact]
    public void H6_within_a_team_the_most_urgent_goes_first() => Law.Holds(Loads, load =>
    {
        var order = new QueueOrder(new QueueOptions { AgeStep = TimeSpan.Zero }, KindLimits.Default, queries: null!);
        var next = new WaitingQueues(HeadsOf(load, TimeSpan.Zero), []).Next(order.Begin(Now), _ => false)!;
        Assert.Equal(load.Priorities[int.Parse(next.Team.Value[1..], null)].Max(), next.Queue.Priority);
    });

    [Fact]
    public void H6_what_the_others_set_as_priority_changes_nothing_between_teams() => Law.Holds(Loads, load =>
    {
        Assert.Equal(Order(load), Order(load with { Priorities = [.. load.Priorities.Select(_ => new[] { 5 })] }));

        static List<TeamId> Order(Load load)
        {
            var order = new QueueOrder(new QueueOptions(), KindLimits.Default, queries: null!);
            Tell(order, Now, [.. load.Weights.Select((weight, team) => new TeamState(Team(team), $"{team}", weight, Now))]);
            List<TeamId> served = [];
            for (var slot = 0; slot < 20; slot++)
            {
                // All wait since another instant, so that no two teams tie.
                var heads = load.Priorities.SelectMany((priorities, team) => priorities.Select(priority =>
                    Make.Job(priority: priority, team: Team(team)) with
                    {
                        Status = JobStatus.Queued,
                        CreatedAt = Now.AddSeconds(-team),
                    })).ToList();
                var next = new WaitingQueues(heads, []).Next(order.Begin(Now), _ => false)!;
                Serve(order, Now, next.Job!);
                served.Add(next.Team);
            }

            return served;
        }
    });

    [Fact]
    public void H7_who_holds_its_share_goes_after_who_does_not_and_nobody_is_asked_while_it_waits_alone()
    {
        var order = new QueueOrder(new QueueOptions(), KindLimits.Default, queries: null!);
        var (mine, others) = (
            Make.Job(team: Team(0)) with { CreatedAt = Now.AddHours(-1) }, Make.Job(team: Team(1)) with { CreatedAt = Now });
        Assert.Equal(Team(1), new WaitingQueues([mine, others], []).Next(order.Begin(Now), head => head.Team == Team(0))!.Team);
        Assert.Equal(Team(0), new WaitingQueues([mine, others], []).Next(order.Begin(Now), _ => true)!.Team);
        Assert.Equal(
            Team(0), new WaitingQueues([mine], []).Next(order.Begin(Now), _ => throw new InvalidOperationException("asked"))!.Team);
    }

    [Fact]
    public void H7_what_holds_back_one_team_drops_its_queues_of_that_lane_alone()
    {
        var order = new QueueOrder(new QueueOptions(), KindLimits.Default, queries: null!);
        var waiting = new WaitingQueues(
            [Make.Job(team: Team(0), priority: 9), Make.Job(team: Team(0), priority: 1), Make.Job(team: Team(0), model: "other"), Make.Job(team: Team(1))],
            []);
        var pass = order.Begin(Now);
        var head = waiting.Next(pass, head => head.Team == Team(1))!;
        Assert.Equal([1, 9], waiting.DropOfTeam(head).Select(queue => queue.Priority).Order());
        Assert.Equal("other", waiting.Next(pass, head => head.Team == Team(1))!.Work.Model);
        waiting.DropLike(waiting.Next(pass, head => head.Team == Team(0))!);
        Assert.Equal(Team(0), waiting.Next(pass, _ => false)!.Team);
    }

    [Theory]
    [InlineData(0.5, 9, 4)]
    [InlineData(0.5, 1, 1)]
    [InlineData(0.5, 0, 1)]
    [InlineData(0.25, 2000, 500)]
    [InlineData(1, 7, 7)]
    public void H7_a_share_is_a_part_and_one_at_least(double share, int all, int most)
    {
        Assert.Equal(most, TeamShare.MostOf(share, all));
        // The parts of the nodes are the whole, and less than one more each.
        foreach (var nodes in Enumerable.Range(1, 6)) Assert.InRange(TeamShare.PartOf(most, nodes) * nodes, most, most + nodes - 1);
    }

    [Fact]
    public void H14_one_teams_calls_take_their_share_of_the_places_and_no_more()
    {
        var backlog = new Backlog(new RoleOptions());
        var calls = Enumerable.Range(0, 6).Select(_ => Call(0)).ToList();
        Assert.Equal([true, true, true, false, false, false], calls.Select(call => backlog.Join(call, most: 6, mostOfTeam: 3)));
        Assert.Equal(3, backlog.CallsWaitingOf(Team(0)));
        Assert.True(backlog.Join(Call(1), most: 6, mostOfTeam: 3));
        backlog.Leave(calls[0]);
        backlog.Leave(calls[0]);
        Assert.Equal(2, backlog.CallsWaitingOf(Team(0)));
        Assert.True(backlog.Join(calls[3], most: 6, mostOfTeam: 3));

        static WaitingCall Call(int team) => new(new RouteRequest(new Work(JobKind.Chat, "m")), Team(team), Now);
    }
}
