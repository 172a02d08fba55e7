using Gateway.Engine.Accounts;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Hosting;
using Gateway.Storage.Postgres;
using Gateway.Storage.Sqlite;
using Gateway.Testing;

namespace Gateway.Grains.Tests.Storage;

/// <summary>S5: from SQLite to PostgreSQL, row by row the same.</summary>
public sealed class MoveTests() : StoreTest(new SqliteTestDatabase())
{
    private static readonly byte[] LargeBody = [.. Enumerable.Range(0, BodyWrite.LargestInTurn + 1).Select(n => (byte)n)];

    // What no turn below writes: one row each, with every kind of value.
    private const string OtherRows = """
        INSERT INTO api_token (id, hash, team, scopes, created_at, expires_at) VALUES ('t1', 'h', 'default', '["all"]', 1768478400123, NULL);
        INSERT INTO webhook_secret (team, current, previous, previous_until) VALUES ('default', 'sealed', 'before', 1768478400123);
        INSERT INTO webhook_disabled (team, url, at) VALUES ('default', 'https://example.com/ü', 1768478400123);
        INSERT INTO webhook_delivery (job, seq, team, type, url, outcome, tries, answer, why, first_at, tried_at, next_at) VALUES (1, 1, 'default', 'job.queued', 'u', 'waiting', 2, 500, 'no', 1, 2, 3);
        INSERT INTO outbox (job, kind, seq, host, url, due_at, first_at, tries) VALUES (1, 'webhook', 1, 'h', 'u', 1, 2, 3);
        INSERT INTO asset (id, team, kind, account, upstream_id, copy_of, state) VALUES (7, 'default', 'file', '1', 'f', 6, '{}');
        INSERT INTO idempotency (team, key, fingerprint, job, expires_at, answer) VALUES ('default', 'k', 'f', 1, 1768478400123, NULL);
        INSERT INTO queue_pause (target, actor, at) VALUES ('*', 'operator', 1768478400123);
        INSERT INTO account_token (hash, account) VALUES ('the hash', '1');
        INSERT INTO parked_obligation (id, at, kind, detail, error) VALUES (41, 1, 'k', 'd', 'e');
        INSERT INTO result_due (job, due_at, first_at, tries) VALUES (1, 1768478400123, 2, 3);
        INSERT INTO result_copy (job, n, bytes, content_type, copied_at) VALUES (1, 0, 7, 'video/mp4', 1768478400123);
        INSERT INTO team_hold (lease, team, day, reserved, charged) VALUES ('l', 'blue', '2026-01-15', 30, 7);
        INSERT INTO setting (key, value) VALUES ('key_check', 'the check');
        INSERT INTO team (id, name, weight, created_at, limits, used_day, used) VALUES ('blue', 'Blue', 3, 1768478400123, '{"maxRunning":2}', '2026-01-15', 9);
        """;

    private string Folder => ((SqliteTestDatabase)Database).Folder;

    private string _target = "";
    private JobState _running = null!;
    private JobState _queued = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var node = await NodeAsync();
        await node.RunAsync(new SaveAccountTurn(Make.Spec(maxJobs: 3), "test"));
        _queued = Make.Job() with { CreatedAt = Make.Noon };
        await node.RunAsync(Make.Submit(_queued));
        var ended = Make.Job();
        await node.RunAsync(Make.Submit(ended));
        await node.RunAsync(Make.Dispatch(ended, Make.AccountOne));
        await node.RunAsync(new EndAttemptTurn(Make.AccountOne, (await JobAsync(ended)).Lease!.Value, ended.Id, 1, Make.Success()));

