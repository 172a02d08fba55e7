using Gateway.Model.Accounts;
using Gateway.Model.Assets;
using Gateway.Model.Content;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Outbox;
using Gateway.Model.Queueing;
using Gateway.Model.Teams;

namespace Gateway.Engine.Turns;

/// <summary>
/// What one turn sees and writes. Writes are kept only when the turn ends well (T1); later turns of the batch see them.
/// </summary>
internal sealed class TurnScope(BatchState batch)
{
    private List<Action<BatchState>>? _writes;

    // What this turn has written itself: it reads its own writes.
    private AccountState? _account;
    private JobState? _job;
    private LockedTeam? _team;

    /// <summary>The batch's now: read from the store's clock after the rows were locked (T5).</summary>
    public DateTimeOffset Now => batch.Now;

    /// <summary>The incarnation whose batch this is.</summary>
    public string Owner => batch.Owner;

    /// <summary>The account, or null when there is no such row. A tombstone is returned: the grain decides what it means.</summary>
    public AccountState? Account(AccountId id) => _account?.Id == id ? _account : batch.Accounts.GetValueOrDefault(id);

    public JobState? Job(JobId id) => _job?.Id == id ? _job : batch.Jobs.GetValueOrDefault(id);

    /// <summary>The team under its lock; null when the turn did not name it.</summary>
    public LockedTeam? Team(TeamId id) => _team?.Team.Id == id ? _team : batch.Teams.GetValueOrDefault(id);

    public IdempotencyRecord? Record(IdempotencyKey key) => batch.Keys.GetValueOrDefault(key);

    public void Put(AccountState account)
    {
        _account = account;
        Write(state => state.Put(account));
    }

    /// <summary>Saves the job and, when its seq moved, the event that tells of it and what is to be told to others.</summary>
    public void Put(JobState job)
    {
        var before = Job(job.Id);
        _job = job;
        Write(state => state.Put(job));
        if (job.Seq == (before?.Seq ?? 0)) return;

        Write(state => state.Changes.Events.Add(new JobEvent(job.Id, job.Seq, job.Status, state.Now, job)));
        if (OutboxMessage.Of(before, job, Now) is { } message) Write(state => state.Changes.Outbox.Add(message));
        if (OutboxMessage.WebhookOf(job, Now) is { } webhook) Write(state => state.Changes.Outbox.Add(webhook));
    }

    public void Put(IdempotencyRecord record) => Write(state => state.Put(record));

    /// <summary>A new team, or a changed one.</summary>
    public void Put(TeamState team)
    {
        _team = Team(team.Id) is { } locked ? locked with { Team = team } : _team;
        Write(state => state.Put(team));
    }

    public void Put(LockedTeam team)
    {
        _team = team;
        Write(state => state.Put(team));
    }

    /// <summary>A lease that counts against a team's limits has ended.</summary>
    public void Settle(TeamId team, LeaseId lease, long charged) => Write(state => state.Changes.Settled[lease] = (team, charged));

    public void Put(ApiToken token) => Write(state => state.Changes.Tokens.Add(token));

    public void Put(TokenClaim claim) => Write(state => state.Changes.Claims.Add(claim));

    public void Put(Charge charge) => Write(state => state.Changes.Charges.TryAdd(charge.Lease, charge));

    public void Put(BodyWrite body) => Write(state => state.Changes.Bodies.Add(body));

    public void Put(DueCopy copy) => Write(state => state.Changes.Copies.Add(copy));

    public void Put(AssetChange change) => Write(state => state.Changes.Assets.Add(change));

    public void Put(PauseChange change) => Write(state => state.Changes.Pauses.Add(change));

    public void Put(AuditEntry entry) => Write(state => state.Changes.Audit.Add(entry));

    public void Put(ParkedObligation parked) => Write(state => state.Changes.Parked.Add(parked));

    internal void Keep()
    {
        if (_writes is null) return;
        foreach (var write in _writes) write(batch);
    }

    private void Write(Action<BatchState> write) => (_writes ??= []).Add(write);
}
