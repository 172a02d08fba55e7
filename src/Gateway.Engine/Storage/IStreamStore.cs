using Gateway.Model.Ids;

namespace Gateway.Engine.Storage;

/// <summary>
/// The streams of jobs: one body per job that only grows, read from any byte on (P4). Written outside of turns and out of
/// the hot rows (T8).
/// </summary>
internal interface IStreamStore
{
    /// <summary>
    /// Appends to a job's stream. False, and nothing is written, when <paramref name="start"/> is not the stream's end, or
    /// when the job is no longer at this attempt or has ended: whoever writes then has lost its right to.
    /// </summary>
    Task<bool> AppendAsync(JobId job, int attempt, long start, ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>The chunks that have bytes after a place, in order; the first one may begin before it.</summary>
    Task<IReadOnlyList<StreamChunk>> ReadAsync(JobId job, long after, int limit, CancellationToken cancellationToken);

    /// <summary>Where the stream ends now.</summary>
    Task<long> EndAsync(JobId job, CancellationToken cancellationToken);
}
