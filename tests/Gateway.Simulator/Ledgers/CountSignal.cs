namespace Gateway.Simulator;

/// <summary>A counter one can wait on.</summary>
internal sealed class CountSignal
{
    private readonly Lock _lock = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Increment()
    {
        lock (_lock)
        {
            _count++;
            foreach ((int count, TaskCompletionSource reached) in _waiters)
            {
                if (_count >= count)
                {
                    reached.TrySetResult();
                }
            }

            _waiters.RemoveAll(static waiter => waiter.Reached.Task.IsCompleted);
        }
    }

    public Task WaitForAsync(int count, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_count >= count)
            {
                return Task.CompletedTask;
            }

            // Asynchronous continuations, because Increment completes them under the lock.
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    public void Reset()
    {
        lock (_lock)
        {
            _count = 0;
        }
    }
}
