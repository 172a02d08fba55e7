using System.Collections.Concurrent;
using Gateway.Engine.Accounts;
using Gateway.Engine.Jobs;
using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Testing;

namespace Gateway.Grains.Tests.Turns;

/// <summary>T6 and S4: what becomes of turns whose store dies, and of a runner that was declared dead.</summary>
public abstract class DoubtContract : StoreTest
{
    private protected DoubtContract(TestDatabase database)
        : base(database)
    {
    }

    private protected TestNode Node { get; private set; } = null!;

    private protected FaultyTurnStore Faults { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (Node, Faults) = await FaultyNodeAsync();
        await Node.RunAsync(new SaveAccountTurn(Make.Spec(maxJobs: 10), "test"));
    }

    [Fact]
    public async Task T6_A_connection_lost_after_the_commit_answers_and_runs_nothing_twice()
    {
        Faults.AfterCommit = FaultyTurnStore.Once(FaultyTurnStore.Throw(StoreFailure.Lost));
        var begun = Faults.Begun;
        var lease = (await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease;

        Assert.Equal(lease, Assert.Single((await AccountAsync()).Leases));
        Assert.Equal((begun + 1, 1), (Faults.Begun, Faults.Reopened));
    }

    [Fact]
    public async Task T6_A_connection_lost_before_the_commit_runs_the_batch_again()
    {
        Faults.BeforeCommit = FaultyTurnStore.Once(FaultyTurnStore.Throw(StoreFailure.Lost));
        var begun = Faults.Begun;
        var lease = (await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease;

        Assert.Equal(lease, Assert.Single((await AccountAsync()).Leases));
        Assert.Equal((begun + 2, 1), (Faults.Begun, Faults.Reopened));
    }

    [Fact]
    public async Task T6_The_doubt_lasts_as_long_as_the_outage_and_ends_with_the_truth_committed()
    {
        Faults.AfterCommit = FaultyTurnStore.Once(FaultyTurnStore.Throw(StoreFailure.Lost));
        Faults.BeforeReopen = FaultyTurnStore.Times(8, FaultyTurnStore.Throw(StoreFailure.Lost));
        var lease = (await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease;

        Assert.Equal(lease, Assert.Single((await AccountAsync()).Leases));
        Assert.True(Node.Runner.IsStoreReachable);
    }

    [Fact]
    public async Task T6_The_doubt_lasts_as_long_as_the_outage_and_ends_with_the_truth_not_committed()
    {
        Faults.BeforeCommit = FaultyTurnStore.Once(FaultyTurnStore.Throw(StoreFailure.Lost));
        Faults.BeforeReopen = FaultyTurnStore.Times(8, FaultyTurnStore.Throw(StoreFailure.Lost));
        var lease = (await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease;

        Assert.Equal(lease, Assert.Single((await AccountAsync()).Leases));
        Assert.True(Node.Runner.IsStoreReachable);
    }

    [Fact]
    public async Task T6_While_a_commit_is_in_doubt_newcomers_are_refused_and_obligations_wait()
    {
        var lease = (await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease!;
        Task<AcquireResult>? waiting = null;
        Task<bool>? obliged = null;
        Task<AcquireResult>? late = null;
        Faults.AfterCommit = FaultyTurnStore.Once(FaultyTurnStore.Throw(StoreFailure.Lost));
        var reopens = 0;
        Faults.BeforeReopen = () =>
        {
            if (++reopens == 1) waiting = Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None);
            if (reopens == 2) late = Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None);
            if (reopens == 2) obliged = Node.Runner.RunAsync(new ReleaseTurn(Make.AccountOne, lease.Id, new Settlement.Done()), None);
            return reopens <= 2 ? FaultyTurnStore.Throw(StoreFailure.Lost)() : Task.CompletedTask;
        };
        var granted = (await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease;
        await Node.SettleAsync();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => waiting!);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => late!);
        Assert.True(await obliged!);
        Assert.Equal(granted, Assert.Single((await AccountAsync()).Leases));
    }

    [Fact]
    public async Task T6_A_job_and_its_events_are_written_once_whatever_happens_around_the_commit()
    {
        var random = new Random(6);
        for (var round = 0; round < 12; round++)
        {
            var job = Make.Job();
            var fault = FaultyTurnStore.Times(random.Next(1, 3), FaultyTurnStore.Throw(StoreFailure.Lost));
            (Faults.BeforeBegin, Faults.BeforeCommit, Faults.AfterCommit) = (round % 3) switch
            {
                0 => (fault, FaultyTurnStore.Nothing, FaultyTurnStore.Nothing),
                1 => (FaultyTurnStore.Nothing, fault, FaultyTurnStore.Nothing),
                _ => ((Func<Task>)FaultyTurnStore.Nothing, (Func<Task>)FaultyTurnStore.Nothing, fault),
            };
            var dispatched = Assert.IsType<SubmitResult.Created>(await Node.RunAsync(
                Make.Submit(job, Make.Record($"key-{round}", job.Id), new DirectDispatch(Make.AccountOne, Make.ForJob(job.Id)))));
            Assert.True(
                await Node.RunAsync(
                    new EndAttemptTurn(
                        Make.AccountOne, dispatched.Lease!.Id, job.Id, 1, Make.Success())) is { Status: JobStatus.Succeeded });

            Assert.Equal([1, 2, 3], (await Queries.EventsAsync(job.Id, 0, 10, None)).Select(change => change.Seq));
            Assert.Equal(round + 1, (await Queries.ChargesAsync(Make.AccountOne, None)).Count);
        }

        Assert.Equal(12 * 30, (await AccountAsync()).Credits.Used);
    }

    [Fact]
    public async Task S4_A_lost_store_refuses_admissions_keeps_obligations_and_both_work_again_when_it_is_back()
    {
        var lease = (await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease!;
        var down = true;
        Faults.BeforeBegin = Faults.BeforeReopen = () => down ? FaultyTurnStore.Throw(StoreFailure.Lost)() : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Node.RunAsync(Make.Acquire(Make.AccountOne)));
        Assert.False(Node.Runner.IsStoreReachable);
        var release = Node.Runner.RunAsync(new ReleaseTurn(Make.AccountOne, lease.Id, new Settlement.Done()), None);
        await Node.BatchAsync();
        await Node.BatchAsync();
        Assert.False(release.IsCompleted);

        down = false;
        await Node.BatchAsync();
        Assert.True(await release);
        Assert.NotNull((await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease);
        Assert.True(Node.Runner.IsStoreReachable);
    }

    [Fact]
    public async Task S4_A_node_with_nothing_owed_finds_out_by_itself_that_the_store_is_back()
    {
        var down = true;
        var asked = new TaskCompletionSource();
        var back = new TaskCompletionSource();
        Faults.BeforeBegin = () => down ? FaultyTurnStore.Throw(StoreFailure.Lost)() : Task.CompletedTask;
        Faults.BeforeReopen = () =>
        {
            if (!down)
            {
                back.TrySetResult();
                return Task.CompletedTask;
            }

            asked.TrySetResult();
            return FaultyTurnStore.Throw(StoreFailure.Lost)();
        };
        Node.Start();
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None)).WaitAsync(TestNode.Patience);
        await asked.Task.WaitAsync(TestNode.Patience);

        down = false;
        await back.Task.WaitAsync(TestNode.Patience); // nobody asked for anything
        while (!Node.Runner.IsStoreReachable) await Task.Yield();
        Assert.NotNull((await Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None).WaitAsync(TestNode.Patience)).Lease);
    }

