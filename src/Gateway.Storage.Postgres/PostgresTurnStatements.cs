using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Assets;
using Gateway.Model.Content;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Outbox;
using Gateway.Model.Queueing;
using Gateway.Model.Teams;
using Npgsql;
using NpgsqlTypes;

namespace Gateway.Storage.Postgres;

/// <summary>What a batch saves, as one pipeline that ends with COMMIT: a statement per table, a row per array element.</summary>
internal static class PostgresTurnStatements
{
    public static NpgsqlBatch Save(NpgsqlConnection connection, BatchChanges changes)
    {
        var batch = new NpgsqlBatch(connection);
        SaveAccounts(batch, changes.Accounts.Values);
        SaveJobs(batch, changes.Jobs.Values);
        AddEvents(batch, changes.Events);
        AddMessages(batch, changes.Outbox);
        AddCopies(batch, changes.Copies);
        SaveBodies(batch, changes.Bodies);
        AddCharges(batch, changes.Charges.Values);
        SaveRecords(batch, changes.Keys.Values);
        SaveTeamUses(batch, changes);
        AddRare(batch, changes);
        batch.Add("COMMIT");
        return batch;
    }

    /// <summary>
    /// A change that must find every row it names as it was loaded. It is counted by the statement itself: COMMIT is on its way behind it,
    /// and an answer read here would come too late. PostgreSQL has no expression that raises an error, so words are read as a number.
    /// </summary>
    private static string Exactly(string count, string change) => $"""
        WITH changed AS ({change} RETURNING 1)
        SELECT CASE WHEN count(*) = {count} THEN 0 ELSE ('a row was changed under its lock: ' || count(*) || ' of ' || {count})::int END
            FROM changed
        """;

    private const string InsertAccounts = """
        INSERT INTO account (version, id, max_jobs, running, reserved, used, deleted, state)
        SELECT 1, * FROM unnest($1::text[], $2::int[], $3::int[], $4::bigint[], $5::bigint[], $6::bool[], $7::text[])
        """;

    private static readonly string UpdateAccounts = Exactly("cardinality($1::text[])", """
        UPDATE account SET version = account.version + 1, max_jobs = new.max_jobs, running = new.running, reserved = new.reserved,
            used = new.used, deleted = new.deleted, state = new.state
        FROM unnest($1::text[], $2::int[], $3::int[], $4::bigint[], $5::bigint[], $6::bool[], $7::text[], $8::bigint[])
            AS new(id, max_jobs, running, reserved, used, deleted, state, version)
        WHERE account.id = new.id AND account.version = new.version
        """);

    private static void SaveAccounts(NpgsqlBatch batch, IReadOnlyCollection<AccountState> accounts)
    {
        Each(accounts, account => account.Version, (sql, rows, versions) => batch.Add(sql, [
            Of(rows, account => account.Id.Value), Of(rows, account => account.MaxJobs), Of(rows, account => account.Leases.Length),
            Of(rows, account => account.Reserved), Of(rows, account => account.Credits.Used), Of(rows, account => account.Deleted),
            Of(rows, StateJson.Write), .. versions]), InsertAccounts, UpdateAccounts);
    }

    private const string InsertJobs = """
        INSERT INTO job (version, id, team, kind, lane, status, priority, attempt, seq, account, lease, state, not_before, wake_at, failure)
        SELECT 1, * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[], $8::bigint[],
            $9::text[], $10::text[], $11::text[],
            $12::timestamptz[], $13::timestamptz[], $14::text[])
        """;

    private static readonly string UpdateJobs = Exactly("cardinality($1::bigint[])", """
        UPDATE job SET version = job.version + 1, status = new.status, priority = new.priority, attempt = new.attempt, seq = new.seq,
            account = new.account, lease = new.lease, state = new.state, not_before = new.not_before, wake_at = new.wake_at,
                failure = new.failure
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[], $8::bigint[], $9::text[],
            $10::text[], $11::text[],
                $12::timestamptz[], $13::timestamptz[], $14::text[], $15::bigint[])
            AS new(id, team, kind, lane, status, priority, attempt, seq, account, lease, state, not_before, wake_at, failure, version)
        WHERE job.id = new.id AND job.version = new.version
        """);

