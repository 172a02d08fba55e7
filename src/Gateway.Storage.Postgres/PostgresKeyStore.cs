using Gateway.Engine.Storage;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>Sealed secrets on PostgreSQL.</summary>
internal sealed class PostgresKeyStore(NpgsqlDataSource source) : IKeyStore
{
    // A node that starts meanwhile writes its key's check here first, waits, and finds another one.
    private const string Lock = "LOCK TABLE setting IN EXCLUSIVE MODE";
    private const string Accounts = "SELECT state, version FROM account";
    private const string SaveAccount = "UPDATE account SET state = $2, version = version + 1 WHERE id = $1";
    private const string Webhooks = "SELECT team, current, previous FROM webhook_secret";
    private const string SaveWebhook = "UPDATE webhook_secret SET current = $2, previous = $3::text WHERE team = $1";
    private const string SaveSetting =
        "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

    public async Task<int> ResealAsync(
        Func<string, string> reseal, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync(connection, Lock, cancellationToken);
        var count = 0;
        // A tombstone whose leases have ended has no secret any more.
        var accounts = await ListAsync(
            connection, Accounts, reader => StateJson.ReadAccount(reader.GetString(0), reader.GetInt64(1)), cancellationToken);
        foreach (var account in accounts.Where(account => account.SealedSecret.Length > 0))
            count += await RunAsync(
                connection, SaveAccount, cancellationToken, account.Id.Value,
                StateJson.Write(account with { SealedSecret = reseal(account.SealedSecret) }));
        var secrets = await ListAsync(
            connection, Webhooks, reader => (reader.GetString(0), reader.GetString(1), reader.TextOrNull(2)), cancellationToken);
        foreach (var (team, current, previous) in secrets)
            count += await RunAsync(
                connection, SaveWebhook, cancellationToken, team, reseal(current), previous is null ? null : reseal(previous));
        foreach (var (key, value) in settings) await RunAsync(connection, SaveSetting, cancellationToken, key, value);
        await transaction.CommitAsync(cancellationToken);
        return count;
    }

    private static async Task<IReadOnlyList<T>> ListAsync<T>(
        NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<T> rows = [];
        while (await reader.ReadAsync(cancellationToken)) rows.Add(map(reader));
        return rows;
    }

    private static async Task<int> RunAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(PostgresCommands.Parameter(value));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
