using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Teams;
using Gateway.Grains.Turns;

namespace Gateway.Grains.Storage;

/// <summary>Which jobs to list: newest first.</summary>
/// <param name="Team">Only this team's; null for all teams (admins).</param>
/// <param name="Status">Only this status.</param>
/// <param name="Kind">Only this kind.</param>
/// <param name="Account">Only this account's.</param>
/// <param name="Before">Only jobs older than this one.</param>
/// <param name="Limit">At most so many.</param>
internal sealed record JobFilter(TeamId? Team, JobStatus? Status, JobKind? Kind, AccountId? Account, JobId? Before, int Limit)
{
    /// <summary>Only jobs that failed with this error code.</summary>
    public string? Failure { get; init; }

    /// <summary>Only jobs of this lane.</summary>
    public string? Lane { get; init; }

    /// <summary>Only jobs that ask for this model.</summary>
    public string? Model { get; init; }

    /// <summary>Only jobs from this one on.</summary>
    public JobId? From { get; init; }
}

/// <summary>How many jobs are in a status that is not final.</summary>
internal sealed record JobCount(JobStatus Status, JobKind Kind, long Count);

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

    /// <summary>Events of several jobs, each after a seq of its own: by job, and in order. The limit is one of all, so the last of the jobs may be cut short or missing.</summary>
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

/// <summary>Request and result bodies, out of the hot rows (T8).</summary>
internal interface IBodyStore
{
    /// <summary>Writes a large body before its turn, outside the turn's transaction. Answers its id.</summary>
    Task<string> WriteAsync(JobId job, ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    Task<byte[]?> ReadAsync(JobId job, BodyPart part, BodyRef reference, CancellationToken cancellationToken);

    /// <summary>Removes large bodies whose jobs are gone.</summary>
    Task RemoveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>Removes large bodies older than <paramref name="age"/> that no job refers to. Answers how many.</summary>
    Task<int> SweepAsync(TimeSpan age, CancellationToken cancellationToken);
}

/// <summary>A node that is alive.</summary>
/// <param name="Incarnation">Which.</param>
/// <param name="Number">Its node number.</param>
/// <param name="Beats">How often its heart has beaten.</param>
/// <param name="IsLeaving">It is about to end.</param>
internal sealed record LiveNode(string Incarnation, int Number, long Beats, bool IsLeaving)
{
    /// <summary>Whether its version knows short ids.</summary>
    public bool ReadsShortIds => Number >= NodeNumbers.First;

    /// <summary>Whether accounts may be homed at it (Q6): one beat may be all there is of a start that fails.</summary>
    public bool MayBeHome => Beats >= 2 && !IsLeaving;
}

/// <summary>Who is alive (L2).</summary>
internal interface INodeStore
{
    /// <summary>Registers a fresh incarnation.</summary>
    Task<NodeIdentity> RegisterAsync(CancellationToken cancellationToken);

    /// <summary>Beats the heart; false when the incarnation was declared dead.</summary>
    Task<bool> BeatAsync(string incarnation, CancellationToken cancellationToken);

    /// <summary>
    /// Declares dead whoever has not beaten for a lease's length. Answers who was buried now. <paramref name="except"/> is the asking
    /// node: a question that hung in a silent database must not bury whoever asked it.
    /// </summary>
    Task<IReadOnlyList<string>> BuryAsync(TimeSpan lease, string? except, CancellationToken cancellationToken);

    /// <summary>The incarnations that are live.</summary>
    Task<IReadOnlyList<LiveNode>> LiveAsync(CancellationToken cancellationToken);

    /// <summary>This incarnation is about to end: it is nobody's home any more, and others may adopt its running jobs at once.</summary>
    Task PrepareToLeaveAsync(string incarnation, CancellationToken cancellationToken);

    /// <summary>Ends this incarnation in good order: its leases can be adopted at once.</summary>
    Task LeaveAsync(string incarnation, CancellationToken cancellationToken);
}

/// <summary>One database: everything the gateway keeps.</summary>
internal interface IGatewayStore : IAsyncDisposable
{
    IQueryStore Queries { get; }

    IBodyStore Bodies { get; }

    IStreamStore Streams { get; }

    IAssetStore Assets { get; }

    INodeStore Nodes { get; }

    IOutboxStore Outbox { get; }

    IWebhookStore Webhooks { get; }

    IFeedStore Feed { get; }

    IRetentionStore Retention { get; }

    IHintChannel Hints { get; }

    ICopyStore Copies { get; }

    IKeyStore Keys { get; }

    ITokenStore Tokens { get; }

    IResultStore Results { get; }

    IUpkeepStore Upkeep { get; }

    /// <summary>Brings the schema up to date, under a lock; a newer schema than this program's stops the start.</summary>
    Task MigrateAsync(CancellationToken cancellationToken);

    /// <summary>A connection for one batch runner.</summary>
    ITurnStore OpenTurnStore(NodeIdentity node);

    /// <summary>The connection on which a node waits for rows that others hold (T4); null where there are no others.</summary>
    ITurnStore? OpenWaitingStore(NodeIdentity node);
}
