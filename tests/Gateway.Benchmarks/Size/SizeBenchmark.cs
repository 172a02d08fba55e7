using System.Globalization;
using Gateway.Benchmarks.Running;
using Gateway.Engine.Jobs;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Testing;
using Npgsql;

namespace Gateway.Benchmarks.Size;

/// <summary>How large the database grows: bytes per video job that went its whole way, with its events, bodies, charge and key.</summary>
internal static class SizeBenchmark
{
    private const int Accounts = 20;
    private const int MaxJobs = 10;

    // What a video's request and MiniMax's answer to its query come to.
    private static readonly byte[] Request = new byte[400];
    private static readonly byte[] Result = new byte[600];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (only, jobs) = (arguments.Text("only"), arguments.Whole("jobs", 20_000));
        var scratch = Directory.CreateTempSubdirectory("gateway-bench-").FullName;
        if (only is null or "sqlite")
        {
            await using (var engine = await EngineUnderTest.StartAsync(Stores.Sqlite(scratch))) await FillAsync(engine, jobs);
            Print("SQLite", jobs, new FileInfo(Path.Combine(scratch, "gateway.db")).Length);
        }

        if (only is null or "postgres")
        {
            await using var postgres = await PostgresServer.StartAsync();
            var connectionString = await postgres.CreateDatabaseAsync("bench");
            await using (var engine = await EngineUnderTest.StartAsync(Stores.Postgres(connectionString))) await FillAsync(engine, jobs);
            Print("PostgreSQL", jobs, await SizeAsync(connectionString));
            await PostgresServer.DropDatabaseAsync(connectionString);
        }

        Directory.Delete(scratch, recursive: true);
        return 0;
    }

    private static async Task FillAsync(EngineUnderTest engine, int jobs)
    {
        await engine.MakeAccountsAsync(Accounts, MaxJobs);
        var done = 0;
        await Task.WhenAll(Enumerable.Range(0, Accounts * MaxJobs).Select(async slot =>
        {
            while (Interlocked.Increment(ref done) <= jobs) await RunJobAsync(engine, EngineUnderTest.IdOf(1 + (slot % Accounts)));
        }));
    }

    private static async Task RunJobAsync(EngineUnderTest engine, AccountId account)
    {
        var job = new JobState
        {
            Id = engine.JobIds.Next(),
            Team = TeamId.Default,
            Kind = JobKind.Video,
            Model = "MiniMax-Hailuo-02",
            CreatedAt = TimeProvider.System.GetUtcNow(),
            Request = new BodyRef(Request.Length, LargeId: null),
        };
        var key = new IdempotencyRecord(
            new IdempotencyKey(TeamId.Default, $"{Guid.NewGuid()}"), new string('f', 64), job.Id, ExpiresAt: default);
        await engine.Runner.RunAsync(
            new SubmitJobTurn(job, Request, key, null, mayQueue: true, KindLimits.Default), CancellationToken.None);

        var lease = (
            await engine.Runner.RunAsync(
                new DispatchTurn(job.Id, account, engine.Ask(job.Work, job.Id, attempt: 1), KindLimits.Default),
                CancellationToken.None)).Lease!;
        await engine.Runner.RunAsync(new NoteTaskTurn(account, lease.Id, job.Id, 1, "176843862716480"), CancellationToken.None);
        var result = new AttemptEnd.Succeeded(new BodyRef(Result.Length, LargeId: null), Result, "176844028768320", default(Usage));
        await engine.Runner.RunAsync(new EndAttemptTurn(account, lease.Id, job.Id, 1, result), CancellationToken.None);
    }

    private static async Task<long> SizeAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using (var vacuum = source.CreateCommand("VACUUM")) await vacuum.ExecuteNonQueryAsync();
        await using var size = source.CreateCommand("SELECT pg_database_size(current_database())");
        return (long)(await size.ExecuteScalarAsync())!;
    }

    private static void Print(string store, int jobs, long bytes) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture, $"{store}: {jobs:N0} jobs, {bytes:N0} bytes, {(double)bytes / jobs:N0} bytes a job"));
}
