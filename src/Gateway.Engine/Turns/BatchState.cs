using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Teams;

namespace Gateway.Engine.Turns;

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
