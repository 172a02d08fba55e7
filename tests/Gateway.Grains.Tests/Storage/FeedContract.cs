using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Testing;
using Npgsql;

namespace Gateway.Grains.Tests.Storage;

/// <summary>The order of the feed: of one team or all, and never another one behind a reader.</summary>
public abstract class FeedContract : StoreTest
{
    private static readonly TeamId Blue = new("blue");

    private TestNode _node = null!;

    private protected FeedContract(TestDatabase database)
        : base(database)
    {
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _node = await NodeAsync();
        await Database.RunAsync(
            $"INSERT INTO team (id, name, weight, created_at) VALUES ('blue', 'blue', 1, {(Database.IsPostgres ? "now()" : "0")})");
    }

    private protected async Task<JobState> SubmitAsync(TeamId? team = null)
    {
        var job = Make.Job(team: team);
        await _node.RunAsync(Make.Submit(job));
        return job;
    }

    // Other test classes write to the same server, and what they have not ended holds the feed back.
    private protected async Task<IReadOnlyList<FeedEvent>> ReadAsync(TeamId? team, FeedCursor after, int count, int limit = 100)
    {
        using var patience = new CancellationTokenSource(TestNode.Patience, TimeProvider.System);
        List<FeedEvent> read = [];
        while (read.Count < count)
        {
            var page = await Store.Feed.AfterAsync(team, after, limit, patience.Token);
            read.AddRange(page.Events);
            if (page.Events.Count > 0) after = page.Events[^1].Cursor;
        }

        return read;
    }

    [Fact]
    public async Task P2_places_are_in_the_order_of_their_numbers_however_many_digits_they_have()
    {
        var (one, two) = (await SubmitAsync(), await SubmitAsync());
        await Database.RunAsync(
            $"UPDATE job_event SET feed = '9' WHERE job = {one.Id.Value}; UPDATE job_event SET feed = '10' WHERE job = {two.Id.Value}");
        foreach (var team in new TeamId?[] { TeamId.Default, null })
            Assert.Equal([one.Id, two.Id], (await ReadAsync(team, default, 2)).Select(next => next.Change.Job));
    }

    [Fact]
    public async Task P2_a_team_reads_its_own_events_in_order_and_an_admin_those_of_all()
    {
        var start = await Store.Feed.HeadAsync(None);
        var (one, two, three) = (await SubmitAsync(), await SubmitAsync(Blue), await SubmitAsync());
        await _node.RunAsync(new CancelJobTurn(one.Id));

        Assert.Equal(
            [(one.Id, 1L), (three.Id, 1L), (one.Id, 2L)],
            (await ReadAsync(TeamId.Default, start, 3)).Select(next => (next.Change.Job, next.Change.Seq)));
        Assert.Equal([two.Id], (await ReadAsync(Blue, start, 1)).Select(next => next.Change.Job));
        var all = await ReadAsync(null, start, 4, limit: 1);
        Assert.Equal([one.Id, two.Id, three.Id, one.Id], all.Select(next => next.Change.Job));
        Assert.Equal(JobStatus.Cancelled, all[3].Change.Status);
        Assert.Equal(all.Select(next => next.Cursor).Order(), all.Select(next => next.Cursor));
    }

    [Fact]
    public async Task P2_a_place_is_resumed_after_itself_and_the_head_is_after_all_that_is_committed()
    {
        var start = await Store.Feed.HeadAsync(None);
        await SubmitAsync();
        var second = await SubmitAsync();
        var both = await ReadAsync(TeamId.Default, start, 2);
        Assert.True(FeedCursor.TryParse(both[0].Cursor.ToString(), out var first));
        Assert.Equal(second.Id, Assert.Single(await ReadAsync(TeamId.Default, first, 1)).Change.Job);
        Assert.Empty((await Store.Feed.AfterAsync(TeamId.Default, both[1].Cursor, 10, None)).Events);

        var third = await SubmitAsync();
        Assert.Equal(third.Id, (await ReadAsync(TeamId.Default, both[1].Cursor, 1))[0].Change.Job);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("1-2")]
    [InlineData("1-2-3-4")]
    [InlineData("-1-2-3")]
    [InlineData("1-2-x")]
    [InlineData("99999999999999999999-1-1")]
    public void P2_what_is_no_place_is_refused(string text) => Assert.False(FeedCursor.TryParse(text, out _));
}

public sealed class SqliteFeed() : FeedContract(new SqliteTestDatabase())
{
    [Fact]
    public async Task P2_places_are_not_given_again_when_the_newest_events_are_gone()
    {
        var node = await NodeAsync();
        await node.RunAsync(Make.Submit(Make.Job()));
        var last = await Store.Feed.HeadAsync(None);
        await Database.RunAsync("DELETE FROM job_event");
        Assert.Equal(last, await Store.Feed.HeadAsync(None));
        await node.RunAsync(Make.Submit(Make.Job()));
        Assert.Single((await Store.Feed.AfterAsync(null, last, 10, None)).Events);
    }
}

