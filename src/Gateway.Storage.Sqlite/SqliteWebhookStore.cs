using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Webhooks;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>What webhooks remember, on SQLite.</summary>
internal sealed class SqliteWebhookStore(SqliteDatabase database) : IWebhookStore
{
    private const string Secrets = "SELECT current, previous, previous_until FROM webhook_secret WHERE team = $team";

    public Task<SealedSecrets?> SecretsAsync(TeamId team, CancellationToken cancellationToken) =>
        Task.FromResult(database.Read(connection =>
        connection.List(
            Secrets,
            reader => new SealedSecrets(reader.GetString(0), reader.TextOrNull(1), reader.TimeOrNull(2)),
            ("$team", team.Value)).FirstOrDefault()));

    private const string Settle = "INSERT INTO webhook_secret (team, current) VALUES ($team, $current) ON CONFLICT DO NOTHING";

    public async Task<SealedSecrets> SettleSecretAsync(TeamId team, string sealedSecret, CancellationToken cancellationToken)
    {
        await Run(Settle, ("$team", team.Value), ("$current", sealedSecret));
        return (await SecretsAsync(team, cancellationToken))!;
    }

    private const string Replace =
        "UPDATE webhook_secret SET current = $current, previous = $previous, previous_until = $until WHERE team = $team AND current = " +
            "$expected";

    public Task ReplaceSecretsAsync(
        TeamId team, string expected, SealedSecrets secrets, CancellationToken cancellationToken) => Run(Replace,
        ("$team", team.Value), ("$expected", expected), ("$current", secrets.Current), ("$previous", secrets.Previous),
        ("$until", secrets.PreviousUntil?.ToUnixTimeMilliseconds()));

    private const string Disabled = "SELECT 1 FROM webhook_disabled WHERE team = $team AND url = $url";

    public Task<bool> IsDisabledAsync(TeamId team, string url, CancellationToken cancellationToken) =>
        Task.FromResult(database.Read(connection =>
        connection.List(Disabled, reader => reader.GetInt32(0), ("$team", team.Value), ("$url", url)).Count > 0));

    private const string Disable = "INSERT INTO webhook_disabled (team, url, at) VALUES ($team, $url, $now) ON CONFLICT DO NOTHING";

    public Task DisableAsync(TeamId team, string url, DateTimeOffset now, CancellationToken cancellationToken) =>
        Run(Disable, ("$team", team.Value), ("$url", url), ("$now", now.ToUnixTimeMilliseconds()));

    private const string Enable = "DELETE FROM webhook_disabled WHERE team = $team AND url = $url";

    public Task EnableAsync(TeamId team, string url, CancellationToken cancellationToken) =>
        Run(Enable, ("$team", team.Value), ("$url", url));

    private const string Log = """
        INSERT INTO webhook_delivery (job, seq, team, type, url, outcome, tries, answer, why, first_at, tried_at, next_at)
        VALUES ($job, $seq, $team, $type, $url, $outcome, $tries, $answer, $why, $first, $tried, $next)
        ON CONFLICT (job, seq) DO UPDATE
            SET outcome = excluded.outcome, tries = excluded.tries, answer = excluded.answer, why = excluded.why,
            first_at = excluded.first_at, tried_at = excluded.tried_at, next_at = excluded.next_at
        """;

    public Task LogAsync(WebhookDelivery delivery, CancellationToken cancellationToken) => Run(Log,
        ("$job", delivery.Id.Job.Value), ("$seq", delivery.Id.Seq), ("$team", delivery.Team.Value), ("$type", delivery.Type),
        ("$url", delivery.Url),
        ("$outcome", delivery.Outcome.Name), ("$tries", delivery.Tries), ("$answer", delivery.Answer), ("$why", delivery.Why),
        ("$first", delivery.FirstAt.ToUnixTimeMilliseconds()), ("$tried", delivery.TriedAt.ToUnixTimeMilliseconds()),
        ("$next", delivery.NextAt?.ToUnixTimeMilliseconds()));

    private const string Columns = "job, seq, team, type, url, outcome, tries, answer, why, first_at, tried_at, next_at";
    private const string ById = $"SELECT {Columns} FROM webhook_delivery WHERE job = $job AND seq = $seq";

    public Task<WebhookDelivery?> DeliveryAsync(DeliveryId id, CancellationToken cancellationToken) =>
        Task.FromResult(database.Read(connection =>
        connection.List(ById, Delivery, ("$job", id.Job.Value), ("$seq", id.Seq)).FirstOrDefault()));

    public Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(TeamId? team, JobId? job, int limit, CancellationToken cancellationToken)
    {
        // Only what is asked for, so that an index serves it.
        var sql =
            $"SELECT {Columns} FROM webhook_delivery WHERE " +
                $"true{(team is null ? "" : " AND team = $team")}{(job is null ? "" : " AND job = $job")} ORDER BY job DESC, seq DESC " +
                    $"LIMIT $limit";
        return Task.FromResult<IReadOnlyList<WebhookDelivery>>(
            database.Read(connection => connection.List(sql, Delivery, ("$team", team?.Value), ("$job", job?.Value), ("$limit", limit))));
    }

    private Task Run(string sql, params (string Name, object? Value)[] parameters)
    {
        database.Read(connection => connection.Run(sql, parameters));
        return Task.CompletedTask;
    }

    private static WebhookDelivery Delivery(SqliteDataReader reader) => new(
        new DeliveryId(new JobId(reader.GetInt64(0)), reader.GetInt64(1)), new TeamId(reader.GetString(2)), reader.GetString(3),
        reader.GetString(4),
        DeliveryNames.Outcome(reader.GetString(5)), reader.GetInt32(6), reader.IsDBNull(7) ? null : reader.GetInt32(7),
        reader.TextOrNull(8),
        reader.Time(9), reader.Time(10), reader.TimeOrNull(11));
}
