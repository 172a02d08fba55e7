namespace Gateway.Engine.Notifiers;

/// <summary>
/// Collects which of many keys moved, for one reader that takes them a page at a time. A key that moves twice before it is taken is there
/// once.
/// </summary>
internal sealed class MovedKeys<TKey>
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly HashSet<TKey> _moved = [];
    private readonly Queue<TKey> _order = [];
    private readonly AsyncAutoResetEvent _wake = new();

    public void Add(TKey key) => Add([key]);

    public void Add(IEnumerable<TKey> keys)
    {
        lock (_lock)
            foreach (var key in keys)
                if (_moved.Add(key)) _order.Enqueue(key);
        _wake.Set();
    }

    /// <summary>Up to so many keys that moved since they were taken last, the one that waits longest first.</summary>
    public IReadOnlyList<TKey> Take(int most)
    {
        lock (_lock)
        {
            var taken = new TKey[Math.Min(most, _order.Count)];
            for (var i = 0; i < taken.Length; i++) _moved.Remove(taken[i] = _order.Dequeue());
            return taken;
        }
    }

    /// <summary>Waits until there may be something to take.</summary>
    public Task WaitAsync(TimeProvider time, CancellationToken cancellationToken) => _wake.WaitAsync(atMost: null, time, cancellationToken);
}
