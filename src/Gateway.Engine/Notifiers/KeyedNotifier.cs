namespace Gateway.Engine.Notifiers;

/// <summary>Wakes whoever waits for a key. A waiter costs memory, and a pulse without waiters next to nothing.</summary>
internal sealed class KeyedNotifier<TKey>
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, Subscribers> _keys = [];

    public bool HasSubscribers
    {
        get
        {
            lock (_lock) return _keys.Count > 0;
        }
    }

    /// <summary>Whom somebody waits for.</summary>
    public IReadOnlyCollection<TKey> Keys
    {
        get
        {
            lock (_lock) return [.. _keys.Keys];
        }
    }

    /// <summary>
    /// A look found the key at this mark. Whoever waits is woken unless the last look found the same; at the first look once
    /// too often, since nobody knows what its waiters have read.
    /// </summary>
    public void See(TKey key, long mark)
    {
        lock (_lock)
        {
            if (!_keys.TryGetValue(key, out var subscribers) || subscribers.Mark == mark) return;
            subscribers.Mark = mark;
        }

        Pulse(key);
    }

    /// <summary>Subscribes; subscribe first, then read the store, then wait (P1).</summary>
    public Subscription Subscribe(TKey key)
    {
        lock (_lock) return new Subscription(this, key, Enter(key));
    }

    /// <summary>Subscribes one who reads many keys: each move of this one is added to what moved, until <see cref="Leave"/>.</summary>
    public void Join(TKey key, MovedKeys<TKey> moved)
    {
        lock (_lock) Enter(key).Readers.Add(moved);
    }

    public void Leave(TKey key, MovedKeys<TKey> moved)
    {
        lock (_lock)
            if (_keys.TryGetValue(key, out var subscribers) && subscribers.Readers.Remove(moved) && --subscribers.Count == 0)
                _keys.Remove(key);
    }

    public void Pulse(TKey key)
    {
        TaskCompletionSource pulse;
        lock (_lock)
        {
            if (!_keys.TryGetValue(key, out var subscribers)) return;
            pulse = subscribers.Pulse;
            subscribers.Pulse = NewPulse();
            foreach (var reader in subscribers.Readers) reader.Add(key);
        }

        pulse.TrySetResult();
    }

    private Subscribers Enter(TKey key)
    {
        if (!_keys.TryGetValue(key, out var subscribers)) _keys[key] = subscribers = new Subscribers();
        subscribers.Count++;
        return subscribers;
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal sealed class Subscribers
    {
        public int Count { get; set; }

        public TaskCompletionSource Pulse { get; set; } = NewPulse();

        public List<MovedKeys<TKey>> Readers { get; } = [];

        /// <summary>What the last look found; null before the first.</summary>
        public long? Mark { get; set; }
    }

    /// <summary>One waiter's place; dispose it to leave.</summary>
    internal sealed class Subscription(KeyedNotifier<TKey> pulses, TKey key, Subscribers subscribers) : IDisposable
    {
        /// <summary>Ends with the key's next move. Take it before reading, so that a move in between is not lost.</summary>
        public Task NextMove()
        {
            lock (pulses._lock) return subscribers.Pulse.Task;
        }

        public void Dispose()
        {
            lock (pulses._lock)
                if (--subscribers.Count == 0) pulses._keys.Remove(key);
        }
    }
}
