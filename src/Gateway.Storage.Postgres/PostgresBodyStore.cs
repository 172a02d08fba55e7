using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>Bodies on PostgreSQL: over connections of their own, so that megabytes never travel on the turns' connection (T8).</summary>
internal sealed class PostgresBodyStore(NpgsqlDataSource source) : IBodyStore
{
    /// <summary>Bodies removed in one step of a sweep.</summary>
    private const int SweptAtOnce = 1000;

    private const string Write = "INSERT INTO large_body (id, job, created_at, data) VALUES ($1, $2, clock_timestamp(), $3)";

    public async Task<string> WriteAsync(JobId job, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7().ToString("N");
        await source.RunAsync(Write, cancellationToken, id, job.Value, data);
        return id;
    }

    private const string ReadSmall = "SELECT data FROM job_body WHERE job = $1 AND part = $2";
    private const string ReadLarge = "SELECT data FROM large_body WHERE id = $1";

    public Task<byte[]?> ReadAsync(JobId job, BodyPart part, BodyRef reference, CancellationToken cancellationToken) =>
        reference.LargeId is { } id
            ? source.FirstAsync(ReadLarge, Bytes, cancellationToken, id)
            : source.FirstAsync(ReadSmall, Bytes, cancellationToken, job.Value, part == BodyPart.Request ? "request" : "result");

    private const string Remove = "DELETE FROM large_body WHERE id = ANY($1)";

    public Task RemoveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        source.RunAsync(Remove, cancellationToken, (object)ids.ToArray());

    // The id is looked for in the document's text: PostgreSQL cannot extract from JSON that holds \u0000 anywhere.
    private static readonly string Sweep = $"""
        DELETE FROM large_body WHERE id IN (
            SELECT large_body.id FROM large_body
            WHERE created_at < clock_timestamp() - $1::interval AND NOT EXISTS (
                SELECT 1 FROM job WHERE job.id = large_body.job AND strpos(job.state, '"largeId":"' || large_body.id || '"') > 0)
            ORDER BY created_at LIMIT {SweptAtOnce})
        """;

    public async Task<int> SweepAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        for (var removed = 0; ;)
        {
            var step = await source.RunAsync(Sweep, cancellationToken, age);
            removed += step;
            if (step < SweptAtOnce) return removed;
        }
    }

    private static byte[] Bytes(NpgsqlDataReader reader) => reader.GetFieldValue<byte[]>(0);
}
