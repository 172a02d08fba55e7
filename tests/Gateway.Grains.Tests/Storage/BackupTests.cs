using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Storage.Sqlite;

namespace Gateway.Grains.Tests.Storage;

/// <summary>S5: copies of SQLite's files while turns are written into them.</summary>
public sealed class BackupTests() : StoreTest(new SqliteTestDatabase())
{
    private static readonly byte[] LargeBody = new byte[BodyWrite.LargestInTurn + 1];

    private readonly string _backups = Directory.CreateTempSubdirectory("gateway-backups-").FullName;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_backups, recursive: true);
    }

    private string Target => Path.Combine(_backups, "copy");

    private BackupReport Take(string? target = null)
    {
        using var source = SqliteDatabase.OpenBeside(((SqliteTestDatabase)Database).Folder);
        return SqliteBackup.Take(source, target ?? Target, Make.Noon, None);
    }

    private async Task<JobState> SubmitLargeAsync(TestNode node)
    {
        var id = Make.JobId();
        var job = Make.Job(id) with { Request = new BodyRef(LargeBody.Length, await Store.Bodies.WriteAsync(id, LargeBody, None)) };
        await node.Runner.RunAsync(new SubmitJobTurn(job, null, null, null, mayQueue: true, KindLimits.Default), None);
        return job;
    }

    [Fact]
    public async Task S5_a_backup_under_load_holds_all_that_was_committed_before_it_and_every_body_its_jobs_name()
    {
        var node = await NodeAsync();
        node.Start();
        var before = await SubmitLargeAsync(node);
        using var enough = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var count = 0;
            for (; !enough.IsCancellationRequested; count++) await SubmitLargeAsync(node);
            return count;
        })));

        for (var copy = 0; copy < 5; copy++)
        {
            var report = Take(Path.Combine(_backups, $"{copy}"));
            Assert.True(report.Jobs > 0 && report.MissingBodies == 0, $"{report}");
        }

        await enough.CancelAsync();
        Assert.All(await load, count => Assert.True(count > 0));

        await using var restored = new SqliteGatewayStore(SqliteDatabase.Open(Path.Combine(_backups, "4")), new StoreClock());
        await restored.MigrateAsync(None);
        Assert.NotNull(await restored.Queries.JobAsync(before.Id, None));
        foreach (var job in await restored.Queries.JobsAsync(new JobFilter(null, null, null, null, null, 100_000), None))
            Assert.Equal(LargeBody.Length, (await restored.Bodies.ReadAsync(job.Id, BodyPart.Request, job.Request, None))!.Length);
    }

    [Fact]
    public async Task S5_S1_a_backup_is_whole_marked_private_and_without_the_key()
    {
        var node = await NodeAsync();
        await node.RunAsync(Make.Submit(Make.Job()));
        await File.WriteAllTextAsync(Path.Combine(((SqliteTestDatabase)Database).Folder, "gateway.key"), "the key");
        Assert.Equal(1, Take().Jobs);

        Assert.Equal(["gateway.db"], Directory.GetFiles(Target).Select(Path.GetFileName));
        Assert.Equal(["copy"], Directory.GetFileSystemEntries(_backups).Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(
                UnixFileMode.None,
                File.GetUnixFileMode(Target) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        await using var copy = new SqliteGatewayStore(SqliteDatabase.Open(Target), new StoreClock());
        Assert.Equal($"a backup of {Make.Noon:u}", await copy.Copies.FindMarkAsync(None));
        Assert.Null(await Store.Copies.FindMarkAsync(None));
    }

    [Fact]
    public void S5_a_backup_overwrites_nothing_and_a_failed_one_leaves_nothing()
    {
        Directory.CreateDirectory(Target);
        Assert.Contains("exists", Assert.Throws<GatewaySetupException>(() => Take()).Message);
        Assert.Empty(Directory.GetFileSystemEntries(Target));

        var nowhere = Path.Combine(_backups, "file");
        File.WriteAllText(nowhere, "");
        Assert.ThrowsAny<IOException>(() => Take(Path.Combine(nowhere, "below")));
        Assert.Equal(["copy", "file"], Directory.GetFileSystemEntries(_backups).Select(Path.GetFileName).Order());
        Assert.Contains("no gateway.db", Assert.Throws<GatewaySetupException>(() => SqliteDatabase.OpenBeside(_backups)).Message);
    }

    [Fact]
    public async Task S3_only_unknown_jobs_may_do_without_a_slot()
    {
        const string Insert =
            "INSERT INTO job (id, version, team, kind, lane, status, priority, attempt, seq, state) VALUES (1, 1, 'default', 'video', " +
                "'l', '{0}', 5, 1, 1, '{}')";
        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(
            () => Database.RunAsync(Insert.Replace("{0}", "running", StringComparison.Ordinal)));
        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(
            () => Database.RunAsync(Insert.Replace("{0}", "submitting", StringComparison.Ordinal)));
        Assert.Equal(1, await Database.RunAsync(Insert.Replace("{0}", "unknown", StringComparison.Ordinal)));
        Assert.Equal(["ok"], await Database.ListAsync("PRAGMA integrity_check"));
    }
}
