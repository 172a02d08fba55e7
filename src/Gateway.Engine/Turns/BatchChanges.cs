using Gateway.Model.Accounts;
using Gateway.Model.Assets;
using Gateway.Model.Content;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Outbox;
using Gateway.Model.Queueing;
using Gateway.Model.Teams;

namespace Gateway.Engine.Turns;

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
        Accounts.Count + Jobs.Count + Keys.Count + Events.Count + Outbox.Count + Copies.Count + Charges.Count + Bodies.Count
        + Assets.Count + Teams.Count + TeamUses.Count + Settled.Count + Tokens.Count
        + Claims.Count + Pauses.Count + Audit.Count + Parked.Count == 0;
}
