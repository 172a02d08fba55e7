using Gateway.Model.Content;
using Gateway.Model.Ids;

namespace Gateway.Engine.Storage;

/// <summary>
/// What is to be copied, and the copies there are. A claim is a due time in the future, as in the outbox: a node that dies over a
/// copy leaves it to whoever looks after that.
/// </summary>
internal interface IResultStore
{
    /// <summary>Takes jobs whose copies are due, until an instant.</summary>
    Task<IReadOnlyList<DueCopy>> ClaimAsync(int limit, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>When the next one is due; null when none waits.</summary>
    Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken);

    /// <summary>Gives a claimed job back, to be copied then.</summary>
    Task PostponeAsync(JobId job, DateTimeOffset dueAt, CancellationToken cancellationToken);

    /// <summary>A job is copied, or given up.</summary>
    Task EndAsync(JobId job, CancellationToken cancellationToken);

    /// <summary>Notes a copy; one that was there before is replaced.</summary>
    Task AddAsync(ResultCopy copy, CancellationToken cancellationToken);

    /// <summary>The copies of a job, in order.</summary>
    Task<IReadOnlyList<ResultCopy>> OfAsync(JobId job, CancellationToken cancellationToken);

    /// <summary>What all copies take together.</summary>
    Task<long> BytesAsync(CancellationToken cancellationToken);

    /// <summary>The oldest copies made before an instant.</summary>
    Task<IReadOnlyList<ResultCopy>> OldAsync(DateTimeOffset copiedBefore, int limit, CancellationToken cancellationToken);

    Task RemoveAsync(IReadOnlyList<ResultCopy> copies, CancellationToken cancellationToken);

    /// <summary>Which of these jobs have copies.</summary>
    Task<IReadOnlySet<JobId>> KnownAsync(IReadOnlyList<JobId> jobs, CancellationToken cancellationToken);
}
