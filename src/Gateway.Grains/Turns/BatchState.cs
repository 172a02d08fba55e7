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

/// <summary>The rows a batch locks, in the order they are locked (T4): those it waits for, then those it takes only when they are free.</summary>
internal sealed class RowSet
{
    public SortedSet<IdempotencyKey> Keys { get; } = [];

    public SortedSet<AccountId> Accounts { get; } = [];

    public SortedSet<JobId> Jobs { get; } = [];

    /// <summary>Teams with limits; the last rows that are waited for.</summary>
    public SortedSet<TeamId> Teams { get; } = [];

    public SortedSet<AccountId> FreeAccounts { get; } = [];

    public SortedSet<JobId> FreeJobs { get; } = [];

    public void Add(Turn turn) => Add(turn, waitsForAccount: true, waitsForJob: true);

    public void Add(Turn turn, bool waitsForAccount, bool waitsForJob)
    {
        if (turn.Key is { } key) Keys.Add(key);
        if (turn.Account is { } account) Add(account, waitsForAccount, Accounts, FreeAccounts);
        if (turn.Job is { } job) Add(job, waitsForJob, Jobs, FreeJobs);
        if (turn.Team is { } team) Teams.Add(team);
    }

    // What one turn waits for all wait for.
    private static void Add<T>(T row, bool waits, SortedSet<T> waited, SortedSet<T> free)
    {
        if (waits && waited.Add(row)) free.Remove(row);
        else if (!waited.Contains(row)) free.Add(row);
    }
}

/// <summary>Rows that were to be taken only when they are free, and were not.</summary>
internal sealed record HeldRows(IReadOnlySet<AccountId> Accounts, IReadOnlySet<JobId> Jobs)
{
    public static readonly HeldRows None = new(new HashSet<AccountId>(), new HashSet<JobId>());

    /// <summary>Which row of the turn it is, if any. The job counts first: no other account helps it.</summary>
    public HeldRow? Of(Turn turn) =>
        turn.Job is { } job && Jobs.Contains(job) ? HeldRow.Job
        : turn.Account is { } account && Accounts.Contains(account) ? HeldRow.Account
        : null;
}

/// <summary>A row of a turn that somebody else holds.</summary>
internal enum HeldRow
{
    Account,
    Job,
}

/// <summary>The rows as they are once locked.</summary>
internal sealed record LoadedRows(
    DateTimeOffset Now,
    long BatchNumber,
    IReadOnlyList<AccountState> Accounts,
    IReadOnlyList<JobState> Jobs,
    IReadOnlyList<IdempotencyRecord> Keys,
    IReadOnlyList<LockedTeam> Teams)
{
    public HeldRows Held { get; init; } = HeldRows.None;
}

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

    /// <summary>What teams with limits use now.</summary>
    public Dictionary<TeamId, TeamUse> TeamUses { get; } = [];

    /// <summary>Leases of teams with limits that ended, and what they cost.</summary>
    public Dictionary<LeaseId, (TeamId Team, long Charged)> Settled { get; } = [];

    public List<ApiToken> Tokens { get; } = [];

    /// <summary>Which credentials accounts have from now on.</summary>
    public List<TokenClaim> Claims { get; } = [];

    public List<PauseChange> Pauses { get; } = [];

    public List<AuditEntry> Audit { get; } = [];

    public List<ParkedObligation> Parked { get; } = [];

    public bool IsEmpty =>
        Accounts.Count + Jobs.Count + Keys.Count + Events.Count + Outbox.Count + Copies.Count + Charges.Count + Bodies.Count + Assets.Count + Teams.Count + TeamUses.Count + Settled.Count + Tokens.Count + Claims.Count + Pauses.Count + Audit.Count + Parked.Count == 0;
}

/// <summary>One batch while its turns run: the locked rows overlaid with what its turns have written so far.</summary>
internal sealed class BatchState
{
    public BatchState(string owner, LoadedRows rows)
    {
        Owner = owner;
        Now = rows.Now;
        Before = rows.Accounts;
        foreach (var account in rows.Accounts) Accounts[account.Id] = account;
        foreach (var job in rows.Jobs) Jobs[job.Id] = job;
        foreach (var record in rows.Keys) Keys[record.Key] = record;
        foreach (var team in rows.Teams) Teams[team.Team.Id] = team with { Use = team.Use.At(Now) };
    }

    public string Owner { get; }

    public DateTimeOffset Now { get; }

    /// <summary>The locked accounts as they were loaded.</summary>
    public IReadOnlyList<AccountState> Before { get; }

    public Dictionary<AccountId, AccountState> Accounts { get; } = [];

    public Dictionary<JobId, JobState> Jobs { get; } = [];

    public Dictionary<IdempotencyKey, IdempotencyRecord> Keys { get; } = [];

    public Dictionary<TeamId, LockedTeam> Teams { get; } = [];

    public BatchChanges Changes { get; } = new();

    public void Put(AccountState account) => Accounts[account.Id] = Changes.Accounts[account.Id] = account;

    public void Put(JobState job) => Jobs[job.Id] = Changes.Jobs[job.Id] = job;

    public void Put(TeamState team)
    {
        if (Teams.TryGetValue(team.Id, out var locked)) Teams[team.Id] = locked with { Team = team };
        Changes.Teams.Add(team);
    }

    public void Put(LockedTeam team)
    {
        Teams[team.Team.Id] = team;
        Changes.TeamUses[team.Team.Id] = team.Use;
    }

    public void Put(IdempotencyRecord record) => Keys[record.Key] = Changes.Keys[record.Key] = record;
}
