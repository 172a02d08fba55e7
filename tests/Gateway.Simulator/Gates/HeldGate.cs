namespace Gateway.Simulator;

/// <summary>
/// A closed gate in front of the answers of one operation, or in front of each frame of its streams. Opens for good on
/// <see cref="Release"/> or disposal.
/// </summary>
public sealed class HeldGate : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private readonly Action<HeldGate> _forget;
    private bool _open;

    internal HeldGate(Operation operation, string? key, bool eachFrame, Action<HeldGate> forget)
    {
        Operation = operation;
        Key = key;
        EachFrame = eachFrame;
        _forget = forget;
    }

    public Operation Operation { get; }

    /// <summary>Null: the answers to all keys are held.</summary>
    public string? Key { get; }

    /// <summary>Each frame of a stream is held, instead of the answer before its first byte.</summary>
    public bool EachFrame { get; }

    /// <summary>Answers held right now, of clients that are still there.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count(static one => !one.Task.IsCompleted);
            }
        }
    }

    /// <summary>Lets the answer through that has waited longest; false when none waits.</summary>
    public bool ReleaseNext()
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out TaskCompletionSource? one))
            {
                if (one.TrySetResult())
                {
                    return true;
                }
            }

            return false;
        }
    }

    public void Release()
    {
        lock (_lock)
        {
            _open = true;
        }

        while (ReleaseNext())
        {
        }

        _forget(this);
    }

    public void Dispose() => Release();

    internal bool Holds(Exchange exchange) =>
        exchange.Operation == Operation && (Key is null || Key == exchange.Key);

    internal async Task PassAsync(CancellationToken cancellationToken)
    {
        // Continuations must not run inside ReleaseNext, which holds the lock.
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_open)
            {
                return;
            }

            _waiting.Enqueue(turn);
        }

        await using CancellationTokenRegistration left = cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken));
        await turn.Task;
    }
}
