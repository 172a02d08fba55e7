using Gateway.Engine.Accounts;
using Gateway.Engine.Jobs;
using Gateway.Engine.Notifiers;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Storage;

/// <summary>What a node looks at for all its waiters together.</summary>
public abstract class LookContract : StoreTest
{
    private protected LookContract(TestDatabase database)
        : base(database)
    {
    }

    [Fact]
    public async Task The_versions_and_heads_of_many_are_read_at_once()
    {
        var node = await NodeAsync();
        JobState[] jobs = [Make.Job(), Make.Job()];
        foreach (var job in jobs) await node.RunAsync(Make.Submit(job));
        var before = await Store.Feed.HeadsAsync(None);
        await node.RunAsync(new CancelJobTurn(jobs[1].Id));

        var versions = await Queries.VersionsAsync([jobs[0].Id, jobs[1].Id, new JobId(1)], None);
        Assert.Equal(new[] { (jobs[0].Id, 1L), (jobs[1].Id, 2L) }, versions.Order());
        var after = Assert.Single(await Store.Feed.HeadsAsync(None));
        Assert.True(after.Team == TeamId.Default && after.Feed > Assert.Single(before).Feed);
    }

    [Fact]
    public async Task Accounts_are_read_by_their_ids()
    {
        var node = await NodeAsync();
        foreach (var id in new[] { "1", "2", "3" }) await node.RunAsync(new SaveAccountTurn(Make.Spec(id), "test"));
        Assert.Equal(
            ["1", "3"],
            (await Queries.AccountsAsync([new AccountId("3"), new AccountId("1"), new AccountId("9")], None)).Select(account => account.Id.Value).Order());
    }

    [Fact]
    public async Task H18_jobs_are_read_by_their_ids()
    {
        var node = await NodeAsync();
        JobState[] jobs = [Make.Job(), Make.Job(), Make.Job()];
        foreach (var job in jobs) await node.RunAsync(Make.Submit(job));
        Assert.Equal(
            new[] { jobs[0].Id, jobs[2].Id }.Order(),
            (await Queries.JobsAsync([jobs[2].Id, new JobId(1), jobs[0].Id], None)).Select(job => job.Id).Order());
        Assert.Empty(await Queries.JobsAsync([], None));
    }

    [Fact]
    public async Task H18_events_of_many_jobs_are_read_at_once_each_after_its_own_seq()
    {
        var node = await NodeAsync();
        JobState[] jobs = [.. new[] { Make.Job(), Make.Job(), Make.Job() }.OrderBy(job => job.Id)];
        foreach (var job in jobs) await node.RunAsync(Make.Submit(job));
        foreach (var job in jobs[..2]) await node.RunAsync(new CancelJobTurn(job.Id));
        var after = new Dictionary<JobId, long> { [jobs[2].Id] = 1, [jobs[1].Id] = 1, [jobs[0].Id] = 0, [new JobId(1)] = 0 };
        var events = await Queries.EventsAsync(after, limit: 9, None);
        Assert.Equal([(jobs[0].Id, 1), (jobs[0].Id, 2), (jobs[1].Id, 2)], events.Select(change => (change.Job, change.Seq)));
        Assert.Equal([JobStatus.Queued, JobStatus.Cancelled, JobStatus.Cancelled], events.Select(change => change.State.Status));
        Assert.Equal(2, (await Queries.EventsAsync(after, limit: 2, None)).Count);
    }

    [Fact]
    public async Task P1_a_look_wakes_those_whose_job_moved_and_nobody_else()
    {
        var node = await NodeAsync();
        JobState[] jobs = [Make.Job(), Make.Job()];
        foreach (var job in jobs) await node.RunAsync(Make.Submit(job));
        var signals = new JobNotifier();
        using var moved = signals.Subscribe(jobs[0].Id);
        using var still = signals.Subscribe(jobs[1].Id);
        using var feed = signals.Subscribe(TeamId.Default);
        using var all = signals.Subscribe(team: null);
        await LookAsync(); // the first one wakes all: nobody knows what they have read

        Task[] waits = [moved.NextMove(), still.NextMove(), feed.NextMove(), all.NextMove()];
        await LookAsync();
        Assert.All(waits, wait => Assert.False(wait.IsCompleted));

        await node.RunAsync(new CancelJobTurn(jobs[0].Id));
        await LookAsync();
        Assert.Equal([true, false, true, true], waits.Select(wait => wait.IsCompleted));

        Task LookAsync() => signals.LookAsync(Queries, Store.Feed, None);
    }
}

public sealed class SqliteLooks() : LookContract(new SqliteTestDatabase());

public sealed class PostgresLooks() : LookContract(new PostgresTestDatabase());
