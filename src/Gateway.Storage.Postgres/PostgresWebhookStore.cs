using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Webhooks;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>What webhooks remember, on PostgreSQL.</summary>
internal sealed class PostgresWebhookStore(NpgsqlDataSource source) : IWebhookStore
{
    private const string Secrets = "SELECT current, previous, previous_until FROM webhook_secret WHERE team = $1";

    public Task<SealedSecrets?> SecretsAsync(TeamId team, CancellationToken cancellationToken) => source.FirstAsync(Secrets, reader =>
        new SealedSecrets(reader.GetString(0), reader.TextOrNull(1), reader.TimeOrNull(2)), cancellationToken, team.Value);

    private const string Settle = "INSERT INTO webhook_secret (team, current) VALUES ($1, $2) ON CONFLICT DO NOTHING";

    public async Task<SealedSecrets> SettleSecretAsync(TeamId team, string sealedSecret, CancellationToken cancellationToken)
    {
        await source.RunAsync(Settle, cancellationToken, team.Value, sealedSecret);
        return (await SecretsAsync(team, cancellationToken))!;
    }

    private const string Replace =
        "UPDATE webhook_secret SET current = $3, previous = $4, previous_until = $5::timestamptz WHERE team = $1 AND current = $2";

    public Task ReplaceSecretsAsync(TeamId team, string expected, SealedSecrets secrets, CancellationToken cancellationToken) =>
        source.RunAsync(Replace, cancellationToken, team.Value, expected, secrets.Current, secrets.Previous, secrets.PreviousUntil);

    private const string Disabled = "SELECT url FROM webhook_disabled WHERE team = $1 AND url = $2";

    public async Task<bool> IsDisabledAsync(TeamId team, string url, CancellationToken cancellationToken) =>
        await source.FirstAsync(Disabled, reader => reader.GetString(0), cancellationToken, team.Value, url) is not null;

    private const string Disable = "INSERT INTO webhook_disabled (team, url, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

    public Task DisableAsync(TeamId team, string url, DateTimeOffset now, CancellationToken cancellationToken) =>
        source.RunAsync(Disable, cancellationToken, team.Value, url, now);

    private const string Enable = "DELETE FROM webhook_disabled WHERE team = $1 AND url = $2";

    public Task EnableAsync(TeamId team, string url, CancellationToken cancellationToken) =>
        source.RunAsync(Enable, cancellationToken, team.Value, url);

    private const string Log = """
        INSERT INTO webhook_delivery (job, seq, team, type, url, outcome, tries, answer, why, first_at, tried_at, next_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8::int, $9::text, $10, $11, $12::timestamptz)
        ON CONFLICT (job, seq) DO UPDATE
            SET outcome = excluded.outcome, tries = excluded.tries, answer = excluded.answer, why = excluded.why,
            first_at = excluded.first_at, tried_at = excluded.tried_at, next_at = excluded.next_at
        """;

    public Task LogAsync(WebhookDelivery delivery, CancellationToken cancellationToken) => source.RunAsync(Log, cancellationToken,
        delivery.Id.Job.Value, delivery.Id.Seq, delivery.Team.Value, delivery.Type, delivery.Url, delivery.Outcome.Name, delivery.Tries,
        delivery.Answer, delivery.Why, delivery.FirstAt, delivery.TriedAt, delivery.NextAt);

    private const string Columns = "job, seq, team, type, url, outcome, tries, answer, why, first_at, tried_at, next_at";
    private const string ById = $"SELECT {Columns} FROM webhook_delivery WHERE job = $1 AND seq = $2";

    public Task<WebhookDelivery?> DeliveryAsync(DeliveryId id, CancellationToken cancellationToken) =>
        source.FirstAsync(ById, Delivery, cancellationToken, id.Job.Value, id.Seq);

    private const string Deliveries = $"""
        SELECT {Columns} FROM webhook_delivery WHERE ($1::text IS NULL OR team = $1) AND ($2::bigint IS NULL OR job = $2)
        ORDER BY job DESC, seq DESC LIMIT $3
        """;

    public Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(TeamId? team, JobId? job, int limit, CancellationToken cancellationToken) =>
        source.ListAsync(Deliveries, Delivery, cancellationToken, team?.Value, job?.Value, limit);

    private static WebhookDelivery Delivery(NpgsqlDataReader reader) => new(
        new DeliveryId(new JobId(reader.GetInt64(0)), reader.GetInt64(1)), new TeamId(reader.GetString(2)), reader.GetString(3),
        reader.GetString(4),
        DeliveryNames.Outcome(reader.GetString(5)), reader.GetInt32(6), reader.IsDBNull(7) ? null : reader.GetInt32(7),
        reader.TextOrNull(8),
        reader.Time(9), reader.Time(10), reader.TimeOrNull(11));
}
