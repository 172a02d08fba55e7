using Gateway.Engine.Notices;
using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Queueing;
using Gateway.Model.Teams;

namespace Gateway.Grains.Tests.Notices;

/// <summary>What commits mean to other nodes, put together and bounded.</summary>
public sealed class PendingNoticesTests
{
    private readonly PendingNotices _pending = new();

    private static BatchCommit Commit(AccountState? before = null, AccountState? after = null, JobState? job = null, bool moved = true) =>
        new(
            Make.Noon, after is null ? [] : [after], job is null ? [] : [job],
            job is null || !moved ? [] : [new JobEvent(job.Id, 1, job.Status, Make.Noon, job)])
        {
            Before = before is null ? [] : [before],
        };

    private static AccountState Taken(AccountState account) =>
        account.Acquire(Make.Call(), KindLimits.Default[JobKind.Chat], Make.Noon).Next;

    [Fact]
    public void Each_name_is_told_once_and_taken_once()
    {
        var job = Make.Job();
        for (var i = 0; i < 3; i++) Assert.True(_pending.Add(Commit(job: job)));
        Assert.True(_pending.Add(Commit(job: Make.Job(team: new TeamId("blue")) with { Status = JobStatus.Running })));

        var notice = _pending.Take()!;
        Assert.Equal([1, 1], notice.Moved.Select(team => team.Jobs.Length));
        Assert.Equal([QueueKey.Of(job)], notice.Queues);
        Assert.Null(_pending.Take());
    }

    [Fact]
    public void A_job_that_is_not_ready_names_no_queue()
    {
        _pending.Add(Commit(job: Make.Job() with { NotBefore = Make.Noon.AddHours(1) }));
        Assert.Empty(_pending.Take()!.Queues);
    }

    [Fact]
    public void P4_growth_of_streams_may_wait_alone_and_makes_way_where_there_is_much_to_tell()
    {
        var (grown, moved) = (Make.Job(), Make.Job());
        Assert.False(_pending.IsGrowthAlone);
        _pending.AddGrown(grown.Id);
        _pending.AddGrown(grown.Id);
        Assert.True(_pending.IsGrowthAlone);
        _pending.Add(Commit(job: moved));
        Assert.False(_pending.IsGrowthAlone);
        Assert.Equal([grown.Id], _pending.Take()!.Grown);

        // Its readers look by themselves; a thousand streams must not make every node read everything.
        for (var i = 0; i < PendingNotices.MostNames + 10; i++) _pending.AddGrown(Make.Job().Id);
        _pending.Add(Commit(job: moved));
        var notice = _pending.Take()!;
        Assert.False(notice.All);
        Assert.Equal([moved.Id], notice.Moved.Single().Jobs);
    }

    [Fact]
    public void A_mere_acquire_is_no_news()
    {
        var account = Make.Account();
        Assert.False(_pending.Add(Commit(account, Taken(account) with { Version = 1 })));
        Assert.Null(_pending.Take());
    }

    [Fact]
    public void Q5_what_frees_a_slot_or_changes_an_account_is_told()
    {
        var account = Taken(Make.Account());
        var released = account.Release(account.Leases[0].Id, new Settlement.NotSent(), Make.Noon).Next with { Version = 1 };
        _pending.Add(Commit(account, released));
        Assert.Equal([account.Id], _pending.Take()!.Freed);
        _pending.Add(Commit(account, Taken(released))); // another lease in the same batch: what the first one held is free all the same
        Assert.Equal([account.Id], _pending.Take()!.Freed);

        foreach (var changed in new[] { account with { MaxJobs = 3 }, account.Drain(), account with { Health = account.Health.Cool(Make.Noon.AddMinutes(1), "test") } })
        {
            _pending.Add(Commit(account, released));
            _pending.Add(Commit(account, changed));
            var notice = _pending.Take()!;
            Assert.Equal([account.Id], notice.Changed);
            Assert.Empty(notice.Freed);
        }

        _pending.Add(Commit(before: null, after: account));
        Assert.Equal([account.Id], _pending.Take()!.Changed);
    }

    [Fact]
    public void Pauses_and_weights_are_told()
    {
        _pending.Add(new BatchCommit(Make.Noon, [], [], []) { Pauses = [new PauseChange("*", null)] });
        _pending.Add(new BatchCommit(Make.Noon, [], [], []) { Teams = [new TeamState(TeamId.Default, "default", 2, Make.Noon)] });
        Assert.True(_pending.Take() is { Pauses: true, Teams: true, All: false });
    }

    [Fact]
    public void Too_many_names_become_one_hint_to_read_everything()
    {
        for (var i = 0; i < PendingNotices.MostNames; i++) _pending.Add(Commit(job: Make.Job() with { Status = JobStatus.Running }));
        Assert.False(_pending.Take()!.All);

        for (var i = 0; i <= PendingNotices.MostNames; i++) _pending.Add(Commit(job: Make.Job() with { Status = JobStatus.Running }));
        _pending.Add(Commit(job: Make.Job()));
        Assert.Equal(ChangeNotice.Everything, _pending.Take());
        Assert.Null(_pending.Take());
    }

    [Fact]
    public void A_hint_of_a_newer_version_stands_for_everything()
    {
        var notice = new ChangeNotice
        {
            Queues = [new QueueKey("video|*|m", TeamId.Default, 5)],
            Pauses = true,
            Moved = [new MovedJobs(TeamId.Default, [Make.JobId()])],
        };
        var read = ChangeNotice.Read(notice.Write());
        Assert.True(read.Pauses);
        Assert.Equal(notice.Queues, read.Queues);
        Assert.Equal(notice.Moved[0].Jobs, read.Moved[0].Jobs);
        foreach (var strange in new[] { "", "{", "null", "7", "{\"rivers\":[1]}" }) Assert.True(ChangeNotice.Read(strange).All, strange);
    }
}