    private static void SaveJobs(NpgsqlBatch batch, IReadOnlyCollection<JobState> jobs)
    {
        Each(jobs, job => job.Version, (sql, rows, versions) => batch.Add(sql, [
            Of(rows, job => job.Id.Value), Of(rows, job => job.Team.Value), Of(rows, job => job.Kind.Name), Of(rows, job => job.Lane),
            Of(rows, job => job.Status.Name), Of(rows, job => job.Priority), Of(rows, job => job.Attempt), Of(rows, job => job.Seq),
            Of(rows, job => job.Account?.Value), Of(rows, job => job.Lease?.Value), Of(rows, StateJson.Write),
            Of(rows, job => job.NotBefore), Of(rows, job => job.WakeAt), Of(rows, job => job.Error?.Code),
            .. versions]), InsertJobs, UpdateJobs);
    }

    // In the feed an event comes after those its job had before: this transaction may be older than the one that wrote them, and
    // have waited for the job's row.
    private const string InsertEvents = $"""
        INSERT INTO job_event (job, seq, status, at, state, team, feed)
        SELECT event.job, event.seq, event.status, event.at, event.state, event.team, greatest({PostgresFeedBase.Place}, before.feed)
        FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[], $6::text[]) AS event (job, seq, status, at,
            state, team)
        LEFT JOIN LATERAL (SELECT feed FROM job_event WHERE job_event.job = event.job AND event.seq > 1 ORDER BY job_event.seq DESC
            LIMIT 1) AS before ON true
        """;

    private static void AddEvents(NpgsqlBatch batch, List<JobEvent> events)
    {
        if (events.Count == 0) return;
        batch.Add(
            InsertEvents, Of(events, change => change.Job.Value), Of(events, change => change.Seq),
            Of(events, change => change.Status.Name),
            Of(events, change => change.At), Of(events, change => StateJson.Write(change.State)),
            Of(events, change => change.State.Team.Value));
    }

    private const string InsertMessages = """
        INSERT INTO outbox (job, kind, seq, host, url, due_at, first_at)
        SELECT job, kind, seq, host, url, at, at
            FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[]) AS new(job, kind, seq, host,
                url, at)
        """;

    private static void AddMessages(NpgsqlBatch batch, List<OutboxMessage> messages)
    {
        if (messages.Count == 0) return;
        batch.Add(
            InsertMessages, Of(messages, message => message.Job.Value), Of(messages, message => message.Kind.Name),
            Of(messages, message => message.Seq),
            Of(messages, message => message.Host), Of(messages, message => message.Url), Of(messages, message => message.FirstAt));
    }

    private const string InsertCopies =
        "INSERT INTO result_due (job, due_at, first_at) SELECT job, at, at FROM unnest($1::bigint[], $2::timestamptz[]) AS new(job, at)";

    private static void AddCopies(NpgsqlBatch batch, List<DueCopy> copies)
    {
        if (copies.Count == 0) return;
        batch.Add(InsertCopies, Of(copies, copy => copy.Job.Value), Of(copies, copy => copy.FirstAt));
    }

    private const string UpsertBodies = """
        INSERT INTO job_body (job, part, data) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[])
        ON CONFLICT (job, part) DO UPDATE SET data = excluded.data
        """;

    private static void SaveBodies(NpgsqlBatch batch, List<BodyWrite> bodies)
    {
        if (bodies.Count == 0) return;
        batch.Add(
            UpsertBodies,
            Of(bodies, body => body.Job.Value),
            Of(bodies, body => body.Part == BodyPart.Request ? "request" : "result"),
            Of(bodies, body => body.Data));
    }

    private const string InsertCharges = """
        INSERT INTO charge (lease_id, account, day, kind, reserved, charged, job, at)
        SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::timestamptz[])
        """;

