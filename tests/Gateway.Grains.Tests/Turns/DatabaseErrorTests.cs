using Gateway.Engine.Accounts;
using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Storage.Postgres;
using Npgsql;

namespace Gateway.Grains.Tests.Turns;

/// <summary>
/// S4: errors as a real PostgreSQL raises them, in the middle of a batch: what is owed stays owed, whoever asks is told to come again.
/// </summary>
public sealed class DatabaseErrorTests() : StoreTest(new PostgresTestDatabase())
{
    private TestNode _node = null!;
    private FaultyTurnStore _faults = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (_node, _faults) = await FaultyNodeAsync();
        await _node.RunAsync(new SaveAccountTurn(Make.Spec(maxJobs: 10), "test"));
    }

    public override async ValueTask DisposeAsync()
    {
        await HealAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task S4_Passing_errors_refuse_admissions_keep_obligations_and_park_nothing()
    {
        foreach (var code in new[] { "53100", "53200", "25006", "58030", "42501", "40001", "40P01", "55P03", "57014" })
        {
            var lease = (await _node.RunAsync(Make.Acquire(Make.AccountOne))).Lease!;
            await BreakAsync(code);
            var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => _node.RunAsync(Make.Acquire(Make.AccountOne)));
            Assert.DoesNotContain("made by the test", refused.Message, StringComparison.Ordinal);
            var release = _node.Runner.RunAsync(new ReleaseTurn(Make.AccountOne, lease.Id, new Settlement.Done()), None);
            for (var i = 0; i < 6; i++) await _node.BatchAsync(); // one more than what parks a refused one
            Assert.Equal((code, false, 1), (code, release.IsCompleted, _node.Runner.Waiting));

            await HealAsync();
            await _node.SettleAsync();
            Assert.True(await release, code);
            Assert.Empty((await AccountAsync()).Leases);
        }

        Assert.Equal(0, await Database.CountAsync("SELECT count(*) FROM parked_obligation"));
        Assert.True(_node.Runner.IsStoreReachable);
    }

    [Fact]
    public async Task S4_A_cancelled_statement_harms_no_neighbour_and_what_is_owed_is_tried_again()
    {
        var lease = (await _node.RunAsync(Make.Acquire(Make.AccountOne))).Lease!;
        await using var blocker = await ((PostgresTestDatabase)Database).ConnectAsync();
        await using (
            var hold = new NpgsqlCommand(
                "BEGIN; SELECT 1 FROM account WHERE id = '1' FOR UPDATE", blocker)) await hold.ExecuteNonQueryAsync();
        var owed = _node.Runner.RunAsync(new ReleaseTurn(Make.AccountOne, lease.Id, new Settlement.Done()), None);
        var asked = _node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None);
        var batch = _node.BatchAsync();
        await CancelAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => asked.WaitAsync(TestNode.Patience));
        await using (var free = new NpgsqlCommand("ROLLBACK", blocker)) await free.ExecuteNonQueryAsync();

        await batch;
        await _node.SettleAsync();
        Assert.True(await owed);
        Assert.Equal(0, _faults.Reopened);
    }

    [Fact]
    public async Task S4_A_server_too_slow_for_a_batch_is_not_asked_for_each_half_of_its_admissions()
    {
        var lease = (await _node.RunAsync(Make.Acquire(Make.AccountOne))).Lease!;
        var owed = _node.Runner.RunAsync(new ReleaseTurn(Make.AccountOne, lease.Id, new Settlement.Done()), None);
        var asked = Enumerable.Range(0, 8).Select(_ => _node.Runner.RunAsync(Make.Submit(Make.Job()), None)).ToList();
        var begun = _faults.Begun;
        _faults.BeforeCommit = FaultyTurnStore.Once(FaultyTurnStore.Throw(StoreFailure.Slow));
        await _node.BatchAsync();
        Assert.Equal(begun + 1, _faults.Begun);
        foreach (var one in asked) await Assert.ThrowsAsync<StoreUnavailableException>(() => one);

        await _node.SettleAsync();
        Assert.True(await owed);
    }

    [Fact]
    public async Task S4_A_pool_too_small_for_its_readers_names_the_setting_to_whoever_runs_it()
    {
        await using var tiny = PostgresDatabase.Open($"{((PostgresTestDatabase)Database).ConnectionString};Maximum Pool Size=1;Timeout=1");
        var queries = new PostgresQueryStore(tiny.Reads);
        await using (await tiny.Reads.OpenConnectionAsync())
        {
            var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => queries.SettingAsync("any", None));
            Assert.Equal("All connections of the gateway to its database are in use.", refused.Message);
            Assert.Contains("'Max Pool Size' (currently 1)", refused.Detail, StringComparison.Ordinal);
        }

        Assert.Null(await queries.SettingAsync("any", None));
    }

    private Task BreakAsync(string code) => Database.RunAsync($"""
        CREATE OR REPLACE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'made by the test' USING ERRCODE = '{code}'; END $$;
        CREATE TRIGGER break BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION break()
        """);

    private Task HealAsync() => Database.RunAsync("DROP TRIGGER IF EXISTS break ON account");

    private async Task CancelAsync()
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (
            (await Database.ListAsync("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND " +
                "application_name = 'gateway turns' AND wait_event_type = 'Lock'")).Count == 0)
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < TestNode.Patience, "nobody came to wait");
    }
}
