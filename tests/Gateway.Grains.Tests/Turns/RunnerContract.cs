using System.Globalization;
using Gateway.Engine.Accounts;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Storage.Postgres;
using Gateway.Testing;

namespace Gateway.Grains.Tests.Turns;

/// <summary>The batch runner's rules T1–T5, T7 and T8, on either dialect. T6 has a file of its own.</summary>
public abstract class RunnerContract : StoreTest
{
    private protected RunnerContract(TestDatabase database)
        : base(database)
    {
    }

    private protected TestNode Node { get; private set; } = null!;

    private protected FaultyTurnStore Faults { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (Node, Faults) = await FaultyNodeAsync();
        await Node.RunAsync(new SaveAccountTurn(Make.Spec(maxJobs: 2), "test"));
    }

    [Fact]
    public async Task T1_A_turn_that_throws_fails_alone_and_leaves_nothing_behind()
    {
        var first = Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None);
        var broken = Node.Runner.RunAsync(new TestTurn<int>(TurnClass.Admission, scope =>
        {
            scope.Put(scope.Account(Make.AccountOne)! with { Name = "half done" });
            scope.Put(Make.Job() with { Seq = 1 });
            scope.Put(new AuditEntry("me", "half", "done", null, scope.Now));
            throw new InvalidTimeZoneException("a bug");
        })
        { OnAccount = Make.AccountOne }, None);
        var last = Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None);
        await Node.BatchAsync();

        Assert.NotNull((await first).Lease);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => broken);
        Assert.NotNull((await last).Lease);
        var account = await AccountAsync();
        Assert.Null(account.Name);
        Assert.Equal(2, account.Leases.Length);
        Assert.Equal(
            (0, 1), (await Database.CountAsync("SELECT count(*) FROM job"), await Database.CountAsync("SELECT count(*) FROM audit")));
    }

    [Fact]
    public async Task T1_Turns_of_a_batch_see_what_earlier_ones_wrote()
    {
        var answers = Enumerable.Range(0, 3).Select(_ => Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None)).ToList();
        await Node.BatchAsync();

        Assert.Equal([true, true, false], (await Task.WhenAll(answers)).Select(answer => answer.Lease is not null));
        Assert.Equal(2, (await AccountAsync()).Version);
    }

    [Fact]
    public async Task T2_Obligations_go_first_in_their_order_and_then_admissions_in_theirs()
    {
        List<string> order = [];
        List<Task> answers =
        [
            Run(TurnClass.Admission, "a1"), Run(TurnClass.Obligation, "o1"), Run(TurnClass.Admission, "a2"),
            Run(TurnClass.Obligation, "o2"),
        ];
        await Node.BatchAsync();
        await Task.WhenAll(answers);
        Assert.Equal(["o1", "o2", "a1", "a2"], order);

        Task Run(TurnClass turnClass, string name) => Node.Runner.RunAsync(new TestTurn<bool>(turnClass, _ =>
        {
            order.Add(name);
            return true;
        }), None);
    }

    [Fact]
    public async Task T2_A_full_queue_refuses_admissions_and_never_obligations()
    {
        var node = await NodeAsync(new BatchOptions { MaxAdmissions = 2 });
        var admitted = Enumerable.Range(0, 2).Select(_ => node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None)).ToList();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None));
        var obliged = Enumerable.Range(0, 100)
            .Select(_ => node.Runner.RunAsync(new ReleaseTurn(Make.AccountOne, LeaseId.New(), new Settlement.Done()), None))
            .ToList();
        Assert.Equal(102, node.Runner.Waiting);

        await node.BatchAsync();
        Assert.All(await Task.WhenAll(admitted), answer => Assert.NotNull(answer.Lease));
        Assert.All(await Task.WhenAll(obliged), Assert.False);
        Assert.NotNull((await node.RunAsync(Make.Acquire(Make.AccountOne))).Refusal);
    }

    [Fact]
    public async Task T2_A_batch_is_capped_in_turns_and_bytes_and_takes_at_least_one()
    {
        var node = await NodeAsync(new BatchOptions { MaxTurns = 3, MaxBytes = 1000 });
        Assert.Equal([3, 3, 1], await BatchesAsync(node, weights: [1, 1, 1, 1, 1, 1, 1]));
        Assert.Equal([2, 1, 1], await BatchesAsync(node, weights: [600, 400, 5000, 600]));
    }

    [Fact]
    public async Task T2_A_batch_that_decides_for_too_long_leaves_the_rest_to_the_next_one_in_order()
    {
        var node = await NodeAsync(time: Clock);
        List<int> order = [];
        var answers = Enumerable.Range(0, 40).Select(i => node.Runner.RunAsync(new TestTurn<int>(TurnClass.Admission, scope =>
        {
            if (i is 3 or 20) Clock.Advance(TimeSpan.FromMilliseconds(30));
            order.Add(i);
            return i;
        }), None)).ToList();

        List<int> left = [];
        for (; node.Runner.Waiting > 0; left.Add(node.Runner.Waiting)) await node.BatchAsync();
        Assert.Equal([25, 10, 0], left);
        Assert.Equal(Enumerable.Range(0, 40), order);
        Assert.Equal(Enumerable.Range(0, 40), await Task.WhenAll(answers));
    }

    [Fact]
    public async Task T3_Nobody_is_answered_before_the_commit()
    {
        Task<AcquireResult>? answer = null;
        Faults.BeforeCommit = Faults.AfterCommit = () =>
        {
            Assert.False(answer!.IsCompleted);
            return Task.CompletedTask;
        };
        answer = Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None);
        await Node.BatchAsync();

        Assert.NotNull((await answer).Lease);
    }

    [Fact]
    public async Task T3_A_lease_granted_to_a_caller_who_left_is_given_back()
    {
        using var caller = new CancellationTokenSource();
        Faults.AfterCommit = FaultyTurnStore.Once(caller.CancelAsync);
        var answer = Node.Runner.RunAsync(Make.Acquire(Make.AccountOne, Make.Call(ceiling: 5)), caller.Token);
        await Node.BatchAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Single((await AccountAsync()).Leases);

        await Node.SettleAsync();
        Assert.Empty((await AccountAsync()).Leases);
        Assert.Equal(0, Assert.Single(await Queries.ChargesAsync(Make.AccountOne, None)).Charged);
    }

    [Fact]
    public async Task T3_A_dispatch_to_a_caller_who_left_goes_back_to_the_queue_and_frees_the_slot()
    {
        using var caller = new CancellationTokenSource();
        Faults.AfterCommit = FaultyTurnStore.Once(caller.CancelAsync);
        var job = Make.Job();
        var direct = new DirectDispatch(Make.AccountOne, Make.ForJob(job.Id));
        var answer = Node.Runner.RunAsync(Make.Submit(job, direct: direct), caller.Token);
        await Node.BatchAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(JobStatus.Submitting, (await JobAsync(job)).Status);

        await Node.SettleAsync();
        Assert.Equal(JobStatus.Queued, (await JobAsync(job)).Status);
        Assert.Empty((await AccountAsync()).Leases);
        Assert.Equal(0, Assert.Single(await Queries.ChargesAsync(Make.AccountOne, None)).Charged);
    }

    [Fact]
    public async Task T3_An_admission_whose_caller_left_before_its_batch_is_not_run()
    {
        using var caller = new CancellationTokenSource();
        var answer = Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), caller.Token);
        var other = Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None);
        await caller.CancelAsync();
        await Node.BatchAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal((await other).Lease, Assert.Single((await AccountAsync()).Leases));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), caller.Token));
        Assert.Equal(0, Node.Runner.Waiting);
    }

    [Fact]
    public async Task T3_An_obligation_whose_caller_left_is_still_kept()
    {
        var lease = (await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease!;
        using var caller = new CancellationTokenSource();
        var answer = Node.Runner.RunAsync(new ReleaseTurn(Make.AccountOne, lease.Id, new Settlement.Done()), caller.Token);
        await caller.CancelAsync();
        await Node.BatchAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Empty((await AccountAsync()).Leases);
    }

    [Fact]
    public async Task T3_Observers_learn_of_a_commit_before_its_callers_and_of_refusals_never()
    {
        var node = await NodeAsync();
        var seen = new Observer();
        node.Runner.Observe(seen);
        var refused = await node.RunAsync(Make.Acquire(new AccountId("404")));
        Assert.Equal(RefusalReason.Deleted, refused.Refusal!.Reason);
        Assert.Empty(seen.Commits);

        var job = Make.Job();
        await node.RunAsync(Make.Submit(job, direct: new DirectDispatch(Make.AccountOne, Make.ForJob(job.Id))));
        var commit = Assert.Single(seen.Commits);
        Assert.Equal((await AccountAsync()).Version, Assert.Single(commit.Accounts).Version);
        Assert.Equal((await JobAsync(job)).Version, Assert.Single(commit.Jobs).Version);
        Assert.Equal([1, 2], commit.Events.Select(change => change.Seq));
        Assert.Equal(Clock.Now, commit.Now);
    }

    [Fact]
    public async Task T4_Runners_that_cross_accounts_jobs_and_keys_neither_deadlock_nor_lose_anything()
    {
        const int Runners = 3, Turns = 40;
        AccountId[] accounts = [new("1"), new("2"), new("10")];
        JobState[] jobs = [.. Enumerable.Range(0, 6).Select(_ => Make.Job())];
        string[] keys = ["a", "b", "ab", "B"];
        foreach (var account in accounts) await Node.RunAsync(new SaveAccountTurn(Make.Spec(account.Value, maxJobs: 10), "test"));
        foreach (var job in jobs) await Node.RunAsync(Make.Submit(job));
        var before = await VersionsAsync();

        List<TestNode> nodes = [];
        for (var i = 0; i < Runners; i++) nodes.Add(await NodeAsync());
        foreach (var node in nodes) node.Start();
        var results = await Task.WhenAll(
            nodes.Select((node, n) => Task.Run(() => HammerAsync(node, new Random(n))))).WaitAsync(TestNode.Patience);
        foreach (var node in nodes) await node.StopAsync();

        // Every committed change raised one version by one, unless another of its batch raised it with it: count writes by name.
        Assert.Equal(Runners * Turns, results.Sum());
        var after = await VersionsAsync();
        Assert.All(after.Zip(before), pair => Assert.True(pair.First > pair.Second));
        Assert.Equal(keys.Length, await Database.CountAsync("SELECT count(*) FROM idempotency"));
        Assert.Equal(jobs.Length + keys.Length, await Database.CountAsync("SELECT count(*) FROM job"));
        foreach (var account in accounts)
            Assert.Equal(Runners * Turns, int.Parse((await AccountAsync(account)).Name!, CultureInfo.InvariantCulture));

        // Each step is three turns of one batch, thrown into the queue in random order: rows of all kinds, in all orders.
        async Task<int> HammerAsync(TestNode node, Random random)
        {
            for (var i = 0; i < Turns; i++)
            {
                List<Func<Task>> turns =
                [
                    .. accounts.Select<AccountId, Func<Task>>(account => () => node.Runner.RunAsync(Count(account), None))
                ];
                turns.Add(() => node.Runner.RunAsync(Touch(jobs[random.Next(jobs.Length)].Id), None));
                turns.Add(() => node.Runner.RunAsync(Touch(jobs[random.Next(jobs.Length)].Id), None));
                turns.Add(() =>
                {
                    var job = Make.Job();
                    return node.Runner.RunAsync(Make.Submit(job, Make.Record(keys[random.Next(keys.Length)], job.Id)), None);
                });
                random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(turns));
                await Task.WhenAll(turns.Select(turn => turn()));
            }

            return Turns;
        }

        async Task<List<long>> VersionsAsync() => [.. (await Queries.AccountsAsync(None)).Select(account => account.Version)];

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

        static TestTurn<bool> Touch(JobId id) => new(TurnClass.Obligation, scope =>
        {
            scope.Put(scope.Job(id)! with { Reason = "touched" });
            return true;
        })
        { OnJob = id };
    }

    [Fact]
    public async Task T5_Who_waited_for_a_row_sees_what_the_other_committed_and_reads_the_clock_afterwards()
    {
        var record = Make.Record("key", Make.JobId());
        var job = Make.Job(record.Job);
        var (other, otherFaults) = await FaultyNodeAsync();
        var locked = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var begins = new TaskCompletionSource();
        Faults.BeforeCommit = FaultyTurnStore.Once(() =>
        {
            locked.SetResult();
            return release.Task;
        });
        otherFaults.BeforeBegin = FaultyTurnStore.Once(() =>
        {
            begins.SetResult();
            return Task.CompletedTask;
        });

        var first = Task.Run(() => Node.RunAsync(Make.Submit(job, record, new DirectDispatch(Make.AccountOne, Make.ForJob(job.Id)))));
        await locked.Task.WaitAsync(TestNode.Patience);
        DateTimeOffset seenNow = default;
        var replay = other.Runner.RunAsync(Make.Submit(Make.Job(), record with { Job = Make.JobId() }), None);
        var look = other.Runner.RunAsync(new TestTurn<AccountState>(TurnClass.Admission, scope =>
        {
            seenNow = scope.Now;
            return scope.Account(Make.AccountOne)!;
        })
        { OnAccount = Make.AccountOne }, None);
        var second = Task.Run(other.BatchAsync);
        await begins.Task.WaitAsync(TestNode.Patience);
        await OthersWaitAsync();
        Clock.Advance(TimeSpan.FromMinutes(1));
        release.SetResult();
        await Task.WhenAll(first, second);

        Assert.Equal(job.Id, Assert.IsType<SubmitResult.Replayed>(await replay).Record.Job);
        Assert.Single((await look).Leases);
        Assert.Equal(Clock.Now, seenNow);
    }

    [Fact]
    public async Task T5_Two_nodes_that_make_the_same_row_at_once_both_get_an_answer()
    {
        var other = await NodeAsync();
        var second = Task.CompletedTask;
        var saved = other.Runner.RunAsync(new SaveAccountTurn(Make.Spec("77", maxJobs: 3), "other"), None);
        Faults.BeforeCommit = FaultyTurnStore.Once(() =>
        {
            if (Database.IsPostgres) return other.BatchAsync(); // both have looked and found nothing
            second = Task.Run(other.BatchAsync);
            return Task.CompletedTask;
        });
        var mine = await Node.RunAsync(new SaveAccountTurn(Make.Spec("77", maxJobs: 5), "me"));
        await second;

        Assert.Equal((5, 3), (mine!.MaxJobs, (await saved)!.MaxJobs));
        Assert.Equal(2, (await AccountAsync(new AccountId("77"))).Version);
    }

    [Fact]
    public async Task T7_A_value_the_database_refuses_fails_one_turn_and_its_neighbours_commit()
    {
        var jobs = Enumerable.Range(0, 9).Select(_ => Make.Job()).ToList();
        var good = jobs.Select(job => Node.Runner.RunAsync(Make.Submit(job), None)).ToList();
        var bad = Node.Runner.RunAsync(TestTurns.Unsavable(TurnClass.Admission, Make.JobId()), None);
        await Node.BatchAsync();

        await Assert.ThrowsAsync<StoreException>(() => bad);
        Assert.Equal(9, (await Task.WhenAll(good)).Length);
        Assert.Equal(9, await Database.CountAsync("SELECT count(*) FROM job"));
        Assert.Equal(0, Node.Runner.Waiting);
        Assert.True(Node.Runner.IsStoreReachable);
    }

    [Fact]
    public async Task T7_An_obligation_that_keeps_being_refused_is_parked_and_the_job_says_so()
    {
        var job = Make.Job();
        await Node.RunAsync(Make.Submit(job, direct: new DirectDispatch(Make.AccountOne, Make.ForJob(job.Id))));
        var bad = Node.Runner.RunAsync(TestTurns.Unsavable(TurnClass.Obligation, job.Id), None);
        var lease = (await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease!; // a neighbour each time
        Node.Runner.Oblige(new ReleaseTurn(Make.AccountOne, lease.Id, new Settlement.Done()));
        await Node.SettleAsync();

        await Assert.ThrowsAsync<StoreException>(() => bad);
        var parked = await JobAsync(job);
        Assert.Equal((JobStatus.Submitting, "parked", 2L), (parked.Status, parked.Reason, parked.Seq));
        Assert.Equal(parked.Lease, Assert.Single((await AccountAsync()).Leases).Id);
        Assert.Equal([$"account  job {job.Id}"], await Database.ListAsync("SELECT detail FROM parked_obligation"));
    }

    [Fact]
    public async Task T7_A_row_that_cannot_be_read_fails_only_the_turns_that_need_it()
    {
        var (broken, whole) = (Make.Job(), Make.Job());
        await Node.RunAsync(Make.Submit(broken));
        await Node.RunAsync(Make.Submit(whole));
        await Database.RunAsync($"UPDATE job SET state = '{{}}' WHERE id = {broken.Id.Value}");

        var needsBroken = Node.Runner.RunAsync(new CancelJobTurn(broken.Id), None);
        var needsWhole = Node.Runner.RunAsync(new CancelJobTurn(whole.Id), None);
        await Node.SettleAsync();

        await Assert.ThrowsAsync<StoreException>(() => needsBroken);
        Assert.Equal(JobStatus.Cancelled, (await needsWhole)!.Status);
        Assert.Equal(1, await Database.CountAsync("SELECT count(*) FROM parked_obligation"));
    }

    [Fact]
    public async Task T7_Trouble_that_passes_parks_nothing_however_long_it_lasts()
    {
        var lease = (await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease!;
        Faults.BeforeCommit = FaultyTurnStore.Times(60, FaultyTurnStore.Throw(StoreFailure.Busy));
        var release = Node.Runner.RunAsync(new ReleaseTurn(Make.AccountOne, lease.Id, new Settlement.Done()), None);
        await Node.SettleAsync();

        Assert.True(await release);
        Assert.Equal(0, await Database.CountAsync("SELECT count(*) FROM parked_obligation"));
    }

    [Fact]
    public async Task T7_An_admission_the_store_was_too_busy_for_is_asked_to_come_again()
    {
        Faults.BeforeCommit = FaultyTurnStore.Times(60, FaultyTurnStore.Throw(StoreFailure.Busy));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => Node.RunAsync(Make.Acquire(Make.AccountOne)));
    }

    [Fact]
    public async Task T8_Small_turns_commit_while_a_large_body_is_being_written()
    {
        var body = new byte[27 * 1024 * 1024];
        new Random(27).NextBytes(body);
        var job = Make.Job();
        Task<string> write;

        // The write cannot end before the test lets it, however fast the disk is.
        await using (await Database.HoldLargeBodiesAsync())
        {
            write = Task.Run(() => Store.Bodies.WriteAsync(job.Id, body, None));
            for (var i = 0; i < 20; i++)
            {
                var lease = (await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease!;
                await Node.RunAsync(new ReleaseTurn(Make.AccountOne, lease.Id, new Settlement.Done()));
            }

            Assert.False(write.IsCompleted);
        }

        var reference = new BodyRef(body.Length, await write);
        await Node.RunAsync(Make.Submit(job with { Request = reference }));
        var read = await Store.Bodies.ReadAsync(job.Id, BodyPart.Request, (await JobAsync(job)).Request, None);
        Assert.True(body.AsSpan().SequenceEqual(read), "the body changed on its way");
    }

    [Fact]
    public async Task L1_A_batch_counts_as_one_commit_and_refusals_as_none()
    {
        var numbers = await Database.CountAsync($"SELECT batch_no FROM node WHERE incarnation = '{Node.Incarnation}'");
        var answers = Enumerable.Range(0, 20).Select(_ => Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None)).ToList();
        await Node.BatchAsync();
        await Task.WhenAll(answers);
        await Node.RunAsync(Make.Acquire(Make.AccountOne));

        Assert.Equal(numbers + 1, await Database.CountAsync($"SELECT batch_no FROM node WHERE incarnation = '{Node.Incarnation}'"));
    }

    /// <summary>Ends when somebody waits for a lock, where the dialect can tell.</summary>
    private protected virtual Task OthersWaitAsync() => Task.CompletedTask;

    private static async Task<List<int>> BatchesAsync(TestNode node, int[] weights)
    {
        foreach (var weight in weights) node.Runner.Oblige(new TestTurn<bool>(TurnClass.Obligation, _ => true) { Weight = weight });
        List<int> sizes = [];
        while (node.Runner.Waiting is var waiting and > 0)
        {
            await node.BatchAsync();
            sizes.Add(waiting - node.Runner.Waiting);
        }

        return sizes;
    }

    private sealed class Observer : IBatchObserver
    {
        public List<BatchCommit> Commits { get; } = [];

        public void Committed(BatchCommit commit) => Commits.Add(commit);
    }
}

