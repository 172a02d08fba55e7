using Gateway.Benchmarks.Running;
using Gateway.Engine.Jobs;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Benchmarks.Stress;

/// <summary>
/// One of the processes of a stress run: callers that acquire, release (sometimes twice), leave before the answer, submit,
/// dispatch and end at random. Accounts have homes, which nobody heeds: rows are skipped and waited for all the time. It works until its
/// standard input closes or it is killed.
/// </summary>
internal sealed class StressProcess
{
    private const int Callers = 12;
    private static readonly Work Call = new(JobKind.Chat, "MiniMax-M2");
    private static readonly Work Video = new(JobKind.Video, "MiniMax-Hailuo-02");

    private readonly EngineUnderTest _engine;
    private readonly HistoryWriter _history;
    private readonly AccountId[] _accounts;

    private StressProcess(EngineUnderTest engine, HistoryWriter history, AccountId[] accounts)
    {
        _engine = engine;
        _history = history;
        _accounts = accounts;
    }

    public static async Task<int> RunAsync(Arguments arguments)
    {
        using var history = new HistoryWriter(arguments.Text("history")!) { Incarnation = "" };
        await using var engine = await EngineUnderTest.StartAsync(Stores.Postgres(arguments.Text("database")!), history);
        history.Incarnation = engine.Node.Incarnation;
        Console.WriteLine(engine.Node.Incarnation); // the parent buries a process it has killed

        var process = new StressProcess(
            engine, history, [.. arguments.Text("accounts")!.Split(',').Select(int.Parse).Select(EngineUnderTest.IdOf)]);
        if (arguments.Text("adopt") is { Length: > 0 } dead) await process.AdoptAsync(dead);
        await process.WorkAsync(arguments.Whole("seed", 1));
        return 0;
    }

    private async Task WorkAsync(int seed)
    {
        using var stop = new CancellationTokenSource();
        var homes = FollowHomesAsync(stop.Token);
        var callers = Enumerable.Range(0, Callers)
            .Select(caller => Task.Run(() => CallAsync(new Random(seed * 1000 + caller), stop.Token)))
            .ToArray();
        await Console.In.ReadToEndAsync(); // closed by the parent
        await stop.CancelAsync();
        await Task.WhenAll([homes, .. callers]);
    }

    private async Task FollowHomesAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            _engine.Homes.Set((await _engine.Store.Nodes.LiveAsync(CancellationToken.None)).Select(node => node.Incarnation));
            await Task.Delay(
                TimeSpan.FromMilliseconds(100), TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CallAsync(Random dice, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (dice.Next(3) > 0) await CallOnceAsync(dice);
            else if (dice.Next(2) == 0) await SubmitAsync();
            else await DispatchAsync(dice);
        }
    }

    private AccountId Pick(Random dice) => _accounts[dice.Next(_accounts.Length)];

    private async Task CallOnceAsync(Random dice)
    {
        var id = Pick(dice);
        var request = _engine.Ask(Call) with { IsPatient = dice.Next(2) == 0 };
        if (dice.Next(10) == 0)
        {
            await LeaveAsync(id, request, TimeSpan.FromMilliseconds(dice.Next(4)));
            return;
        }

        var acquired = await _engine.Accounts.AcquireAsync(id, request, CancellationToken.None);
        if (acquired.Refusal?.Reason == RefusalReason.Contended) return;
        _history.Answered("acquire", id, request.Id, acquired.Lease is not null, acquired.Account!.Leases.Length);
        if (acquired.Lease is not { } lease) return;

        await Task.Yield();
        var releases = Enumerable.Range(0, dice.Next(4) == 0 ? 2 : 1).Select(_ => ReleaseAsync(id, lease.Id)).ToArray();
        await Task.WhenAll(releases);
    }

    // A caller that is gone before its answer, mostly while its batch commits: what it was granted must come back by itself (T3).
    private async Task LeaveAsync(AccountId id, LeaseRequest request, TimeSpan patience)
    {
        using var leave = new CancellationTokenSource(patience, TimeProvider.System);
        var asked = _engine.Accounts.AcquireAsync(id, request, leave.Token);
        try
        {
            var acquired = await asked;
            if (acquired.Lease is not null) await ReleaseAsync(id, request.Id);
        }
        catch (OperationCanceledException)
        {
            // Left before the answer.
        }
    }

    private async Task ReleaseAsync(AccountId id, LeaseId lease)
    {
        var released = await _engine.Accounts.ReleaseAsync(id, lease, new Settlement.Done(1), CancellationToken.None);
        _history.Answered("release", id, lease, released);
    }

    private Task SubmitAsync()
    {
        var job = new JobState
        {
            Id = _engine.JobIds.Next(),
            Team = TeamId.Default,
            Kind = Video.Kind,
            Model = Video.Model,
            Request = new BodyRef(2, null),
        };
        return _engine.Runner.RunAsync(
            new SubmitJobTurn(job, "{}"u8.ToArray(), record: null, direct: null, mayQueue: true, KindLimits.Default),
            CancellationToken.None);
    }

    // Both processes see the same heads, so most of the time several want the same job: the turn decides (Q1).
    private async Task DispatchAsync(Random dice)
    {
        var heads = await _engine.Store.Queries.HeadsAsync([new QueueKey(Video.Lane, TeamId.Default, 5)], 4, CancellationToken.None);
        if (heads.Count == 0) return;
        var job = heads[dice.Next(heads.Count)];
        var id = Pick(dice);
        var request = _engine.Ask(Video, job.Id, job.Attempt + 1);
        var dispatched = await _engine.Runner.RunAsync(new DispatchTurn(job.Id, id, request, KindLimits.Default), CancellationToken.None);
        _history.Answered("dispatch", id, request.Id, dispatched.Lease is not null);
        if (dispatched.Lease is not { } lease) return;

        if (dice.Next(2) == 0)
            await _engine.Runner.RunAsync(
                new NoteTaskTurn(id, lease.Id, job.Id, lease.Attempt, $"task-{lease.Id}"), CancellationToken.None);
        if (dice.Next(4) == 0) await _engine.Runner.RunAsync(new CancelJobTurn(job.Id), CancellationToken.None);
        await EndAsync(id, lease, job.Id, dice.Next(3) == 0);
    }

    private Task EndAsync(AccountId id, Lease lease, JobId job, bool notSent)
    {
        AttemptEnd end = notSent
            ? new AttemptEnd.NotSent("stress")
            : new AttemptEnd.Succeeded(new BodyRef(2, null), "{}"u8.ToArray(), FileId: null, Usage.Unreported);
        return _engine.Runner.RunAsync(new EndAttemptTurn(id, lease.Id, job, lease.Attempt, end), CancellationToken.None);
    }

    // L5: a dead incarnation's call leases are freed; its job leases are adopted and followed to their end.
    private async Task AdoptAsync(string dead)
    {
        foreach (var account in await _engine.Store.Queries.AccountsAsync(CancellationToken.None))
        {
            foreach (var lease in account.Leases.Where(lease => lease.Owner == dead))
            {
                if (lease.Job is not { } job) await ReleaseAsync(account.Id, lease.Id);
                else if (await _engine.Accounts.AdoptAsync(account.Id, lease.Id, dead, CancellationToken.None) is { } adopted)
                    await EndAsync(account.Id, adopted, job, notSent: false);
            }
        }
    }
}
