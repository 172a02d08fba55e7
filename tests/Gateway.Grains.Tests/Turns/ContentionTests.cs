using System.Globalization;
using Gateway.Engine.Accounts;
using Gateway.Engine.Jobs;
using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Npgsql;

namespace Gateway.Grains.Tests.Turns;

/// <summary>T4 with several nodes: a row that somebody else holds stalls nobody but who needs it.</summary>
public sealed class ContentionTests() : StoreTest(new PostgresTestDatabase())
{
    private const string Neighbour = "a neighbour";

    private NodeIdentity _identity = null!;
    private Homes _homes = null!;
    private TestNode _waiting = null!;
    private TestNode _node = null!;
    private AccountId _home;
    private AccountId _away;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (_node, _waiting, _homes, _identity) = await NodePairAsync();
        _homes.Set([_identity.Incarnation, Neighbour]);
        var ids = Enumerable.Range(1, 100).Select(number => new AccountId($"{number}")).ToList();
        (_home, _away) = (ids.First(_homes.Has), ids.First(id => !_homes.Has(id)));
        foreach (var id in new[] { _home, _away }) await _node.RunAsync(new SaveAccountTurn(Make.Spec(id.Value, maxJobs: 3), "test"));
    }

    public override async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _waiting.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task T4_A_foreign_account_in_other_hands_refuses_an_acquire_by_name_and_its_neighbours_commit()
    {
        await using var held = await HoldAsync($"SELECT 1 FROM account WHERE id = '{_away}' FOR UPDATE");

        var away = _node.Runner.RunAsync(Make.Acquire(_away), None);
        var home = _node.Runner.RunAsync(Make.Acquire(_home), None);
        await _node.BatchAsync();

        Assert.Equal(RefusalReason.Contended, (await away).Refusal!.Reason);
        Assert.NotNull((await home).Lease);
        Assert.Equal(0, _node.Runner.Waiting);
    }

    [Fact]
    public async Task T4_What_must_wait_for_a_foreign_row_waits_on_the_other_connection_while_batches_go_on()
    {
        var lease = (await _node.RunAsync(Make.Acquire(_away))).Lease!;
        var held = await HoldAsync($"SELECT 1 FROM account WHERE id = '{_away}' FOR UPDATE");
        _node.Start();

        var release = _node.Runner.RunAsync(new ReleaseTurn(_away, lease.Id, new Settlement.Done()), None);
        var patient = _node.Runner.RunAsync(Make.Acquire(_away, Make.Call() with { IsPatient = true }), None);
        for (var i = 0; i < 20; i++)
            Assert.NotNull(
                await _node.Runner.RunAsync(TestTurns.Rename(TurnClass.Admission, $"{i}", _home), None).WaitAsync(TestNode.Patience));
        Assert.False(release.IsCompleted || patient.IsCompleted);

        await held.DisposeAsync();
        Assert.True(await release.WaitAsync(TestNode.Patience));
        Assert.NotNull((await patient.WaitAsync(TestNode.Patience)).Lease);
    }

    [Fact]
    public async Task T4_One_row_that_is_held_delays_no_other_turn_of_the_waiting_connection_for_good()
    {
        var third = new AccountId("201");
        await _node.RunAsync(new SaveAccountTurn(Make.Spec(third.Value), "test"));
        _homes.Set([Neighbour]); // nothing is home here
        await using var held = await HoldAsync($"SELECT 1 FROM account WHERE id = '{_away}' FOR UPDATE");
        var free = await HoldAsync($"SELECT 1 FROM account WHERE id = '{third}' FOR UPDATE");

        var stuck = _node.Runner.RunAsync(TestTurns.Rename(TurnClass.Obligation, "stuck", _away), None);
        var moves = _node.Runner.RunAsync(TestTurns.Rename(TurnClass.Obligation, "moves", third), None);
        await _node.BatchAsync();
        await free.DisposeAsync();
        await _waiting.BatchAsync(); // waits for the first one's row, in vain, and puts it last
        await _waiting.BatchAsync();

        Assert.Equal("moves", await moves.WaitAsync(TestNode.Patience));
        Assert.False(stuck.IsCompleted);
    }

    [Fact]
    public async Task Q1_Of_two_nodes_that_want_a_job_the_second_leaves_it_alone_and_does_not_wait()
    {
        var job = Make.Job();
        await _node.RunAsync(Make.Submit(job));
        await using var held = await HoldAsync($"SELECT 1 FROM job WHERE id = {job.Id.Value} FOR UPDATE");

        var dispatch = _node.Runner.RunAsync(Make.Dispatch(job, _home), None);
        var wake = _node.Runner.RunAsync(new WakeJobTurn(job.Id), None);
        await _node.BatchAsync();

        Assert.Equal(new DispatchResult(null, null, null), await dispatch);
        Assert.False(await wake);
        Assert.Empty((await AccountAsync(_home)).Leases);
    }

    [Fact]
    public async Task T4_Cancelling_a_job_in_other_hands_waits_beside_the_batches_and_holds_up_no_account()
    {
        var job = Make.Job();
        var direct = new DirectDispatch(_home, Make.ForJob(job.Id));
        var lease = ((SubmitResult.Created)await _node.RunAsync(Make.Submit(job, direct: direct))).Lease!;
        var held = await HoldAsync($"SELECT 1 FROM job WHERE id = {job.Id.Value} FOR UPDATE");
        _node.Start();

        // It needs the account as well, and holds it while it waits for the job: batches must not wait for it in turn.
        var end = _node.Runner.RunAsync(new EndAttemptTurn(_home, lease.Id, job.Id, lease.Attempt, Make.Success()), None);
        await OthersWaitAsync();
        var acquired = await _node.Runner.RunAsync(Make.Acquire(_home), None).WaitAsync(TestNode.Patience);
        Assert.Equal(RefusalReason.Contended, acquired.Refusal!.Reason);
        Assert.False(end.IsCompleted);

        await held.DisposeAsync();
        Assert.Equal(JobStatus.Succeeded, (await end.WaitAsync(TestNode.Patience))!.Status);
    }

    [Fact]
    public async Task T6_The_waiting_connection_counts_its_own_batches_and_whoever_buries_the_node_waits_for_it()
    {
        await using var turns = Store.OpenWaitingStore(_identity)!;
        var rows = new RowSet();
        rows.Accounts.Add(_away);
        var begun = await turns.BeginAsync(rows, None);
        Assert.Equal(1, begun.BatchNumber);
        Assert.NotNull((await _node.RunAsync(Make.Acquire(_home))).Lease); // beside it

        await Database.RunAsync("UPDATE node SET heartbeat_at = heartbeat_at - interval '1 minute'");
        var bury = Task.Run(() => Store.Nodes.BuryAsync(TimeSpan.FromSeconds(30), except: null, None));
        await OthersWaitAsync();
        var changes = new BatchChanges();
        changes.Accounts.Add(_away, begun.Accounts[0] with { Name = "committed" });
        await turns.CommitAsync(changes, None);

        Assert.Contains(_identity.Incarnation, await bury.WaitAsync(TestNode.Patience));
        Assert.Equal("committed", (await AccountAsync(_away)).Name);
        Assert.Equal(
            StoreFailure.Fenced, (await Assert.ThrowsAsync<StoreException>(async () => await turns.BeginAsync(rows, None))).Failure);
        Assert.Equal(StoreFailure.Fenced, (await Assert.ThrowsAsync<StoreException>(async () => await turns.ReopenAsync(None))).Failure);
    }

    [Fact]
    public async Task T6_Doubt_about_a_commit_of_the_waiting_connection_ends_by_its_own_number()
    {
        await using var turns = Store.OpenWaitingStore(_identity)!;
        var changes = new BatchChanges();
        changes.Audit.Add(new AuditEntry("me", "did", "it", null, Clock.Now));
        Assert.Equal(0, await turns.ReopenAsync(None));

        var begun = await turns.BeginAsync(new RowSet(), None);
        Assert.Equal(begun.BatchNumber - 1, await turns.ReopenAsync(None)); // lost before its commit
        begun = await turns.BeginAsync(new RowSet(), None);
        await turns.CommitAsync(changes, None);
        Assert.Equal(begun.BatchNumber, await turns.ReopenAsync(None));
    }

    [Fact]
    public async Task T4_Nodes_that_cross_rows_they_wait_for_and_rows_they_skip_neither_deadlock_nor_lose_anything()
    {
        const int Turns = 60;
        AccountId[] accounts = [.. Enumerable.Range(1, 6).Select(number => new AccountId($"{number}"))];
        JobState[] jobs = [.. Enumerable.Range(0, 4).Select(_ => Make.Job())];
        foreach (var account in accounts) await _node.RunAsync(new SaveAccountTurn(Make.Spec(account.Value, maxJobs: 10), "test"));
        foreach (var job in jobs) await _node.RunAsync(Make.Submit(job));
        var deadlocks = await DeadlocksAsync();

        var pairs = new[] { await NodePairAsync(), await NodePairAsync() };
        string[] members = [.. pairs.Select(pair => pair.Identity.Incarnation)];
        foreach (var pair in pairs) pair.Homes.Set(members);
        foreach (var pair in pairs) pair.Node.Start();
        var hammers = pairs.SelectMany(
            (pair, n) =>
                Enumerable.Range(0, 4).Select(worker => Task.Run(() => HammerAsync(pair.Node.Runner, new Random((n * 10) + worker)))));
        await Task.WhenAll(hammers).WaitAsync(TestNode.Patience);
        foreach (var pair in pairs) await pair.Node.StopAsync();

        Assert.Equal(deadlocks, await DeadlocksAsync());
        Assert.True(
            await Database.CountAsync("SELECT coalesce(sum(batch_no), 0) FROM node_wait") > 0, "nobody waited: the test has shown nothing");
        foreach (var account in accounts)
            Assert.Equal(8 * Turns, int.Parse((await AccountAsync(account)).Name!, CultureInfo.InvariantCulture));
        Assert.Equal(8 * Turns, await SumAsync(jobs));
        foreach (var pair in pairs) await pair.Node.DisposeAsync();
        foreach (var pair in pairs) await pair.Waiting.DisposeAsync();

        // Every row in every order: each account, and one job with one of them.
        async Task HammerAsync(BatchRunner runner, Random random)
        {
            for (var i = 0; i < Turns; i++)
            {
                List<Turn<bool>> turns = [.. accounts.Select(account => Count(account))];
                turns.Add(Touch(jobs[random.Next(jobs.Length)].Id, accounts[random.Next(accounts.Length)]));
                random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(turns));
                await Task.WhenAll(turns.Select(turn => runner.RunAsync(turn, None)));
            }
        }

        static TestTurn<bool> Count(AccountId id) => new(TurnClass.Obligation, scope =>
        {
            var account = scope.Account(id)!;
            scope.Put(
                account with
                {
                    Name = (int.Parse(account.Name ?? "0", CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture),
                });
            return true;
        })
        { OnAccount = id };

        static TestTurn<bool> Touch(JobId id, AccountId account) => new(TurnClass.Obligation, scope =>
        {
            var job = scope.Job(id)!;
            scope.Put(scope.Account(account)! with { DailyCredits = 7 });
            scope.Put(
                job with
                {
                    Reason = (int.Parse(job.Reason ?? "0", CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture),
                });
            return true;
        })
        { OnAccount = account, OnJob = id };
    }

    private async Task<long> SumAsync(JobState[] jobs)
    {
        var sum = 0L;
        foreach (var job in jobs) sum += long.Parse((await JobAsync(job)).Reason ?? "0", CultureInfo.InvariantCulture);
        return sum;
    }

    private Task<long> DeadlocksAsync() => Database.CountAsync("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");

    private async Task<(TestNode Node, TestNode Waiting, Homes Homes, NodeIdentity Identity)> NodePairAsync()
    {
        var identity = await Store.Nodes.RegisterAsync(None);
        var homes = new Homes(identity);
        var waiting = new TestNode(
            identity, Store.OpenWaitingStore(identity)!, new BatchOptions(), TimeProvider.System, new WaitForFirst());
        var node = new TestNode(
            identity, Store.OpenTurnStore(identity), new BatchOptions(), TimeProvider.System, new WaitForHomes(homes, waiting.Runner));
        return (node, waiting, homes, identity);
    }

    // A foreign node that holds a row, until it is disposed.
    private async Task<NpgsqlConnection> HoldAsync(string sql)
    {
        var connection = await ((PostgresTestDatabase)Database).ConnectAsync();
        await using var hold = new NpgsqlCommand($"BEGIN; {sql}", connection);
        await hold.ExecuteNonQueryAsync();
        return connection;
    }

    private async Task OthersWaitAsync()
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (await Database.CountAsync("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0)
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < TestNode.Patience, "nobody came to wait");
    }
}
