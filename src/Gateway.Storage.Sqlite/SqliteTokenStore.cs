using Gateway.Engine.Storage;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Storage.Sqlite;

/// <summary>Who has which credential, on SQLite.</summary>
internal sealed class SqliteTokenStore(SqliteDatabase database) : ITokenStore
{
    private const string Holder =
        "SELECT account FROM account_token WHERE hash = $hash AND account IN (SELECT id FROM account WHERE deleted = 0)";

    public Task<AccountId?> HolderAsync(string hash, CancellationToken cancellationToken) =>
        Task.FromResult(database.Read<AccountId?>(connection =>
        connection.List(Holder, reader => new AccountId(reader.GetString(0)), ("$hash", hash)) is [var account, ..] ? account : null));

    private const string Unclaimed =
        "SELECT state, version FROM account WHERE deleted = 0 AND id NOT IN (SELECT account FROM account_token) ORDER BY id";

    public Task<IReadOnlyList<AccountState>> UnclaimedAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AccountState>>(database.Read(connection =>
        connection.List(Unclaimed, reader => StateJson.ReadAccount(reader.GetString(0), reader.GetInt64(1)))));

    // A tombstone's claim counts for nothing.
    private const string Claim = """
        INSERT INTO account_token (hash, account) VALUES ($hash, $account)
        ON CONFLICT (hash) DO UPDATE SET account = excluded.account WHERE account_token.account IN (SELECT id FROM account
            WHERE deleted = 1)
        """;

    public Task<bool> ClaimAsync(AccountId account, string hash, CancellationToken cancellationToken) =>
        Task.FromResult(database.Read(connection => connection.Run(Claim, ("$hash", hash), ("$account", account.Value)) == 1));
}