public sealed class SqliteRunnerTests() : RunnerContract(new SqliteTestDatabase());

public sealed class PostgresRunnerTests() : RunnerContract(new PostgresTestDatabase())
{
    // What only PostgreSQL refuses: text columns hold no U+0000 and no half of a surrogate pair.
    [PostgresFact]
    public async Task T7_U0000_in_a_model_fails_one_turn_and_its_neighbours_commit() => await OneFailsAsync("a\0b");

    [PostgresFact]
    public async Task T7_Half_a_surrogate_pair_fails_one_turn_and_its_neighbours_commit() => await OneFailsAsync("a\ud800b");

    [PostgresFact]
    public async Task T5_The_clock_is_the_servers_and_read_after_the_locks()
    {
        await using var real = new PostgresGatewayStore(
            PostgresDatabase.Open(((PostgresTestDatabase)Database).ConnectionString), new StoreClock());
        await using var blocker = await ((PostgresTestDatabase)Database).ConnectAsync();
        await using var transaction = await blocker.BeginTransactionAsync();
        await using (
            var hold = new Npgsql.NpgsqlCommand(
                "SELECT 1 FROM account WHERE id = '1' FOR UPDATE", blocker)) await hold.ExecuteNonQueryAsync();

        await using var turns = real.OpenTurnStore(Node.Identity);
        var rows = new RowSet();
        rows.Accounts.Add(Make.AccountOne);
        var begun = turns.BeginAsync(rows, None).AsTask();
        await OthersWaitAsync();
        var waiting = DateTimeOffset.Parse(
            (await Database.ListAsync("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"))[0]!,
            CultureInfo.InvariantCulture);
        await transaction.CommitAsync();

        Assert.True((await begun).Now >= waiting);
        await turns.RollbackAsync(None);
    }

    private protected override async Task OthersWaitAsync()
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (await Database.CountAsync("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0)
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < TestNode.Patience, "nobody came to wait");
    }

    private async Task OneFailsAsync(string model)
    {
        var good = Enumerable.Range(0, 5).Select(_ => Node.Runner.RunAsync(Make.Submit(Make.Job()), None)).ToList();
        var bad = Node.Runner.RunAsync(Make.Submit(Make.Job(model: model)), None);
        await Node.SettleAsync();

        await Assert.ThrowsAsync<StoreException>(() => bad);
        Assert.Equal(5, (await Task.WhenAll(good)).Length);
        Assert.True(Node.Runner.IsStoreReachable);
    }
}
