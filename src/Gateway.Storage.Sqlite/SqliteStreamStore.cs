using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>Streams on SQLite, in the file of the large bodies: a token stalls no turn.</summary>
internal sealed class SqliteStreamStore(SqliteDatabase database, SqliteBodyFile file) : IStreamStore
{
    private const string MayWrite =
        "SELECT count(*) FROM job WHERE id = $job AND attempt = $attempt AND status IN ('submitting', 'running', 'unknown')";

    private const string Append = """
        INSERT INTO job_stream (job, start, attempt, data)
        SELECT $job, $start, $attempt, $data
        WHERE $start = coalesce((SELECT start + length(data) FROM job_stream WHERE job = $job ORDER BY start DESC LIMIT 1), 0)
        """;

    public Task<bool> AppendAsync(JobId job, int attempt, long start, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        file.WriteAsync(bodies =>
        database.Read(main => main.List(MayWrite, reader => reader.GetInt64(0), ("$job", job.Value), ("$attempt", attempt))[0]) > 0 &&
        bodies.Run(Append, ("$job", job.Value), ("$start", start), ("$attempt", attempt), ("$data", data.ToArray())) > 0,
        cancellationToken);

    // From the last chunk that begins at or before the place: it may reach beyond it.
    private const string Read = """
        SELECT start, attempt, data FROM job_stream
        WHERE job = $job AND start >= coalesce((SELECT max(start) FROM job_stream WHERE job = $job AND start <= $after), 0)
            AND start + length(data) > $after
        ORDER BY start LIMIT $limit
        """;

    public Task<IReadOnlyList<StreamChunk>> ReadAsync(JobId job, long after, int limit, CancellationToken cancellationToken) =>
        file.ReadAsync<IReadOnlyList<StreamChunk>>(
            bodies => bodies.List(Read, Chunk, ("$job", job.Value), ("$after", after), ("$limit", limit)), cancellationToken);

    private const string End = "SELECT start, attempt, data FROM job_stream WHERE job = $job ORDER BY start DESC LIMIT 1";

    public Task<long> EndAsync(JobId job, CancellationToken cancellationToken) =>
        file.ReadAsync(bodies => bodies.List(End, Chunk, ("$job", job.Value)) is [var last] ? last.End : 0, cancellationToken);

    private static StreamChunk Chunk(SqliteDataReader reader) =>
        new(reader.GetInt64(0), reader.GetInt32(1), reader.GetFieldValue<byte[]>(2));
}