    private static void AddCharges(NpgsqlBatch batch, IReadOnlyCollection<Charge> charges)
    {
        if (charges.Count == 0) return;
        batch.Add(
            InsertCharges, Of(charges, charge => charge.Lease.Value), Of(charges, charge => charge.Account.Value),
            Of(charges, charge => charge.Day),
            Of(charges, charge => charge.Kind.Name), Of(charges, charge => charge.Reserved), Of(charges, charge => charge.Charged),
            Of(charges, charge => charge.Job?.Value), Of(charges, charge => charge.At));
    }

    private const string UpsertRecords = """
        INSERT INTO idempotency (team, key, fingerprint, job, expires_at, answer)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::text[])
        ON CONFLICT (team, key) DO UPDATE SET fingerprint = excluded.fingerprint, job = excluded.job,
            expires_at = excluded.expires_at, answer = excluded.answer
        """;

    private static void SaveRecords(NpgsqlBatch batch, IReadOnlyCollection<IdempotencyRecord> records)
    {
        if (records.Count == 0) return;
        batch.Add(
            UpsertRecords, Of(records, record => record.Key.Team.Value), Of(records, record => record.Key.Key),
            Of(records, record => record.Fingerprint),
            Of(records, record => record.Job.Value), Of(records, record => record.ExpiresAt),
            Of(records, record => StateJson.Write(record.Answer)));
    }

    // Who made it last is its owner: the upstream gives a name again only once it is free. Ids rise with time, so what is noted
    // once more, for an answer that is given again, takes nothing from who came after.
    private const string FreeAsset =
        "DELETE FROM asset WHERE kind = $1 AND upstream_id = $2 AND account = $3 AND id < $4 AND (kind <> 'voice' OR team = $5)";
    private const string InsertAsset =
        "INSERT INTO asset (id, team, kind, account, upstream_id, copy_of, state) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO " +
            "NOTHING";
    private const string DeleteAsset = "DELETE FROM asset WHERE id = $1 OR copy_of = $1";
    private const string UpsertTeam = """
        INSERT INTO team (id, name, weight, created_at, limits) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, weight = excluded.weight, limits = excluded.limits
        """;

    private const string UpsertToken = """
        INSERT INTO api_token (id, hash, team, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at
        """;

    // What a tombstone had is free; so is what the account had before.
    private const string FreeToken =
        "DELETE FROM account_token WHERE account = $1 OR (hash = $2::text AND account IN (SELECT id FROM account WHERE deleted))";
    private const string ClaimToken = "INSERT INTO account_token (hash, account) VALUES ($1, $2)";

    private const string InsertPause = "INSERT INTO queue_pause (target, actor, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    private const string DeletePause = "DELETE FROM queue_pause WHERE target = $1";
    private const string InsertAudit = "INSERT INTO audit (at, actor, action, target, detail) VALUES ($1, $2, $3, $4, $5)";
    private const string InsertParked = "INSERT INTO parked_obligation (at, kind, detail, error) VALUES ($1, $2, $3, $4)";

    // Uploads and an admin's doings: a statement each, they come one at a time.
    private static void AddRare(NpgsqlBatch batch, BatchChanges changes)
    {
        foreach (var change in changes.Assets) Apply(batch, change);
        foreach (var team in changes.Teams)
            batch.Add(UpsertTeam, team.Id.Value, team.Name, team.Weight, team.CreatedAt, OrNull(StateJson.Write(team.Limits)));
        foreach (var token in changes.Tokens)
            batch.Add(
                UpsertToken, token.Id, token.Hash, token.Team.Value, StateJson.Write(token.Scopes), token.CreatedAt,
                OrNull(token.ExpiresAt));
        foreach (var claim in changes.Claims) Apply(batch, claim);
        foreach (var change in changes.Pauses) Apply(batch, change);
        foreach (var entry in changes.Audit)
            batch.Add(InsertAudit, entry.At, entry.Actor, entry.Action, entry.Target, OrNull(entry.Detail));
        foreach (var parked in changes.Parked) batch.Add(InsertParked, parked.At, parked.Kind, parked.Detail, parked.Error);
    }

