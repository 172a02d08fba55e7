using Gateway.Engine.Storage;

namespace Gateway.Silo.Content;

/// <summary>
/// How much room is left for copies: counted in the store now and then, and this node's own added in between. What other nodes
/// add meanwhile may go over the limit by that much.
/// </summary>
internal sealed class ResultRoom(IResultStore store, ResultOptions options, TimeProvider time)
{
    private static readonly TimeSpan CountEvery = TimeSpan.FromMinutes(1);

    private long _used;
    private long _countedAt; // 0 is never

    public async Task<bool> HasAsync(long bytes, CancellationToken cancellationToken)
    {
        var countedAt = Volatile.Read(ref _countedAt);
        // A full directory is counted each time: what makes room is another's work.
        if (countedAt == 0 || time.GetElapsedTime(countedAt) >= CountEvery || IsFull(bytes))
        {
            Interlocked.Exchange(ref _used, await store.BytesAsync(cancellationToken));
            Volatile.Write(ref _countedAt, time.GetTimestamp());
        }

        return !IsFull(bytes);
    }

    public void Take(long bytes) => Interlocked.Add(ref _used, bytes);

    private bool IsFull(long bytes) => Interlocked.Read(ref _used) + Math.Max(bytes, 1) > options.MaxBytes;
}
