using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>Streams on PostgreSQL, over connections of their own like bodies.</summary>
internal sealed class PostgresStreamStore(NpgsqlDataSource source) : IStreamStore
{
    // Of two writers at one place the key lets one through.
    private const string Append = """
        INSERT INTO job_stream (job, start, attempt, data)
        SELECT $1, $2, $3, $4
        WHERE $2 = coalesce((SELECT start + octet_length(data) FROM job_stream WHERE job = $1 ORDER BY start DESC LIMIT 1), 0)
          AND EXISTS (SELECT 1 FROM job WHERE id = $1 AND attempt = $3 AND status IN ('submitting', 'running', 'unknown'))
        ON CONFLICT DO NOTHING
        """;

    public async Task<bool> AppendAsync(
        JobId job, int attempt, long start, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        await source.RunAsync(Append, cancellationToken, job.Value, start, attempt, data) > 0;

    // From the last chunk that begins at or before the place: it may reach beyond it.
    private const string Read = """
        SELECT start, attempt, data FROM job_stream
        WHERE job = $1 AND start >= coalesce((SELECT max(start) FROM job_stream WHERE job = $1 AND start <= $2), 0)
            AND start + octet_length(data) > $2
        ORDER BY start LIMIT $3
        """;

    public Task<IReadOnlyList<StreamChunk>> ReadAsync(JobId job, long after, int limit, CancellationToken cancellationToken) =>
        source.ListAsync(Read, Chunk, cancellationToken, job.Value, after, limit);

    private const string End = "SELECT start, attempt, data FROM job_stream WHERE job = $1 ORDER BY start DESC LIMIT 1";

    public async Task<long> EndAsync(JobId job, CancellationToken cancellationToken) =>
        (await source.FirstAsync(End, Chunk, cancellationToken, job.Value))?.End ?? 0;

    private static StreamChunk Chunk(NpgsqlDataReader reader) =>
        new(reader.GetInt64(0), reader.GetInt32(1), reader.GetFieldValue<byte[]>(2));
}