    [Fact]
    public async Task S4_A_commit_that_fails_again_and_again_without_doubt_refuses_its_admissions()
    {
        Faults.BeforeCommit = FaultyTurnStore.Times(10, FaultyTurnStore.Throw(StoreFailure.Lost)); // a full disk: reads work, writes do not
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Node.RunAsync(Make.Acquire(Make.AccountOne)));

        Assert.Empty((await AccountAsync()).Leases);
        Assert.InRange(Faults.Begun, 2, 5);
    }

    [Fact]
    public async Task T6_A_dead_incarnation_commits_nothing_and_tells_everybody_once()
    {
        var lease = (await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease!;
        var fenced = 0;
        Node.Runner.Fenced += () => fenced++;
        await Store.Nodes.LeaveAsync(Node.Incarnation, None);

        List<Task> answers =
        [
            Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None),
            Node.Runner.RunAsync(new ReleaseTurn(Make.AccountOne, lease.Id, new Settlement.Done()), None),
            Node.Runner.RunAsync(Make.Submit(Make.Job()), None),
        ];
        Faults.BeforeBegin = () =>
        {
            answers.Add(Node.Runner.RunAsync(new CancelJobTurn(Make.JobId()), None)); // comes while the batch runs
            return Task.CompletedTask;
        };
        await Node.BatchAsync();

        Assert.Equal(4, answers.Count);
        foreach (var answer in answers) await Assert.ThrowsAsync<StoreUnavailableException>(() => answer).WaitAsync(TestNode.Patience);
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None)).WaitAsync(TestNode.Patience);
        Assert.Equal((1, false, 0), (fenced, Node.Runner.IsStoreReachable, Node.Runner.Waiting));
        Assert.Single((await AccountAsync()).Leases);
        Assert.Equal(0, await Database.CountAsync("SELECT count(*) FROM job"));
    }

    [Fact]
    public async Task T6_An_incarnation_that_died_between_two_halves_of_a_batch_leaves_no_caller_waiting()
    {
        var good = Enumerable.Range(0, 4).Select(_ => Node.Runner.RunAsync(Make.Submit(Make.Job()), None)).ToList();
        var bad = Node.Runner.RunAsync(TestTurns.Unsavable(TurnClass.Admission, Make.JobId()), None);
        var begun = Faults.Begun;
        Faults.BeforeBegin = () => Faults.Begun == begun + 2 ? Store.Nodes.LeaveAsync(Node.Incarnation, None) : Task.CompletedTask;
        await Node.BatchAsync();
        foreach (var answer in good.Cast<Task>().Append(bad))
            await Assert.ThrowsAnyAsync<Exception>(() => answer).WaitAsync(TestNode.Patience);
        Assert.Equal(0, await Database.CountAsync("SELECT count(*) FROM job"));
    }

    [Fact]
    public async Task T3_A_stop_commits_what_is_owed_and_leaves_no_caller_waiting()
    {
        var leases = new List<Lease>();
        for (var i = 0; i < 5; i++) leases.Add((await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease!);
        var releases = leases.Select(
            lease => Node.Runner.RunAsync(new ReleaseTurn(Make.AccountOne, lease.Id, new Settlement.Done()), None)).ToList();
        Node.Start();
        await Node.StopAsync();

        Assert.All(await Task.WhenAll(releases).WaitAsync(TestNode.Patience), Assert.True);
        Assert.Empty((await AccountAsync()).Leases);
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None)).WaitAsync(TestNode.Patience);
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => Node.Runner.RunAsync(new CancelJobTurn(Make.JobId()), None)).WaitAsync(TestNode.Patience);
    }

    [Fact]
    public async Task T3_A_stop_during_an_outage_leaves_no_caller_waiting()
    {
        var asked = new TaskCompletionSource();
        Faults.BeforeReopen = () =>
        {
            asked.TrySetResult();
            return FaultyTurnStore.Throw(StoreFailure.Lost)();
        };
        Faults.AfterCommit = FaultyTurnStore.Once(FaultyTurnStore.Throw(StoreFailure.Lost));
        var inDoubt = Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None);
        Node.Start();
        await asked.Task.WaitAsync(TestNode.Patience);
        var owed = Node.Runner.RunAsync(new CancelJobTurn(Make.JobId()), None);
        await Node.StopAsync();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => inDoubt).WaitAsync(TestNode.Patience);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => owed).WaitAsync(TestNode.Patience);
    }

    /// <summary>Callers on a loop, while something keeps breaking; then every answer is compared with the store.</summary>
    private protected async Task EveryAnswerIsTrueAsync(Func<int, Task> breakSomething)
    {
        const int Callers = 6, Rounds = 40;
        var granted = new ConcurrentDictionary<LeaseId, byte>();
        var released = new ConcurrentDictionary<LeaseId, byte>();
        var rounds = 0;
        Node.Start();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(CallAsync))).WaitAsync(TestNode.Patience);
        await Node.StopAsync();

        Assert.Equal(
            granted.Keys.Except(released.Keys).Order(Comparer), (await AccountAsync()).Leases.Select(lease => lease.Id).Order(Comparer));
        Assert.Equal(
            released.Keys.Order(Comparer),
            (await Queries.ChargesAsync(Make.AccountOne, None)).Select(charge => charge.Lease).Order(Comparer));

        async Task CallAsync()
        {
            for (var i = 0; i < Rounds; i++)
            {
                var round = Interlocked.Increment(ref rounds);
                if (round % 20 == 0) await breakSomething(round);
                try
                {
                    if ((await Node.Runner.RunAsync(Make.Acquire(Make.AccountOne), None)).Lease is not { } lease) continue;
                    granted[lease.Id] = 1;
                    if (i == Rounds - 1) continue;
                    Assert.True(await Node.Runner.RunAsync(new ReleaseTurn(Make.AccountOne, lease.Id, new Settlement.Done()), None));
                    released[lease.Id] = 1;
                }
                catch (StoreUnavailableException)
                {
                    await Task.Yield(); // 503, come again: nothing was granted
                }
            }
        }
    }

    [Fact]
    public async Task T6_Every_answer_is_true_while_commits_are_lost_on_either_side()
    {
        var random = new Random(66);
        await EveryAnswerIsTrueAsync(round =>
        {
            var fault = FaultyTurnStore.Times(random.Next(1, 3), FaultyTurnStore.Throw(StoreFailure.Lost));
            if (round % 40 == 0) Faults.BeforeCommit = fault;
            else Faults.AfterCommit = fault;
            return Task.CompletedTask;
        });
    }

    private static readonly Comparer<LeaseId> Comparer = Comparer<LeaseId>.Create((a, b) => string.CompareOrdinal(a.Value, b.Value));
}

