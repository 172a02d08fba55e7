using Gateway.Engine.Storage;
using Gateway.Model.Content;
using Gateway.Model.Ids;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>Copies of results on PostgreSQL: any number of nodes may copy, a job is claimed by one of them at a time.</summary>
internal sealed class PostgresResultStore(NpgsqlDataSource source) : IResultStore
{
    private const string Claim = """
        UPDATE result_due SET due_at = $3, tries = tries + 1
        WHERE job IN (SELECT job FROM result_due WHERE due_at <= $2 ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING job, first_at, tries
        """;

    public Task<IReadOnlyList<DueCopy>> ClaimAsync(
        int limit, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        source.ListAsync(
            Claim,
            reader => new DueCopy(new JobId(reader.GetInt64(0)), reader.Time(1), reader.GetInt32(2)),
            cancellationToken,
            limit,
            now,
            until);

    private const string NextDue = "SELECT min(due_at) FROM result_due";

    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) =>
        (await source.ListAsync(NextDue, reader => reader.TimeOrNull(0), cancellationToken))[0];

    private const string Postpone = "UPDATE result_due SET due_at = $2 WHERE job = $1";

    public Task PostponeAsync(JobId job, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        source.RunAsync(Postpone, cancellationToken, job.Value, dueAt);

    private const string End = "DELETE FROM result_due WHERE job = $1";

    public Task EndAsync(JobId job, CancellationToken cancellationToken) => source.RunAsync(End, cancellationToken, job.Value);

    private const string Add = """
        INSERT INTO result_copy (job, n, bytes, content_type, copied_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (job, n) DO UPDATE SET bytes = excluded.bytes, content_type = excluded.content_type, copied_at = excluded.copied_at
        """;

    public Task AddAsync(ResultCopy copy, CancellationToken cancellationToken) =>
        source.RunAsync(Add, cancellationToken, copy.Job.Value, copy.N, copy.Bytes, copy.ContentType, copy.CopiedAt);

    private const string Of = "SELECT job, n, bytes, content_type, copied_at FROM result_copy WHERE job = $1 ORDER BY n";

    public Task<IReadOnlyList<ResultCopy>> OfAsync(JobId job, CancellationToken cancellationToken) =>
        source.ListAsync(Of, Copy, cancellationToken, job.Value);

    private const string Bytes = "SELECT coalesce(sum(bytes), 0)::bigint FROM result_copy";

    public async Task<long> BytesAsync(CancellationToken cancellationToken) =>
        (await source.ListAsync(Bytes, reader => reader.GetInt64(0), cancellationToken))[0];

    private const string Old =
        "SELECT job, n, bytes, content_type, copied_at FROM result_copy WHERE copied_at < $1 ORDER BY copied_at LIMIT $2";

    public Task<IReadOnlyList<ResultCopy>> OldAsync(DateTimeOffset copiedBefore, int limit, CancellationToken cancellationToken) =>
        source.ListAsync(Old, Copy, cancellationToken, copiedBefore, limit);

    private const string Remove =
        "DELETE FROM result_copy USING unnest($1::bigint[], $2::int[]) AS gone(job, n) WHERE result_copy.job = gone.job AND " +
            "result_copy.n = gone.n";

    public Task RemoveAsync(IReadOnlyList<ResultCopy> copies, CancellationToken cancellationToken) =>
        source.RunAsync(
            Remove, cancellationToken, copies.Select(copy => copy.Job.Value).ToArray(), copies.Select(copy => copy.N).ToArray());

    private const string Known = "SELECT DISTINCT job FROM result_copy WHERE job = ANY($1)";

    public async Task<IReadOnlySet<JobId>> KnownAsync(IReadOnlyList<JobId> jobs, CancellationToken cancellationToken) =>
        (await source.ListAsync(
            Known, reader => new JobId(reader.GetInt64(0)), cancellationToken, jobs.Select(job => job.Value).ToArray())).ToHashSet();

    private static ResultCopy Copy(NpgsqlDataReader reader) =>
        new(new JobId(reader.GetInt64(0)), reader.GetInt32(1), reader.GetInt64(2), reader.GetString(3), reader.Time(4));
}
