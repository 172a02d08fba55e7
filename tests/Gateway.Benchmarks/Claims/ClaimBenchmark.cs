using System.Diagnostics;
using Gateway.Benchmarks.Running;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Testing;

namespace Gateway.Benchmarks.Claims;

/// <summary>
/// What the queue costs: durable submits per second, and the time to claim a job (queues, heads, dispatch turn) behind few and
/// behind many queued jobs. A claim must not grow with the queue.
/// </summary>
internal static class ClaimBenchmark
{
    private const int Few = 1_000;
    private const int Many = 200_000;
    private const int ClaimsPerRound = 150;
    private const double MostGrowth = 1.5;
    private static readonly Work Video = new(JobKind.Video, "MiniMax-Hailuo-02");

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var only = arguments.Text("only");
        var scratch = Directory.CreateTempSubdirectory("gateway-bench-").FullName;
        await using (var resources = new Resources())
        {
            if (only is null or "sqlite") await MeasureAsync("SQLite", arguments, resources, () => OpenSqliteAsync(scratch));
            if (only is null or "postgres")
            {
                var postgres = resources.Own(await PostgresServer.StartAsync());
                await MeasureAsync("PostgreSQL", arguments, resources, () => OpenPostgresAsync(postgres, resources));
            }
        }

        Directory.Delete(scratch, recursive: true);
        return 0;
    }

    private static async Task MeasureAsync(
        string name, Arguments arguments, Resources resources, Func<Task<(IGatewayStore, IJobCloner)>> openAsync)
    {
        var rounds = arguments.Whole("rounds", 3);
        var submits = resources.Own(await StartAsync(await openAsync(), jobs: 0));
        var cells = new[] { 16, 64 }.Select(callers => new Cell($"{name}, submit", callers, (length, seed) =>
            Load.RunAsync(callers, length, seed, (_, cancellationToken) => SubmitAsync(submits, cancellationToken)))).ToList();
        Rounds.Print(await Rounds.RunAsync(cells, rounds, TimeSpan.FromSeconds(arguments.Number("seconds", 3))), "submit");

        var few = resources.Own(await StartAsync(await openAsync(), Few));
        var many = resources.Own(await StartAsync(await openAsync(), Many));
        await CompareAsync(name, few, many, rounds);
    }

    private static async Task CompareAsync(string name, EngineUnderTest few, EngineUnderTest many, int rounds)
    {
        List<double> fewTimes = [], manyTimes = [];
        for (var round = 0; round <= rounds; round++)
        {
            // The first round warms up.
            if (round == 1) (fewTimes, manyTimes) = ([], []);
            for (var i = 0; i < ClaimsPerRound; i++)
            {
                fewTimes.Add(await ClaimAsync(few));
                manyTimes.Add(await ClaimAsync(many));
            }
        }

        var (fewMedian, manyMedian) = (Median(fewTimes), Median(manyTimes));
        Console.WriteLine();
        Console.WriteLine($"{name}: a claim takes {fewMedian:N2} ms behind {Few:N0} jobs, {manyMedian:N2} ms behind {Many:N0}: "
            + $"ratio {manyMedian / fewMedian:N2} (target at most {MostGrowth}: " +
                $"{(manyMedian / fewMedian <= MostGrowth ? "met" : "missed")})");
        Console.WriteLine();
    }

    // Timed: what the dispatcher does for one free slot. Not timed: the job's end and its replacement in the queue.
    private static async Task<double> ClaimAsync(EngineUnderTest engine)
    {
        var started = Stopwatch.GetTimestamp();
        var queues = await engine.Store.Queries.QueuesAsync(CancellationToken.None);
        var head = (await engine.Store.Queries.HeadsAsync(queues, 4, CancellationToken.None))[0];
        var account = EngineUnderTest.IdOf(1);
        var request = engine.Ask(Video, head.Id, head.Attempt + 1);
        var dispatched = await engine.Runner.RunAsync(
            new DispatchTurn(head.Id, account, request, KindLimits.Default), CancellationToken.None);
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;

        var lease = dispatched.Lease ?? throw new InvalidOperationException($"The account refused: {dispatched.Refusal}");
        var end = new AttemptEnd.Succeeded(new BodyRef(2, null), "{}"u8.ToArray(), FileId: null, Usage.Unreported);
        await engine.Runner.RunAsync(new EndAttemptTurn(account, lease.Id, head.Id, lease.Attempt, end), CancellationToken.None);
        await SubmitAsync(engine, CancellationToken.None);
        return took;
    }

    private static Task SubmitAsync(EngineUnderTest engine, CancellationToken cancellationToken)
    {
        var job = new JobState
        {
            Id = engine.JobIds.Next(),
            Team = TeamId.Default,
            Kind = Video.Kind,
            Model = Video.Model,
            Request = new BodyRef(400, null),
        };
        return engine.Runner.RunAsync(
            new SubmitJobTurn(job, new byte[400], record: null, direct: null, mayQueue: true, KindLimits.Default), cancellationToken);
    }

    private static async Task<EngineUnderTest> StartAsync((IGatewayStore Store, IJobCloner Cloner) opened, int jobs)
    {
        var engine = await EngineUnderTest.StartAsync(opened.Store);
        await engine.MakeAccountsAsync(1, maxJobs: 10);
        if (jobs == 0) return engine;

        await SubmitAsync(engine, CancellationToken.None);
        await opened.Cloner.CloneAsync(jobs - 1);
        return engine;
    }

    private static Task<(IGatewayStore, IJobCloner)> OpenSqliteAsync(string scratch)
    {
        var directory = Directory.CreateDirectory(Path.Combine(scratch, Guid.NewGuid().ToString("N"))).FullName;
        return Task.FromResult<(IGatewayStore, IJobCloner)>((Stores.Sqlite(directory), new SqliteJobCloner(directory)));
    }

    private static async Task<(IGatewayStore, IJobCloner)> OpenPostgresAsync(PostgresServer postgres, Resources resources)
    {
        var database = await postgres.CreateDatabaseAsync("bench");
        resources.OnDispose(() => PostgresServer.DropDatabaseAsync(database));
        return (Stores.Postgres(database), new PostgresJobCloner(database));
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