public sealed class SqliteDoubtTests() : DoubtContract(new SqliteTestDatabase());

public sealed class PostgresDoubtTests() : DoubtContract(new PostgresTestDatabase())
{
    [PostgresFact]
    public async Task T6_A_backend_killed_before_the_commit_runs_the_batch_again()
    {
        Faults.BeforeCommit = FaultyTurnStore.Once(KillBackendsAsync);
        var lease = (await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease;

        Assert.Equal(lease, Assert.Single((await AccountAsync()).Leases));
        Assert.Equal(1, Faults.Reopened);
    }

    [PostgresFact]
    public async Task T6_A_backend_killed_after_the_commit_answers_once()
    {
        Faults.AfterCommit = FaultyTurnStore.Once(async () =>
        {
            await KillBackendsAsync();
            await FaultyTurnStore.Throw(StoreFailure.Lost)();
        });
        var lease = (await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease;

        Assert.Equal(lease, Assert.Single((await AccountAsync()).Leases));
        Assert.Equal(1, Faults.Reopened);
    }

    [PostgresFact]
    public async Task T6_A_backend_killed_between_batches_is_replaced()
    {
        await KillBackendsAsync();
        var lease = (await Node.RunAsync(Make.Acquire(Make.AccountOne))).Lease;

        Assert.Equal(lease, Assert.Single((await AccountAsync()).Leases));
    }

    [PostgresFact]
    public Task T6_Every_answer_is_true_while_backends_are_killed() => EveryAnswerIsTrueAsync(_ => KillBackendsAsync());

    [PostgresFact]
    public async Task T6_The_truth_is_read_only_when_the_lost_connections_transaction_has_ended()
    {
        // The server still holds the first connection's transaction (its client is gone without a word): the number is not final.
        await using var first = Store.OpenTurnStore(Node.Identity);
        await using var second = Store.OpenTurnStore(Node.Identity);
        var begun = await first.BeginAsync(new RowSet(), None);
        var truth = second.ReopenAsync(None).AsTask();
        var waits = TimeProvider.System.GetTimestamp();
        while (await Database.CountAsync("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0)
            Assert.True(TimeProvider.System.GetElapsedTime(waits) < TestNode.Patience && !truth.IsCompleted, "read before the end");
        await first.CommitAsync(new BatchChanges(), None);

        Assert.Equal(begun.BatchNumber, await truth);
    }

    private async Task KillBackendsAsync() =>
        await Database.ListAsync(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'gateway turns' AND datname = " +
                "current_database()");
}
