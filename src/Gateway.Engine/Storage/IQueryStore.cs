using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Queueing;
using Gateway.Model.Teams;

namespace Gateway.Engine.Storage;

/// <summary>Reads outside turns. What they see may be old by the time it is used; decisions are made in turns.</summary>
internal interface IQueryStore
{
    Task<IReadOnlyList<AccountState>> AccountsAsync(CancellationToken cancellationToken);

    /// <summary>Those of these accounts that exist.</summary>
    Task<IReadOnlyList<AccountState>> AccountsAsync(IReadOnlyCollection<AccountId> ids, CancellationToken cancellationToken);

    Task<AccountState?> AccountAsync(AccountId id, CancellationToken cancellationToken);

    Task<JobState?> JobAsync(JobId id, CancellationToken cancellationToken);

    /// <summary>Those of these jobs that exist, in no order.</summary>
    Task<IReadOnlyList<JobState>> JobsAsync(IReadOnlyCollection<JobId> ids, CancellationToken cancellationToken);

    /// <summary>The versions these jobs are at: one query for all who wait for one of them.</summary>
    Task<IReadOnlyList<(JobId Job, long Version)>> VersionsAsync(IReadOnlyCollection<JobId> jobs, CancellationToken cancellationToken);

    Task<IReadOnlyList<JobState>> JobsAsync(JobFilter filter, CancellationToken cancellationToken);

    /// <summary>The queues that have ready jobs. Costs one index step per queue, however many jobs wait.</summary>
    Task<IReadOnlyList<QueueKey>> QueuesAsync(CancellationToken cancellationToken);

    /// <summary>The oldest ready jobs of each of these queues.</summary>
    Task<IReadOnlyList<JobState>> HeadsAsync(IReadOnlyCollection<QueueKey> queues, int limitEach, CancellationToken cancellationToken);

    /// <summary>How many ready jobs wait in each of these queues, in their order; counting stops at <paramref name="most"/>.</summary>
    Task<IReadOnlyList<int>> LengthsAsync(IReadOnlyCollection<QueueKey> queues, int most, CancellationToken cancellationToken);

    /// <summary>How many ready jobs of its queue are older than this one; counting stops at <paramref name="most"/>.</summary>
    Task<int> AheadAsync(JobState job, int most, CancellationToken cancellationToken);

    /// <summary>How many jobs are queued, ready or not: of a team, or of all (null); counting stops at <paramref name="most"/>.</summary>
    Task<int> QueuedAsync(TeamId? team, int most, CancellationToken cancellationToken);

    /// <summary>When the next timed move of any job is due; null when none is.</summary>
    Task<DateTimeOffset?> NextWakeAsync(CancellationToken cancellationToken);

    /// <summary>Jobs whose timed move is due, the longest overdue first.</summary>
    Task<IReadOnlyList<JobId>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    Task<IReadOnlyList<QueuePause>> PausesAsync(CancellationToken cancellationToken);

    Task<IReadOnlyList<JobCount>> CountsAsync(CancellationToken cancellationToken);

    /// <summary>Events of a job after a seq, in order.</summary>
    Task<IReadOnlyList<JobEvent>> EventsAsync(JobId job, long after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Events of several jobs, each after a seq of its own: by job, and in order. The limit is one of all, so the last of the jobs may be
    /// cut short or missing.
    /// </summary>
    Task<IReadOnlyList<JobEvent>> EventsAsync(IReadOnlyDictionary<JobId, long> after, int limit, CancellationToken cancellationToken);

    Task<TeamState?> TeamAsync(TeamId id, CancellationToken cancellationToken);

    Task<IReadOnlyList<TeamState>> TeamsAsync(CancellationToken cancellationToken);

    /// <summary>What these teams use of their limits: a row for each lease, or one for a team without any.</summary>
    Task<IReadOnlyList<TeamUseRow>> TeamUsesAsync(IReadOnlyCollection<TeamId> teams, CancellationToken cancellationToken);

    Task<ApiToken?> TokenAsync(string hash, CancellationToken cancellationToken);

    /// <summary>A team's tokens, those that have ended too, newest first.</summary>
    Task<IReadOnlyList<ApiToken>> TokensAsync(TeamId team, CancellationToken cancellationToken);

    Task<string?> SettingAsync(string key, CancellationToken cancellationToken);

    /// <summary>Writes a setting that nobody has written yet; answers what is there then.</summary>
    Task<string> SettleAsync(string key, string value, CancellationToken cancellationToken);

    /// <summary>What was charged, for reports and tests.</summary>
    Task<IReadOnlyList<Charge>> ChargesAsync(AccountId account, CancellationToken cancellationToken);
}
