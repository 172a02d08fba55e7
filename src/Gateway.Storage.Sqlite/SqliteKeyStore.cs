using Gateway.Engine.Storage;

namespace Gateway.Storage.Sqlite;

/// <summary>Sealed secrets on SQLite.</summary>
internal sealed class SqliteKeyStore(SqliteDatabase database) : IKeyStore
{
    private const string Accounts = "SELECT state, version FROM account";
    private const string SaveAccount = "UPDATE account SET state = $state, version = version + 1 WHERE id = $id";
    private const string Webhooks = "SELECT team, current, previous FROM webhook_secret";
    private const string SaveWebhook = "UPDATE webhook_secret SET current = $current, previous = $previous WHERE team = $team";
    private const string SaveSetting =
        "INSERT INTO setting (key, value) VALUES ($key, $value) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

    public Task<int> ResealAsync(
        Func<string, string> reseal, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken) =>
        Task.FromResult(database.Read(connection =>
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var count = 0;
        // A tombstone whose leases have ended has no secret any more.
        var accounts = connection.List(Accounts, reader => StateJson.ReadAccount(reader.GetString(0), reader.GetInt64(1)));
        foreach (var account in accounts.Where(account => account.SealedSecret.Length > 0))
            count += connection.Run(
                SaveAccount, ("$id", account.Id.Value),
                ("$state", StateJson.Write(account with { SealedSecret = reseal(account.SealedSecret) })));
        var secrets = connection.List(Webhooks, reader => (reader.GetString(0), reader.GetString(1), reader.TextOrNull(2)));
        foreach (var (team, current, previous) in secrets)
            count += connection.Run(
                SaveWebhook, ("$team", team), ("$current", reseal(current)), ("$previous", previous is null ? null : reseal(previous)));
        foreach (var (key, value) in settings) connection.Run(SaveSetting, ("$key", key), ("$value", value));
        transaction.Commit();
        return count;
    }));
}