    private static void Apply(NpgsqlBatch batch, AssetChange change)
    {
        if (change.Asset is { } asset)
        {
            batch.Add(FreeAsset, asset.Kind.Name, asset.UpstreamId, asset.Account.Value, asset.Id.Value, asset.Team.Value);
            batch.Add(InsertAsset, asset.Id.Value, asset.Team.Value, asset.Kind.Name, asset.Account.Value, asset.UpstreamId,
                OrNull(asset.CopyOf?.Value), StateJson.Write(asset));
        }
        else
        {
            batch.Add(DeleteAsset, change.Id.Value);
        }
    }

    private static readonly string UpdateTeamUse = Exactly("1", "UPDATE team SET used_day = $2, used = $3 WHERE id = $1");
    private const string InsertHolds =
        "INSERT INTO team_hold (lease, team, day, reserved) SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::bigint[])";
    private static readonly string DeleteHolds = Exactly("cardinality($1::text[])", "DELETE FROM team_hold WHERE lease = ANY($1::text[])");
    private const string SettleHolds = """
        UPDATE team_hold SET charged = new.charged FROM unnest($1::text[], $2::bigint[]) AS new(lease, charged)
            WHERE team_hold.lease = new.lease
        """;

    // New holds before settled ones: a lease may be taken and end in one batch.
    private static void SaveTeamUses(NpgsqlBatch batch, BatchChanges changes)
    {
        foreach (var (team, use) in changes.TeamUses) Save(batch, team, use);
        if (changes.Settled.Count > 0)
            batch.Add(
                SettleHolds, Of(changes.Settled, settled => settled.Key.Value), Of(changes.Settled, settled => settled.Value.Charged));
    }

    private static void Save(NpgsqlBatch batch, TeamId team, TeamUse use)
    {
        batch.Add(UpdateTeamUse, team.Value, use.Day, use.Used);
        List<TeamHold> holds = [.. use.Holds.Where(hold => hold.IsNew)];
        if (holds.Count > 0)
            batch.Add(
                InsertHolds, Of(holds, hold => hold.Lease.Value), Of(holds, _ => team.Value), Of(holds, hold => hold.Day),
                Of(holds, hold => hold.Reserved));
        if (use.Counted.Length > 0) batch.Add(DeleteHolds, (object)Of(use.Counted, lease => lease.Value));
    }

    private static void Apply(NpgsqlBatch batch, TokenClaim claim)
    {
        batch.Add(FreeToken, claim.Account.Value, OrNull(claim.Hash));
        if (claim.Hash is { } hash) batch.Add(ClaimToken, hash, claim.Account.Value);
    }

    private static void Apply(NpgsqlBatch batch, PauseChange change)
    {
        if (change.Pause is { } pause) batch.Add(InsertPause, pause.Target, pause.Actor, pause.At);
        else batch.Add(DeletePause, change.Target);
    }

    // A row that is new has version 0, and its insert is refused where there is one already. The versions of the others come last.
    private static void Each<T>(
        IReadOnlyCollection<T> rows, Func<T, long> version, Action<string, List<T>, object[]> add, string insert, string update)
    {
        List<T> inserted = [.. rows.Where(row => version(row) == 0)];
        List<T> updated = [.. rows.Where(row => version(row) != 0)];
        if (inserted.Count > 0) add(insert, inserted, []);
        if (updated.Count > 0) add(update, updated, [Of(updated, version)]);
    }

    private static TValue[] Of<T, TValue>(IReadOnlyCollection<T> rows, Func<T, TValue> value) => [.. rows.Select(value)];

    private static object OrNull(DateTimeOffset? value) =>
        value is { } at ? at : new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = DBNull.Value };

    private static object OrNull(long? value) =>
        value is { } number ? number : new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint, Value = DBNull.Value };

    private static object OrNull(string? value) =>
        value is { } text ? text : new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = DBNull.Value };
}
