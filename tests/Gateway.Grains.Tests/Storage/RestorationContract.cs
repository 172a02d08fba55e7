using Gateway.Engine.Accounts;
using Gateway.Engine.Jobs;
using Gateway.Engine.Security;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Jobs;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Hosting;

namespace Gateway.Grains.Tests.Storage;

/// <summary>S3: what a start makes of a copy.</summary>
public abstract class RestorationContract : StoreTest
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private TestNode _before = null!;

    private protected RestorationContract(TestDatabase database)
        : base(database)
    {
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        // What the test before this one made of the database goes further than its rows.
        if (Database.IsPostgres) await Database.RunAsync("ALTER TABLE job_event ALTER COLUMN feed SET DEFAULT pg_current_xact_id()");
        _before = await NodeAsync();
        await _before.RunAsync(new SaveAccountTurn(Make.Spec(maxJobs: 5), "test"));
    }

    private async Task<JobState> QueueAsync()
    {
        var job = Make.Job() with { CreatedAt = Clock.GetUtcNow() };
        await _before.RunAsync(Make.Submit(job));
        return job;
    }

    private async Task<JobState> DispatchAsync()
    {
        var job = await QueueAsync();
        Assert.NotNull((await _before.RunAsync(Make.Dispatch(job, Make.AccountOne))).Lease);
        return job;
    }

    private async Task<JobState> RunJobAsync()
    {
        var job = await DispatchAsync();
        await _before.RunAsync(new NoteTaskTurn(Make.AccountOne, (await JobAsync(job)).Lease!.Value, job.Id, 1, $"task-{job.Id}"));
        return job;
    }

    /// <summary>A start on what the node before left, as the engine makes it.</summary>
    private async Task<int?> StartAsync(bool isRestored)
    {
        var engine = new GatewayEngine(
            Store, GatewayKeys.From(new byte[GatewayKeys.MasterLength]), await Store.Nodes.RegisterAsync(None), new StoreClock(Clock),
            Database.IsPostgres);
        var restored = await new Restoration(
            engine, new StoreOptions { Restored = isRestored }, new NodeLeaseOptions(), new JobOptions()).RunAsync(None);
        await Store.Nodes.LeaveAsync(engine.Node.Incarnation, None);
        return restored;
    }

    private Task EndBeforeAsync() => Store.Nodes.LeaveAsync(_before.Incarnation, None);

    [Fact]
    public async Task S3_every_job_of_a_backup_that_had_not_ended_becomes_unknown_and_slots_stay_taken()
    {
        var (queued, submitting, running, ended) = (await QueueAsync(), await DispatchAsync(), await RunJobAsync(), await QueueAsync());
        await _before.RunAsync(new CancelJobTurn(ended.Id));
        await EndBeforeAsync();

        Assert.Equal(3, await StartAsync(isRestored: true));

        foreach (var job in new[] { queued, submitting, running })
        {
            var after = await JobAsync(job);
            Assert.Equal((JobStatus.Unknown, "restored"), (after.Status, after.Reason));
            Assert.Equal(JobStatus.Unknown, (await Queries.EventsAsync(job.Id, after.Seq - 1, 10, None))[0].Status);
        }

        Assert.Equal(JobStatus.Cancelled, (await JobAsync(ended)).Status);
        Assert.Equal([null, $"task-{running.Id}"], (await AccountAsync()).Leases.Select(lease => lease.TaskId).Order());
        Assert.Equal(
            "3 became unknown", Assert.Single(await Database.ListAsync("SELECT detail FROM audit WHERE action = 'data.restored'")));
        Assert.Equal(0, await StartAsync(isRestored: true));
        Assert.Null(await StartAsync(isRestored: false));
    }

    [Fact]
    public async Task S3_a_restored_job_is_ended_by_evidence_like_any_other()
    {
        var running = await RunJobAsync();
        await EndBeforeAsync();
        await StartAsync(isRestored: true);

        var node = await NodeAsync();
        await node.RunAsync(new EndAttemptTurn(Make.AccountOne, (await JobAsync(running)).Lease!.Value, running.Id, 1, Make.Success()));
        Assert.Equal(JobStatus.Succeeded, (await JobAsync(running)).Status);
        Assert.Empty((await AccountAsync()).Leases);
    }

    [Fact]
    public async Task S3_J6_a_job_that_was_queued_in_the_backup_is_resubmitted_by_an_operator_or_fails_in_time()
    {
        var (again, never) = (await QueueAsync(), await QueueAsync());
        await EndBeforeAsync();
        await StartAsync(isRestored: true);

        var node = await NodeAsync();
        Assert.True((await node.RunAsync(new ResubmitTurn(again.Id, "operator"))).IsDone);
        Assert.NotNull((await node.RunAsync(Make.Dispatch(again, Make.AccountOne))).Lease);

        Assert.False(await node.RunAsync(new WakeJobTurn(never.Id)));
        Clock.Advance(Day);
        Assert.Equal([never.Id], await Queries.DueAsync(Clock.GetUtcNow(), 10, None));
        Assert.True(await node.RunAsync(new WakeJobTurn(never.Id)));
        Assert.Equal((JobStatus.Failed, "restored"), ((await JobAsync(never)).Status, (await JobAsync(never)).Error!.Code));
    }

    [Fact]
    public async Task S3_a_restore_that_died_half_way_is_not_passed_over_and_is_ended_by_the_next()
    {
        var (first, second) = (await QueueAsync(), await QueueAsync());
        await _before.RunAsync(new RestoreJobTurn(first.Id, Day));
        await Store.Copies.MarkAsync("a copy whose restore was begun and not ended", None);
        await EndBeforeAsync();

        Assert.Contains("--restored", (await Assert.ThrowsAsync<GatewaySetupException>(() => StartAsync(isRestored: false))).Message);
        Assert.Equal(1, await StartAsync(isRestored: true));
        Assert.Equal((2L, 2L), ((await JobAsync(first)).Seq, (await JobAsync(second)).Seq));
        Assert.Null(await StartAsync(isRestored: false));
    }

    [Fact]
    public async Task S3_a_restore_that_is_refused_leaves_the_mark_of_the_one_before()
    {
        await QueueAsync();
        await Store.Copies.MarkAsync("a copy whose restore was begun and not ended", None);
        Assert.Contains(
            "1 other node lives", (await Assert.ThrowsAsync<GatewaySetupException>(() => StartAsync(isRestored: true))).Message);
        Assert.Contains(
            "begun and not ended", (await Assert.ThrowsAsync<GatewaySetupException>(() => StartAsync(isRestored: false))).Message);
    }

    [Fact]
    public async Task S3_data_that_another_node_lives_on_is_not_taken_up()
    {
        var queued = await QueueAsync();
        Assert.Contains(
            "1 other node lives", (await Assert.ThrowsAsync<GatewaySetupException>(() => StartAsync(isRestored: true))).Message);
        Assert.Equal(JobStatus.Queued, (await JobAsync(queued)).Status);
        Assert.Null(await StartAsync(isRestored: false));
        Assert.Equal([_before.Incarnation], (await Store.Nodes.LiveAsync(None)).Select(node => node.Incarnation));
    }

    [Fact]
    public async Task S3_P3_who_read_the_feed_before_is_told_that_something_is_missing_and_misses_nothing_of_what_comes()
    {
        var start = await Store.Feed.HeadAsync(None);
        var job = await QueueAsync();
        await EndBeforeAsync();
        var lost = start with { Feed = start.Feed + 100_000 }; // given out by the life that the backup does not know
        await StartAsync(isRestored: true);

        Assert.True(lost.CompareTo(await Store.Feed.PrunedAsync(None)) < 0);
        Assert.True(lost.CompareTo(await Store.Feed.HeadAsync(None)) < 0);
        var next = Assert.Single(await ReadAsync(lost, 1));
        Assert.Equal((job.Id, JobStatus.Unknown), (next.Change.Job, next.Change.Status));
        Assert.True(next.Cursor.CompareTo(await Store.Feed.PrunedAsync(None)) > 0);
    }

    private protected async Task<IReadOnlyList<FeedEvent>> ReadAsync(FeedCursor after, int count)
    {
        using var patience = new CancellationTokenSource(TestNode.Patience, TimeProvider.System);
        while (true)
        {
            var page = await Store.Feed.AfterAsync(TeamId.Default, after, 100, patience.Token);
            if (page.Events.Count >= count) return page.Events;
            await Task.Yield();
        }
    }
}

public sealed class SqliteRestoration() : RestorationContract(new SqliteTestDatabase());

public sealed class PostgresRestoration() : RestorationContract(new PostgresTestDatabase())
{
    [Fact]
    public async Task S3_P2_after_a_logical_restore_on_a_younger_server_the_feed_goes_on()
    {
        var node = await NodeAsync();
        var job = Make.Job();
        await node.RunAsync(Make.Submit(job));
        await Database.RunAsync("UPDATE job_event SET feed = '900000000000000'"); // as the old server's transactions had it
        await Store.Copies.LeapAsync(None);

        await node.RunAsync(new CancelJobTurn(job.Id));
        Assert.Equal([JobStatus.Queued, JobStatus.Cancelled], (await ReadAsync(default, 2)).Select(next => next.Change.Status));
    }
}
