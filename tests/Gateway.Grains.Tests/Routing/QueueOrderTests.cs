using Gateway.Engine.Turns;
using Gateway.Grains.Routing;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Teams;

namespace Gateway.Grains.Tests.Routing;

/// <summary>Q2, Q3: who goes first, and who may not be overtaken.</summary>
public sealed class QueueOrderTests
{
    private static readonly DateTimeOffset Now = Make.Noon;
    private static readonly Work Video = new(JobKind.Video, "m");
    private static readonly TeamId A = new("a");
    private static readonly TeamId B = new("b");

    private readonly QueueOrder _order = new(new QueueOptions(), KindLimits.Default, queries: null!);

    private static QueueKey Queue(TeamId team, int priority = 5) => new(Video.Lane, team, priority);

    private QueueRank Rank(QueueKey queue, TimeSpan waited, DateTimeOffset? now = null) =>
        _order.Begin(now ?? Now).RankOf(queue, (now ?? Now) - waited);

    private TeamRank Rank(TeamId team, bool holdsShare = false, DateTimeOffset? since = null) =>
        _order.Begin(Now).RankOf(team, holdsShare, since ?? Now);

    private void Commit(params JobState[] dispatched) => ((IBatchObserver)_order).Committed(new BatchCommit(Now, [], dispatched,
        [.. dispatched.Select(job => new JobEvent(job.Id, 2, job.Status, Now, job))]));

    [Fact]
    public void H6_between_teams_share_counts_before_age_and_within_one_priority_before_age()
    {
        Commit(Make.Job(team: A, priority: 9) with { Status = JobStatus.Submitting });
        Assert.True(Rank(B).CompareTo(Rank(A, since: Now.AddHours(-9))) < 0);
        Assert.True(Rank(B, since: Now.AddSeconds(-2)).CompareTo(Rank(B, since: Now.AddSeconds(-1))) < 0);
        Assert.True(Rank(Queue(A, 6), TimeSpan.Zero).CompareTo(Rank(Queue(A), TimeSpan.FromMinutes(9))) < 0);
        Assert.True(Rank(Queue(B), TimeSpan.FromSeconds(2)).CompareTo(Rank(Queue(B), TimeSpan.FromSeconds(1))) < 0);
    }

    [Fact]
    public void H6_a_class_that_an_admin_gave_goes_before_shares_and_not_before_a_share_of_the_slots()
    {
        var above = new TeamState(A, "a", 1, Now) { Limits = new TeamLimits(Class: 1) };
        ((IBatchObserver)_order).Committed(new BatchCommit(Now, [], [], []) { Teams = [above] });
        Commit(Make.Job(team: A) with { Status = JobStatus.Submitting });
        Assert.True(Rank(A).CompareTo(Rank(B)) < 0);
        Assert.True(Rank(B).CompareTo(Rank(A, holdsShare: true)) < 0);
        Assert.True(Rank(A, holdsShare: true).CompareTo(Rank(B, holdsShare: true)) < 0);
    }

    [Fact]
    public void Q2_a_queue_that_is_served_does_not_age_and_one_that_is_passed_over_does()
    {
        var hours = TimeSpan.FromHours(3);
        Assert.Equal(-9, Rank(Queue(A), hours).Level);
        Commit(Make.Job(team: A, model: "m") with { Status = JobStatus.Submitting });
        Assert.Equal(-5, Rank(Queue(A), hours).Level);
        Assert.Equal(-7, Rank(Queue(A), hours, Now.AddMinutes(20)).Level);
        Assert.Equal(-9, Rank(Queue(A, 2), hours).Level);
    }

    [Fact]
    public void Q2_what_a_pass_picks_moves_its_own_copy_alone()
    {
        var pass = _order.Begin(Now);
        pass.Pick(Queue(A), Video);
        Assert.True(pass.RankOf(B, holdsShare: false, Now).CompareTo(pass.RankOf(A, holdsShare: false, Now)) < 0);
        Assert.Equal(0, Rank(A).Start);
    }

    [Fact]
    public void Q2_jobs_that_end_or_queue_again_are_not_counted_as_served()
    {
        Commit(
            Make.Job(team: A), Make.Job(team: A) with { Status = JobStatus.Running },
            Make.Job(team: A) with { Status = JobStatus.Succeeded });
        Assert.Equal(0, Rank(A).Start);
    }

    [Fact]
    public void Q3_a_newcomer_waits_behind_its_lane_and_behind_whoever_is_about_to_be_served()
    {
        var backlog = new Backlog(new RoleOptions());
        var other = new Work(JobKind.Chat, "chat");
        Assert.False(AreOthersBefore(Video, isOpen: true));
        backlog.Add([Queue(A)]);
        Assert.True(AreOthersBefore(Video, isOpen: false));
        Assert.False(AreOthersBefore(other, isOpen: false));
        Assert.True(AreOthersBefore(other, isOpen: true));
        Assert.False(backlog.AreOthersBefore(other, isHeldBack: _ => true, areHeldBack: _ => false, _ => true));
        backlog.Remove([Queue(A)]);

        var call = new WaitingCall(new RouteRequest(other), B, Now);
        Assert.True(backlog.Join(call, most: 1, mostOfTeam: 1));
        Assert.False(backlog.Join(call with { Team = A }, most: 1, mostOfTeam: 1));
        Assert.True(AreOthersBefore(other, isOpen: false));
        Assert.True(backlog.AreOthersBefore(other, isHeldBack: _ => true, areHeldBack: _ => false, _ => false));
        Assert.False(backlog.AreOthersBefore(other, isHeldBack: _ => true, areHeldBack: _ => true, _ => true));
        backlog.Leave(call);
        Assert.False(AreOthersBefore(other, isOpen: true));

        bool AreOthersBefore(Work work, bool isOpen) =>
            backlog.AreOthersBefore(work, isHeldBack: _ => false, areHeldBack: _ => false, _ => isOpen);
    }

    [Fact]
    public void Q3_a_node_that_takes_no_jobs_lets_none_stand_in_its_calls_way()
    {
        foreach (var (role, waits) in new[] { ("all", true), ("api", false) })
        {
            var backlog = new Backlog(new RoleOptions { Role = role });
            ((IBatchObserver)backlog).Committed(new BatchCommit(Now, [], [Make.Job()], []));
            Assert.Equal(waits, backlog.Queues().Count == 1);
        }
    }

    [Fact]
    public void Service_times_are_a_moving_mean_of_first_attempts_by_model()
    {
        var times = new ServiceTimes();
        Assert.Null(times.Measured(Video));
        times.Observe(Video, TimeSpan.FromSeconds(100));
        times.Observe(Video, TimeSpan.FromSeconds(200));
        times.Observe(Video, TimeSpan.FromSeconds(-1));
        Assert.Equal(TimeSpan.FromSeconds(120), times.Measured(Video));
        Assert.Equal(TimeSpan.FromSeconds(120), times.Measured(Video with { Pinned = Make.AccountOne }));
        Assert.Null(times.Measured(Video with { Model = "other" }));

        var retried = Make.Job(model: "other") with { Status = JobStatus.Succeeded, Attempt = 2, StartedAt = Now.AddSeconds(-50) };
        ((IBatchObserver)times).Committed(
            new BatchCommit(
                Now, [], [],
                [new JobEvent(retried.Id, 9, retried.Status, Now, retried), new JobEvent(retried.Id, 9, retried.Status, Now, retried with { Attempt = 1 })]));
        Assert.Equal(TimeSpan.FromSeconds(50), times.Measured(retried.Work));
    }
}
