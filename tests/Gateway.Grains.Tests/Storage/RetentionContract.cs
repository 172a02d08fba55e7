using Gateway.Engine.Jobs;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Npgsql;

namespace Gateway.Grains.Tests.Storage;

/// <summary>What a step of the pruning removes, and what it leaves alone.</summary>
public abstract class RetentionContract : StoreTest
{
    private protected RetentionContract(TestDatabase database)
        : base(database)
    {
    }

    private protected TestNode Node { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Node = await NodeAsync();
    }

    /// <summary>Jobs that have ended by now.</summary>
    private protected async Task<IReadOnlyList<JobState>> EndedAsync(int count)
    {
        List<JobState> jobs = [];
        for (var i = 0; i < count; i++)
        {
            var job = Make.Job() with { Reply = new Reply("https://a.example/hook") };
            await Node.RunAsync(Make.Submit(job));
            await Node.RunAsync(new CancelJobTurn(job.Id));
            jobs.Add(job);
        }

        return jobs;
    }

    private protected async Task<IReadOnlyList<JobId>> PruneAsync(int limit = 10) =>
        [.. (await Store.Retention.PruneJobsAsync(Clock.Now, limit, None)).Select(job => job.Id)];

    [Fact]
    public async Task A_step_removes_so_many_of_the_oldest_with_all_that_is_theirs_and_only_what_has_ended_before()
    {
        var old = await EndedAsync(3);
        var queued = Make.Job();
        await Node.RunAsync(Make.Submit(queued));
        Clock.Advance(TimeSpan.FromHours(1));
        var young = await EndedAsync(1);

        Assert.Equal([old[0].Id, old[1].Id], (await PruneAsync(limit: 2)).Order());
        Assert.Equal([old[2].Id], await PruneAsync());
        Assert.Empty(await PruneAsync());
        Assert.Equal(2, await Database.CountAsync("SELECT count(*) FROM job"));
        Assert.Equal(3, await Database.CountAsync("SELECT count(*) FROM job_event")); // queued; queued and cancelled
        Assert.Equal($"{young[0].Id.Value}", Assert.Single(await Database.ListAsync("SELECT job FROM outbox")));
    }

    [Fact]
    public async Task P3_the_feed_remembers_up_to_where_it_was_pruned()
    {
        Assert.Equal(default, await Store.Feed.PrunedAsync(None));
        await EndedAsync(2);
        var head = await Store.Feed.HeadAsync(None);
        Clock.Advance(TimeSpan.FromHours(1));
        await PruneAsync();
        var pruned = await Store.Feed.PrunedAsync(None);
        Assert.InRange(pruned.Feed, 1, head.Feed);
        await EndedAsync(1);
        Clock.Advance(TimeSpan.FromHours(1));
        await PruneAsync();
        Assert.True((await Store.Feed.PrunedAsync(None)).Feed > pruned.Feed);
    }

    [Fact]
    public async Task P5_keys_go_when_they_have_expired()
    {
        await Node.RunAsync(Make.Submit(Make.Job(Make.JobId()), Make.Record("k", Make.JobId())));
        Assert.Equal(0, await Store.Retention.PruneKeysAsync(Clock.Now + IdempotencyKey.Kept, 10, None));
        Assert.Equal(1, await Store.Retention.PruneKeysAsync(Clock.Now + IdempotencyKey.Kept + TimeSpan.FromSeconds(1), 10, None));
    }
}

public sealed class SqliteRetention() : RetentionContract(new SqliteTestDatabase());

public sealed class PostgresRetention() : RetentionContract(new PostgresTestDatabase())
{
    [Fact]
    public async Task A_step_waits_for_nobody_who_has_a_row()
    {
        var jobs = await EndedAsync(3);
        Clock.Advance(TimeSpan.FromHours(1));
        await using var other = await ((PostgresTestDatabase)Database).ConnectAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using var take = new NpgsqlCommand($"SELECT 1 FROM job WHERE id = {jobs[0].Id.Value} FOR UPDATE", other, transaction);
        await take.ExecuteScalarAsync();

        Assert.Equal([jobs[1].Id, jobs[2].Id], (await PruneAsync()).Order());
        await transaction.RollbackAsync();
        Assert.Equal([jobs[0].Id], await PruneAsync());
    }
}
