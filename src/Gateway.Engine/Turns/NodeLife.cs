namespace Gateway.Engine.Turns;

/// <summary>
/// Whether this node can prove that it is alive (L6). It counts by the monotonic clock from the last heartbeat the store
/// took; at two thirds of the lease it stops, before anybody may declare it dead.
/// </summary>
internal sealed class NodeLife(TimeSpan lease, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _proof = new();
    private long _lastBeat = time.GetTimestamp();
    private bool _dead;

    private long? _regainedAt;

    public TimeSpan Lease => lease;

    /// <summary>How often the heart beats.</summary>
    public TimeSpan BeatEvery => lease / 3;

    /// <summary>Fires when the proof runs out: whatever was started under it is aborted. A later heartbeat gives a new one.</summary>
    public CancellationToken Proof
    {
        get
        {
            lock (_lock) return _proof.Token;
        }
    }

    /// <summary>Whether the incarnation was declared dead.</summary>
    public bool IsDead => Volatile.Read(ref _dead);

    public bool IsProven => !IsDead && time.GetElapsedTime(Volatile.Read(ref _lastBeat)) < lease * 2 / 3;

    /// <summary>
    /// Whether this node may declare others dead: not right after its own proof had run out. What kept it from the store has most
    /// likely kept them too, and whoever is back first must give the others the time of a heartbeat.
    /// </summary>
    public bool MayBury
    {
        get
        {
            lock (_lock) return IsProven && !(_regainedAt is { } regained && time.GetElapsedTime(regained) < BeatEvery);
        }
    }

    /// <summary>
    /// The store took a heartbeat that was sent at <paramref name="sentAt"/> (a timestamp): the age counts from the sending.
    /// </summary>
    public void Beat(long sentAt)
    {
        lock (_lock)
        {
            if (!IsProven) _regainedAt = time.GetTimestamp();
            Volatile.Write(ref _lastBeat, sentAt);
            if (!_proof.IsCancellationRequested || _dead) return;
            _proof.Dispose();
            _proof = new CancellationTokenSource();
        }
    }

    /// <summary>Aborts what runs when the proof has run out; the heartbeat asks often enough.</summary>
    public void AbortIfUnproven()
    {
        CancellationTokenSource proof;
        lock (_lock) proof = _proof;
        if (!IsProven) proof.Cancel();
    }

    /// <summary>The incarnation was declared dead: nothing of it may go on.</summary>
    public void Die()
    {
        Volatile.Write(ref _dead, true);
        AbortIfUnproven();
    }

    /// <summary>Just before the first byte of a paid submit (L6).</summary>
    /// <exception cref="NodeNotAliveException">The proof is too old.</exception>
    public void Require()
    {
        if (!IsProven) throw new NodeNotAliveException();
    }

    public void Dispose() => _proof.Dispose();
}
