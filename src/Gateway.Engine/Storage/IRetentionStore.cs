using Gateway.Model.Jobs;

namespace Gateway.Engine.Storage;

/// <summary>
/// Removes what was kept long enough: a few rows at a time, in transactions of their own, never waiting for a row that a turn
/// has and never holding one that a turn needs for long. Each answers how many it removed; fewer than asked for means no more.
/// </summary>
internal interface IRetentionStore
{
    /// <summary>
    /// Jobs that ended before an instant, with their events, small bodies, streams, messages, deliveries and notes of copies.
    /// </summary>
    /// <param name="endedBefore">When they ended.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The jobs that are gone, so that their large bodies and their copies can go too.</returns>
    Task<IReadOnlyList<JobState>> PruneJobsAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken);

    Task<int> PruneKeysAsync(DateTimeOffset expiredBefore, int limit, CancellationToken cancellationToken);

    Task<int> PruneDeliveriesAsync(DateTimeOffset triedBefore, int limit, CancellationToken cancellationToken);

    Task<int> PruneAuditAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}
