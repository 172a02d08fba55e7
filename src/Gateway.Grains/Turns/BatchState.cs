using Gateway.Grains.Accounts;
using Gateway.Grains.Assets;
using Gateway.Grains.Content;
using Gateway.Grains.Jobs;
using Gateway.Grains.Outbox;
using Gateway.Grains.Routing;
using Gateway.Grains.Teams;

namespace Gateway.Grains.Turns;

/// <summary>A small body that is saved with its job; larger ones were written before the turn (T8).</summary>
internal sealed record BodyWrite(JobId Job, BodyPart Part, byte[] Data)
{
    /// <summary>Bodies above this are written outside the transaction (T8).</summary>
    public const int LargestInTurn = 64 * 1024;
}

internal enum BodyPart
{
    Request,
    Result,
}

/// <summary>An operator's or admin's action, for the record.</summary>
internal sealed record AuditEntry(string Actor, string Action, string Target, string? Detail, DateTimeOffset At);

/// <summary>An obligation the database keeps refusing, put aside for an operator (T7).</summary>
internal sealed record ParkedObligation(string Kind, string Detail, string Error, DateTimeOffset At);

/// <summary>The rows a batch locks, in the order they are locked (T4).</summary>
internal sealed class RowSet
{
    public SortedSet<IdempotencyKey> Keys { get; } = [];

    public SortedSet<AccountId> Accounts { get; } = [];

    public SortedSet<JobId> Jobs { get; } = [];

    public void Add(Turn turn)
    {
        if (turn.Key is { } key) Keys.Add(key);
        if (turn.Account is { } account) Accounts.Add(account);
        if (turn.Job is { } job) Jobs.Add(job);
    }
}

/// <summary>The rows as they are once locked.</summary>
internal sealed record LoadedRows(
    DateTimeOffset Now,
    long BatchNumber,
    IReadOnlyList<AccountState> Accounts,
    IReadOnlyList<JobState> Jobs,
    IReadOnlyList<IdempotencyRecord> Keys);

/// <summary>What a batch writes.</summary>
internal sealed class BatchChanges
{
    /// <summary>Changed accounts; version 0 is a new row, any other is the row's, which the batch's lock holds still.</summary>
    public Dictionary<AccountId, AccountState> Accounts { get; } = [];

    public Dictionary<JobId, JobState> Jobs { get; } = [];

    public Dictionary<IdempotencyKey, IdempotencyRecord> Keys { get; } = [];

    public List<JobEvent> Events { get; } = [];

    public List<OutboxMessage> Outbox { get; } = [];

    public List<DueCopy> Copies { get; } = [];

    public Dictionary<LeaseId, Charge> Charges { get; } = [];

    public List<BodyWrite> Bodies { get; } = [];

    public List<AssetChange> Assets { get; } = [];

    public List<TeamState> Teams { get; } = [];

    public List<ApiToken> Tokens { get; } = [];

    public List<PauseChange> Pauses { get; } = [];

    public List<AuditEntry> Audit { get; } = [];

    public List<ParkedObligation> Parked { get; } = [];

    public bool IsEmpty =>
        Accounts.Count + Jobs.Count + Keys.Count + Events.Count + Outbox.Count + Copies.Count + Charges.Count + Bodies.Count + Assets.Count + Teams.Count + Tokens.Count + Pauses.Count + Audit.Count + Parked.Count == 0;
}

/// <summary>One batch while its turns run: the locked rows overlaid with what its turns have written so far.</summary>
internal sealed class BatchState
{
    public BatchState(string owner, LoadedRows rows)
    {
        Owner = owner;
        Now = rows.Now;
        foreach (var account in rows.Accounts) Accounts[account.Id] = account;
        foreach (var job in rows.Jobs) Jobs[job.Id] = job;
        foreach (var record in rows.Keys) Keys[record.Key] = record;
    }

    public string Owner { get; }

    public DateTimeOffset Now { get; }

    public Dictionary<AccountId, AccountState> Accounts { get; } = [];

    public Dictionary<JobId, JobState> Jobs { get; } = [];

    public Dictionary<IdempotencyKey, IdempotencyRecord> Keys { get; } = [];

    public BatchChanges Changes { get; } = new();

    public void Put(AccountState account) => Accounts[account.Id] = Changes.Accounts[account.Id] = account;

    public void Put(JobState job) => Jobs[job.Id] = Changes.Jobs[job.Id] = job;

    public void Put(IdempotencyRecord record) => Keys[record.Key] = Changes.Keys[record.Key] = record;
}
