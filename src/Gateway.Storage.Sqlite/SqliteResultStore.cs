using Gateway.Engine.Storage;
using Gateway.Model.Content;
using Gateway.Model.Ids;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>Copies of results on SQLite. One process: what is claimed is claimed, off the caller's thread for the sake of turns.</summary>
internal sealed class SqliteResultStore(SqliteDatabase database) : IResultStore
{
    private const string Claim = """
        UPDATE result_due SET due_at = $until, tries = tries + 1
        WHERE job IN (SELECT job FROM result_due WHERE due_at <= $now ORDER BY due_at LIMIT $limit)
        RETURNING job, first_at, tries
        """;

    public Task<IReadOnlyList<DueCopy>> ClaimAsync(
        int limit, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        ListAsync(
            Claim,
            reader => new DueCopy(new JobId(reader.GetInt64(0)), reader.Time(1), reader.GetInt32(2)),
            cancellationToken,
            ("$limit", limit),
            ("$now", At(now)),
            ("$until", At(until)));

    private const string NextDue = "SELECT min(due_at) FROM result_due";

    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) =>
        (await ListAsync(NextDue, reader => reader.TimeOrNull(0), cancellationToken))[0];

    private const string Postpone = "UPDATE result_due SET due_at = $due WHERE job = $job";

    public Task PostponeAsync(JobId job, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        RunAsync(Postpone, cancellationToken, ("$job", job.Value), ("$due", At(dueAt)));

    private const string End = "DELETE FROM result_due WHERE job = $job";

    public Task EndAsync(JobId job, CancellationToken cancellationToken) => RunAsync(End, cancellationToken, ("$job", job.Value));

    private const string Add = """
        INSERT INTO result_copy (job, n, bytes, content_type, copied_at) VALUES ($job, $n, $bytes, $type, $at)
        ON CONFLICT (job, n) DO UPDATE SET bytes = excluded.bytes, content_type = excluded.content_type, copied_at = excluded.copied_at
        """;

    public Task AddAsync(ResultCopy copy, CancellationToken cancellationToken) =>
        RunAsync(
            Add, cancellationToken, ("$job", copy.Job.Value), ("$n", copy.N), ("$bytes", copy.Bytes), ("$type", copy.ContentType),
            ("$at", At(copy.CopiedAt)));

    private const string Of = "SELECT job, n, bytes, content_type, copied_at FROM result_copy WHERE job = $job ORDER BY n";

    public Task<IReadOnlyList<ResultCopy>> OfAsync(JobId job, CancellationToken cancellationToken) =>
        ListAsync(Of, Copy, cancellationToken, ("$job", job.Value));

    private const string Bytes = "SELECT coalesce(sum(bytes), 0) FROM result_copy";

    public async Task<long> BytesAsync(CancellationToken cancellationToken) =>
        (await ListAsync(Bytes, reader => reader.GetInt64(0), cancellationToken))[0];

    private const string Old =
        "SELECT job, n, bytes, content_type, copied_at FROM result_copy WHERE copied_at < $before ORDER BY copied_at LIMIT $limit";

    public Task<IReadOnlyList<ResultCopy>> OldAsync(DateTimeOffset copiedBefore, int limit, CancellationToken cancellationToken) =>
        ListAsync(Old, Copy, cancellationToken, ("$before", At(copiedBefore)), ("$limit", limit));

    private const string Remove = "DELETE FROM result_copy WHERE job = $job AND n = $n";

    public Task RemoveAsync(IReadOnlyList<ResultCopy> copies, CancellationToken cancellationToken) =>
        Task.Run(() => database.Read(connection =>
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var copy in copies) connection.Run(Remove, ("$job", copy.Job.Value), ("$n", copy.N));
        transaction.Commit();
        return copies.Count;
    }), cancellationToken);

    private const string Known = "SELECT DISTINCT job FROM result_copy WHERE job IN (SELECT value FROM json_each($jobs))";

    public async Task<IReadOnlySet<JobId>> KnownAsync(IReadOnlyList<JobId> jobs, CancellationToken cancellationToken) =>
        (await ListAsync(Known, reader => new JobId(reader.GetInt64(0)), cancellationToken, ("$jobs", Written(jobs)))).ToHashSet();

    private static string Written(IEnumerable<JobId> jobs) => $"[{string.Join(',', jobs.Select(job => job.Value))}]";

    private Task<IReadOnlyList<T>> ListAsync<T>(
        string sql, Func<SqliteDataReader, T> map, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters) =>
        Task.Run<IReadOnlyList<T>>(() => database.Read(connection => connection.List(sql, map, parameters)), cancellationToken);

    private Task RunAsync(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters) =>
        Task.Run(() => database.Read(connection => connection.Run(sql, parameters)), cancellationToken);

    private static long At(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static ResultCopy Copy(SqliteDataReader reader) =>
        new(new JobId(reader.GetInt64(0)), reader.GetInt32(1), reader.GetInt64(2), reader.GetString(3), reader.Time(4));
}