        var id = Make.JobId();
        _running = Make.Job(id) with { Request = new BodyRef(LargeBody.Length, await Store.Bodies.WriteAsync(id, LargeBody, None)) };
        await node.RunAsync(new SubmitJobTurn(_running, null, null, null, mayQueue: true, KindLimits.Default));
        await node.RunAsync(Make.Dispatch(_running, Make.AccountOne));
        await node.RunAsync(new NoteTaskTurn(Make.AccountOne, (await JobAsync(_running)).Lease!.Value, id, 1, "task"));
        await Database.RunAsync(OtherRows);
        Assert.True(await Store.Streams.AppendAsync(id, 1, 0, "data: {}"u8.ToArray(), None));
        _target = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync("move");
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_target.Length > 0) await PostgresServer.DropDatabaseAsync(_target);
    }

    private async Task<IReadOnlyList<MovedTable>> MoveAsync()
    {
        // The store of the test has the lock; the command takes it itself.
        using var from = SqliteDatabase.OpenBeside(Folder);
        await using var to = PostgresDatabase.Open(_target);
        return await new DatabaseMove(from, to).RunAsync(None);
    }

    private PostgresGatewayStore OpenTarget() => new(PostgresDatabase.Open(_target), new StoreClock());

    [Fact]
    public async Task S5_every_row_arrives_with_its_id_and_what_runs_keeps_its_slot()
    {
        var tables = await MoveAsync();
        Assert.All(tables, table => Assert.True(table.Rows > 0, table.Name));

        await using var moved = OpenTarget();
        await moved.MigrateAsync(None);
        foreach (var job in new[] { _queued, _running })
        {
            var (before, after) = (await JobAsync(job), (await moved.Queries.JobAsync(job.Id, None))!);
            Assert.Equal((StateJson.Write(before), before.Version), (StateJson.Write(after), after.Version));
            Assert.Equal(await EventsAsync(Store, job), await EventsAsync(moved, job));
        }

        Assert.Equal(StateJson.Write(await AccountAsync()), StateJson.Write((await moved.Queries.AccountAsync(Make.AccountOne, None))!));
        Assert.Equal(LargeBody, await moved.Bodies.ReadAsync(_running.Id, BodyPart.Request, _running.Request, None));
        Assert.Equal(await Store.Queries.ChargesAsync(Make.AccountOne, None), await moved.Queries.ChargesAsync(Make.AccountOne, None));
        Assert.Equal(
            (await Queries.TeamsAsync(None)).OrderBy(team => team.Id.Value),
            (await moved.Queries.TeamsAsync(None)).OrderBy(team => team.Id.Value));
        Assert.Equal("the check", await moved.Queries.SettingAsync("key_check", None));
        Assert.Empty(await moved.Nodes.LiveAsync(None));
        Assert.Equal(await Queries.NextWakeAsync(None), await moved.Queries.NextWakeAsync(None));
    }

    [Fact]
    public async Task S5_P2_readers_of_the_feed_go_on_where_they_were()
    {
        var all = (await Store.Feed.AfterAsync(TeamId.Default, default, 100, None)).Events;
        var place = all[2].Cursor;
        await MoveAsync();

        await using var moved = OpenTarget();
        var node = await moved.Nodes.RegisterAsync(None);
        await using var turns = moved.OpenTurnStore(node);
        var runner = new BatchRunner(
            turns,
            node,
            new BatchOptions(),
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<BatchRunner>.Instance,
            LockPlan.WaitForAll);
        var cancelled = runner.RunAsync(new CancelJobTurn(_queued.Id), None);
        await runner.RunBatchAsync(None);
        await cancelled;
        var audited = runner.RunAsync(new AuditTurn("test", "numbered", "on", null), None); // above the moved rows' ids
        await runner.RunBatchAsync(None);
        Assert.True(await audited);

        using var patience = new CancellationTokenSource(TestNode.Patience, TimeProvider.System);
        IReadOnlyList<FeedEvent> rest = [];
        while (rest.Count < all.Count - 3 + 1) rest = (await moved.Feed.AfterAsync(TeamId.Default, place, 100, patience.Token)).Events;
        Assert.Equal(all.Skip(3).Select(next => next.Cursor), rest.SkipLast(1).Select(next => next.Cursor));
        Assert.Equal((_queued.Id, JobStatus.Cancelled), (rest[^1].Change.Job, rest[^1].Change.Status));
        Assert.True(rest[^1].Cursor.CompareTo(all[^1].Cursor) > 0);
    }

    [Fact]
    public async Task S5_a_target_with_data_is_refused_and_stays_as_it_is()
    {
        await using (var used = OpenTarget())
        {
            await used.MigrateAsync(None);
            await used.Queries.SettleAsync("key_check", "another gateway's", None);
        }

        Assert.Contains("'setting' has rows", (await Assert.ThrowsAsync<GatewaySetupException>(MoveAsync)).Message);
        await using var target = OpenTarget();
        Assert.Equal("another gateway's", await target.Queries.SettingAsync("key_check", None));
        Assert.Null(await Store.Copies.FindMarkAsync(None));
    }

    [Fact]
    public async Task S5_moved_data_has_no_second_life_and_a_move_that_died_may_run_again()
    {
        await Store.Copies.MarkAsync("data whose move to PostgreSQL was begun and not ended", None);
        await MoveAsync();
        Assert.Equal("data that was moved to PostgreSQL", await Store.Copies.FindMarkAsync(None));
        await using (var target = OpenTarget()) Assert.Null(await target.Copies.FindMarkAsync(None));
        Assert.Contains("that was moved", (await Assert.ThrowsAsync<GatewaySetupException>(MoveAsync)).Message);
    }

    private static async Task<IEnumerable<string>> EventsAsync(IGatewayStore store, JobState job) =>
        (await store.Queries.EventsAsync(job.Id, 0, 100, None)).Select(
            change => $"{change.Seq} {change.Status} {change.At:O} {StateJson.Write(change.State)}");
}