public sealed class PostgresFeed() : FeedContract(new PostgresTestDatabase())
{
    [Fact]
    public async Task P2_a_late_commit_is_not_skipped()
    {
        var start = await Store.Feed.HeadAsync(None);
        var node = await NodeAsync();
        await using var late = await ((PostgresTestDatabase)Database).ConnectAsync();
        await using var transaction = await late.BeginTransactionAsync();
        // An event as another node's batch would write it, begun before and committed after one of ours.
        var slow = Make.Job() with { Seq = 1 };
        await using var insert = new NpgsqlCommand(
            "INSERT INTO job_event (job, seq, status, at, state, team) VALUES ($1, 1, 'queued', now(), $2, 'default')", late, transaction)
        {
            Parameters = { new() { Value = slow.Id.Value }, new() { Value = StateJson.Write(slow) } },
        };
        await insert.ExecuteNonQueryAsync();

        var quick = Make.Job();
        await node.RunAsync(Make.Submit(quick));
        var page = await Store.Feed.AfterAsync(TeamId.Default, start, 10, None);
        Assert.Empty(page.Events);
        Assert.True(page.IsHeldBack);

        await transaction.CommitAsync();
        using var patience = new CancellationTokenSource(TestNode.Patience, TimeProvider.System);
        while ((page = await Store.Feed.AfterAsync(TeamId.Default, start, 10, patience.Token)).Events.Count < 2) await Task.Yield();
        Assert.Equal([slow.Id, quick.Id], page.Events.Select(next => next.Change.Job));
        Assert.False(page.IsHeldBack);
    }

    [Fact]
    public async Task P2_a_jobs_events_are_in_order_though_the_later_one_is_of_an_older_transaction()
    {
        var node = await NodeAsync();
        var job = await SubmitAsync();
        await using var younger = await ((PostgresTestDatabase)Database).ConnectAsync();
        // takes no transaction id
        await using (var holds = new NpgsqlCommand("BEGIN; LOCK TABLE job IN EXCLUSIVE MODE", younger)) await holds.ExecuteNonQueryAsync();
        var cancel = node.RunAsync(new CancelJobTurn(job.Id)); // has one, and waits for the job
        const string Waiting =
            "SELECT 1::text FROM pg_locks WHERE relation = 'job'::regclass AND NOT granted AND database = (SELECT oid FROM pg_database " +
                "WHERE datname = current_database())";
        while ((await Database.ListAsync(Waiting)).Count == 0) await Task.Yield();

        // Another node's batch, which was quicker.
        var moved = (await JobAsync(job)) with { Seq = 2 };
        await using var write = new NpgsqlCommand("""
            WITH moved AS (UPDATE job SET version = version + 1, state = $2 WHERE id = $1)
            INSERT INTO job_event (job, seq, status, at, state, team) VALUES ($1, 2, 'queued', now(), $2, 'default')
            """, younger)
        {
            Parameters = { new() { Value = job.Id.Value }, new() { Value = StateJson.Write(moved) } },
        };
        await write.ExecuteNonQueryAsync();
        await using (var commit = new NpgsqlCommand("COMMIT", younger)) await commit.ExecuteNonQueryAsync();
        await cancel;

        foreach (var team in new TeamId?[] { TeamId.Default, null })
            Assert.Equal([1L, 2L, 3L], (await ReadAsync(team, default, 3)).Select(next => next.Change.Seq));
    }

    [Fact]
    public async Task P2_who_writes_for_hours_in_another_database_of_the_server_holds_nothing_back()
    {
        var elsewhere = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync("neighbour");
        await using var source = NpgsqlDataSource.Create(elsewhere);
        await using var neighbour = await source.OpenConnectionAsync();
        await using var writes = new NpgsqlCommand("BEGIN; CREATE TABLE thing (n int)", neighbour);
        await writes.ExecuteNonQueryAsync();

        var start = await Store.Feed.HeadAsync(None);
        var job = await SubmitAsync();
        Assert.Equal(job.Id, Assert.Single(await ReadAsync(TeamId.Default, start, 1)).Change.Job);
        Assert.Equal(job.Id, Assert.Single(await ReadAsync(null, start, 1)).Change.Job);

        var head = await Store.Feed.HeadAsync(None);
        Assert.True(head.Feed > start.Feed, "a reader that starts now would be told of the past");
        Assert.Empty((await Store.Feed.AfterAsync(TeamId.Default, head, 10, None)).Events);
    }
}
