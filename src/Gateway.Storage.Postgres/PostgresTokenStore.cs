using Gateway.Engine.Storage;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>Who has which credential, on PostgreSQL.</summary>
internal sealed class PostgresTokenStore(NpgsqlDataSource source) : ITokenStore
{
    private const string Holder =
        "SELECT account FROM account_token WHERE hash = $1 AND account IN (SELECT id FROM account WHERE NOT deleted)";

    public async Task<AccountId?> HolderAsync(string hash, CancellationToken cancellationToken) =>
        await source.ListAsync(Holder, reader => new AccountId(reader.GetString(0)), cancellationToken, hash) is [var account, ..]
            ? account
            : null;

    private const string Unclaimed =
        "SELECT state, version FROM account WHERE NOT deleted AND id NOT IN (SELECT account FROM account_token) ORDER BY id";

    public Task<IReadOnlyList<AccountState>> UnclaimedAsync(CancellationToken cancellationToken) =>
        source.ListAsync(Unclaimed, reader => StateJson.ReadAccount(reader.GetString(0), reader.GetInt64(1)), cancellationToken);

    // A tombstone's claim counts for nothing.
    private const string Claim = """
        INSERT INTO account_token (hash, account) VALUES ($1, $2)
        ON CONFLICT (hash) DO UPDATE SET account = excluded.account WHERE account_token.account IN (SELECT id FROM account WHERE deleted)
        RETURNING account
        """;

    public async Task<bool> ClaimAsync(AccountId account, string hash, CancellationToken cancellationToken) =>
        (await source.ListAsync(Claim, reader => reader.GetString(0), cancellationToken, hash, account.Value)).Count == 1;
}
