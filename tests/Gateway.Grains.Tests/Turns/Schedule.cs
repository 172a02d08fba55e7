using Gateway.Engine.Accounts;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Testing;

namespace Gateway.Grains.Tests.Turns;

/// <summary>
/// One seed's worth of history: random operations in random batches of several runners, some of which lose their store or
/// their callers. After every batch the store is compared with what was answered and with the rules.
/// </summary>
internal sealed class Schedule(
    int seed, IReadOnlyList<(TestNode Node, FaultyTurnStore Faults)> nodes, IQueryStore queries, TestDatabase database, ManualClock clock)
{
    private static readonly AccountId[] Accounts = [new("1"), new("2")];
    private static readonly string[] Keys = ["a", "b", "c"];

    private readonly Random _random = new(seed);
    private readonly JobIdSource _ids = new(clock, new NodeIdentity("schedule", NodeNumbers.First)) { MayShorten = true };

    // What was answered, and must stay true.
    private readonly Dictionary<LeaseId, (AccountId Account, Lease Lease)> _granted = [];
    private readonly Dictionary<string, (JobId Job, DateTimeOffset Until)> _keys = [];
    private readonly List<JobState> _jobs = [];
    private readonly HashSet<LeaseId> _neverAnswered = [];
    private HashSet<LeaseId> _liveBefore = [];

    public async Task RunAsync(int steps)
    {
        foreach (var id in Accounts) await nodes[0].Node.RunAsync(new SaveAccountTurn(Make.Spec(id.Value, maxJobs: 3, daily: 300), "test"));
        for (var step = 0; step < steps; step++)
        {
            var what = "";
            try
            {
                what = await StepAsync();
                await AgreeAsync();
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}, step {step} ({what}): {failure.Message}", failure);
            }
        }
    }

    private async Task<string> StepAsync()
    {
        clock.Advance(_random.Next(20) == 0 ? TimeSpan.FromHours(_random.Next(14)) : TimeSpan.FromSeconds(_random.Next(90)));
        foreach (var (key, (_, until)) in _keys.ToList())
            if (until <= clock.Now) _keys.Remove(key);

        if (_random.Next(12) == 0) return await ShrinkOrGrowAsync();

        var (node, faults) = Pick(nodes);
        using var leaving = new CancellationTokenSource();
        var fault = BreakSomething(faults, leaving);
        List<(string Name, Func<Task> Learn)> turns = [];
        for (var i = _random.Next(1, 7); i > 0; i--) turns.Add(Queue(node, _random.Next(6) == 0 ? leaving.Token : CancellationToken.None));
        await node.BatchAsync();
        await leaving.CancelAsync();
        await node.SettleAsync();
        (faults.BeforeCommit, faults.AfterCommit) = (FaultyTurnStore.Nothing, FaultyTurnStore.Nothing);

        foreach (var (_, learn) in turns) await learn();
        return $"{fault}{string.Join(", ", turns.Select(turn => turn.Name))}";
    }

    private string BreakSomething(FaultyTurnStore faults, CancellationTokenSource leaving)
    {
        var lost = FaultyTurnStore.Times(_random.Next(1, 3), FaultyTurnStore.Throw(StoreFailure.Lost));
        switch (_random.Next(10))
        {
            case 0:
                faults.BeforeCommit = lost;
                return "lost before commit: ";
            case 1:
                faults.AfterCommit = lost;
                return "lost after commit: ";
            case 2:
                faults.AfterCommit = FaultyTurnStore.Once(leaving.CancelAsync);
                return "callers leave: ";
            case 3:
                faults.BeforeCommit = FaultyTurnStore.Once(leaving.CancelAsync);
                return "callers leave early: ";
            default:
                return "";
        }
    }

    // Alone in its batch, so that which limit was in force when a lease was given is known.
    private async Task<string> ShrinkOrGrowAsync()
    {
        var max = _random.Next(1, 6);
        await Pick(nodes).Node.RunAsync(new ChangeAccountTurn(Pick(Accounts), "test", "patch", account => account with { MaxJobs = max }));
        return $"maxJobs = {max}";
    }

    private (string Name, Func<Task> Learn) Queue(TestNode node, CancellationToken caller) => _random.Next(12) switch
    {
        0 or 1 => Acquire(node, caller),
        2 => Release(node, caller),
        3 or 4 => Submit(node, caller),
        5 or 6 => Dispatch(node, caller),
        7 => Note(node, caller),
        8 or 9 => End(node, caller),
        10 => Ask(node, "cancel", new CancelJobTurn(AnyJob().Id), caller),
        _ => LoseSightOrAdopt(node, caller),
    };

    private (string, Func<Task>) Acquire(TestNode node, CancellationToken caller)
    {
        var account = Pick(Accounts);
        var request = Make.Call(ceiling: _random.Next(20), owner: node.Incarnation);
        var answer = node.Runner.RunAsync(Make.Acquire(account, request), caller);
        return ("acquire", async () =>
        {
            if (await AnswerAsync(answer) is not { } result) _neverAnswered.Add(request.Id);
            else if (result.Lease is { } lease) _granted.Add(lease.Id, (account, lease));
        }
        );
    }

    private (string, Func<Task>) Release(TestNode node, CancellationToken caller)
    {
        var calls = _granted.Values.Where(granted => granted.Lease.IsCall).ToList();
        if (calls.Count == 0) return ("nothing to release", () => Task.CompletedTask);
        var (account, lease) = Pick(calls);
        return Ask(node, "release", new ReleaseTurn(account, lease.Id, AnySettlement(lease)), caller);
    }

    private (string, Func<Task>) Submit(TestNode node, CancellationToken caller)
    {
        var job = Make.Job(_ids.Next(), priority: _random.Next(10));
        var key = _random.Next(3) == 0 ? Pick(Keys) : null;
        var direct = _random.Next(2) == 0 ? new DirectDispatch(Pick(Accounts), Make.ForJob(job.Id, owner: node.Incarnation)) : null;
        var mayQueue = _random.Next(3) > 0;
        var answer = node.Runner.RunAsync(Make.Submit(job, key is null ? null : Make.Record(key, job.Id), direct, mayQueue), caller);
        return ("submit", async () =>
        {
            switch (await AnswerAsync(answer))
            {
                case SubmitResult.Created created:
                    _jobs.Add(created.Job);
                    if (key is not null) _keys[key] = (job.Id, clock.Now + IdempotencyKey.Kept);
                    if (created.Lease is { } lease) _granted.Add(lease.Id, (direct!.Account, lease));
                    break;
                case SubmitResult.Replayed replayed:
                    // A submit whose caller left may have used the key; then it is learned here.
                    if (_keys.TryGetValue(key!, out var known)) Assert.Equal(known.Job, replayed.Record.Job);
                    _keys[key!] = (replayed.Record.Job, replayed.Record.ExpiresAt);
                    Assert.NotEqual(job.Id, replayed.Record.Job);
                    Assert.NotNull(await queries.JobAsync(replayed.Record.Job, CancellationToken.None));
                    Assert.Null(await queries.JobAsync(job.Id, CancellationToken.None));
                    break;
                case SubmitResult.NoCapacity:
                    Assert.False(mayQueue);
                    Assert.Null(await queries.JobAsync(job.Id, CancellationToken.None));
                    break;
            }
        }
        );
    }

    private (string, Func<Task>) Dispatch(TestNode node, CancellationToken caller)
    {
        var job = AnyJob();
        var account = Pick(Accounts);
        var request = Make.ForJob(job.Id, job.Attempt + 1, owner: node.Incarnation);
        var answer = node.Runner.RunAsync(new DispatchTurn(job.Id, account, request, KindLimits.Default), caller);
        return ("dispatch", async () =>
        {
            if (await AnswerAsync(answer) is not { } result) _neverAnswered.Add(request.Id);
            else if (result.Lease is { } lease) _granted.Add(lease.Id, (account, lease));
        }
        );
    }

    private (string, Func<Task>) Note(TestNode node, CancellationToken caller) => AnyJobLease() is var (account, lease)
        ? Ask(node, "note", new NoteTaskTurn(account, lease.Id, lease.Job!.Value, lease.Attempt, $"task-{lease.Id}"), caller)
        : ("nothing to note", () => Task.CompletedTask);

    private (string, Func<Task>) End(TestNode node, CancellationToken caller)
    {
        if (AnyJobLease() is not var (account, lease)) return ("nothing to end", () => Task.CompletedTask);
        AttemptEnd end = _random.Next(6) switch
        {
            0 or 1 => Make.Success(_random.Next(2) == 0 ? null : _random.Next(2)),
            2 => new AttemptEnd.Lapsed(new JobError("hard_end", "time is up")),
            3 => new AttemptEnd.NotSent("test"),
            _ =>
                new AttemptEnd.Failed(
                    Make.Error(Pick([ErrorClass.Overload, ErrorClass.Caller, ErrorClass.Retry]), Pick(Enum.GetValues<Billed>()))),
        };
        return Ask(node, "end", new EndAttemptTurn(account, lease.Id, lease.Job!.Value, lease.Attempt, end), caller);
    }

    private (string, Func<Task>) LoseSightOrAdopt(TestNode node, CancellationToken caller)
    {
        if (AnyJobLease() is not var (account, lease)) return ("nothing to lose", () => Task.CompletedTask);
        return _random.Next(2) == 0
            ? Ask(node, "lose sight", new LoseSightTurn(lease.Job!.Value, lease.Attempt, "time-out"), caller)
            : Ask(node, "adopt", new AdoptLeaseTurn(account, lease.Id, lease.Owner), caller);
    }

    private static (string, Func<Task>) Ask<T>(TestNode node, string name, Turn<T> turn, CancellationToken caller)
    {
        var answer = node.Runner.RunAsync(turn, caller);
        return (name, async () => await AnswerAsync(answer));
    }

    // Nothing for a caller who left, and for one who was told to come again.
    private static async Task<T?> AnswerAsync<T>(Task<T> answer)
    {
        try
        {
            return await answer.WaitAsync(TestNode.Patience);
        }
        catch (Exception failure) when (failure is OperationCanceledException or StoreUnavailableException)
        {
            return default;
        }
    }

    private async Task AgreeAsync()
    {
        var accounts = await queries.AccountsAsync(CancellationToken.None);
        var jobs = (
            await queries.JobsAsync(new JobFilter(null, null, null, null, null, 1000), CancellationToken.None)).ToDictionary(job => job.Id);
        var live = accounts.SelectMany(account => account.Leases.Select(lease => (Account: account, Lease: lease))).ToList();
        Assert.Equal(live.Count, live.Select(held => held.Lease.Id).Distinct().Count());

        Assert.DoesNotContain(live, held => _neverAnswered.Contains(held.Lease.Id)); // T3: nobody is there to give it back
        foreach (var account in accounts) await AccountAgreesAsync(account);
        foreach (var (account, lease) in live.Where(held => !held.Lease.IsCall)) LeaseAgrees(account, lease, jobs);
        foreach (var job in jobs.Values) JobAgrees(job, live);
        await EventsAgreeAsync(jobs);
        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM parked_obligation"));
        foreach (var job in _jobs) Assert.True(jobs.ContainsKey(job.Id), $"job {job.Id} was answered and is gone");
        foreach (var (key, (job, _)) in _keys)
            Assert.Equal(job.Value, await database.CountAsync($"SELECT job FROM idempotency WHERE key = '{key}'"));

        foreach (var (account, lease) in live) _granted.TryAdd(lease.Id, (account.Id, lease));
        _liveBefore = [.. live.Select(held => held.Lease.Id)];
        for (var i = 0; i < _jobs.Count; i++) _jobs[i] = jobs[_jobs[i].Id];
    }

    private async Task AccountAgreesAsync(AccountState account)
    {
        Assert.InRange(account.Leases.Length, 0, AccountSpec.MostMaxJobs);
        if (account.Leases.Any(lease => !_liveBefore.Contains(lease.Id)))
            Assert.True(
                account.Leases.Length <= account.MaxJobs, $"a new lease above the limit: {account.Leases.Length} of {account.MaxJobs}");

        var charges = await queries.ChargesAsync(account.Id, CancellationToken.None);
        Assert.Empty(StoreJudge.Books(account, charges));

        // Every lease ever granted is held or charged, never both, never neither.
        var charged = charges.Select(charge => charge.Lease).ToHashSet();
        var held = account.Leases.Select(lease => lease.Id).ToHashSet();
        Assert.Empty(charged.Intersect(held));
        foreach (var (id, _) in _granted.Where(granted => granted.Value.Account == account.Id))
            Assert.True(charged.Contains(id) || held.Contains(id), $"lease {id} is neither held nor charged");
    }

    private static void LeaseAgrees(AccountState account, Lease lease, Dictionary<JobId, JobState> jobs)
    {
        Assert.True(jobs.TryGetValue(lease.Job!.Value, out var job), "a lease without a job");
        Assert.Equal((lease.Id, lease.Attempt, account.Id), (job.Lease!.Value, job.Attempt, job.Account!.Value));
        Assert.NotEqual(JobStatus.Queued, job.Status);
    }

    private static void JobAgrees(JobState job, List<(AccountState Account, Lease Lease)> live)
    {
        if (job.Status.IsTerminal || job.Status == JobStatus.Queued) return;
        Assert.True(
            live.Any(held => held.Lease.Id == job.Lease && held.Account.Id == job.Account),
            $"job {job.Id} is {job.Status.Name} without its lease");
    }

    private async Task EventsAgreeAsync(Dictionary<JobId, JobState> jobs)
    {
        Assert.Equal(jobs.Count, await database.CountAsync("SELECT count(DISTINCT job) FROM job_event"));
        foreach (var job in jobs.Values)
            Assert.Empty(StoreJudge.Events(job, await queries.EventsAsync(job.Id, 0, 1000, CancellationToken.None)));
    }

    private static Settlement AnySettlement(Lease lease) => (lease.Reserved % 3) switch
    {
        0 => new Settlement.Done(lease.Reserved / 2),
        1 => new Settlement.Unbilled(),
        _ => new Settlement.Lapsed("test"),
    };

    private JobState AnyJob() => _jobs.Count == 0 ? Make.Job(_ids.Next()) : _jobs[Math.Max(0, _jobs.Count - 1 - _random.Next(8))];

    private (AccountId, Lease)? AnyJobLease()
    {
        var recent = _granted.Values.Where(granted => !granted.Lease.IsCall).TakeLast(8).ToList();
        return recent.Count == 0 ? null : Pick(recent);
    }

    private T Pick<T>(IReadOnlyList<T> values) => values[_random.Next(values.Count)];
}
