using Gateway.Grains.Accounts;

namespace Gateway.Grains.Routing;

/// <summary>A slot held for one call. Release it exactly once.</summary>
internal sealed class CallSlot(AccountState account, Lease lease, AccountGrain accounts, LiveOperations live, OverloadBreakers overloads)
{
    private int _released;

    public AccountState Account => account;

    public Lease Lease => lease;

    /// <summary>Frees the slot and settles; the release is an obligation, nobody waits for it.</summary>
    public void Release(Settlement settlement)
    {
        if (Interlocked.Exchange(ref _released, 1) != 0) return;
        accounts.Release(account.Id, lease.Id, settlement);
        live.Leave(lease.Id);
        overloads.Leave(lease.Id);
    }
}

/// <summary>
/// Lets calls in: takes a slot, or waits for one in order of arrival. Only the first of a lane's waiters asks the accounts;
/// the others wait behind it, so a release costs one question, not one per waiter.
/// </summary>
internal sealed class CallGate(RouterGrain router, AccountGrain accounts, LiveOperations live, OverloadBreakers overloads, SlotSignal signal, TimeProvider time)
{
    /// <summary>Calls that may wait on this node; one more is told to come back.</summary>
    public const int MostWaiting = 2000;

    /// <summary>How long the first in line goes without a pulse before it asks the store.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Line> _lines = [];
    private int _waiting;

    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Takes a slot, waiting up to <paramref name="patience"/>. Answers the slot, or why there is none.</summary>
    public async Task<(CallSlot? Slot, NobodyFree? Nobody)> EnterAsync(RouteRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        // Whoever comes while others of the lane wait lines up behind them.
        if (!IsSomeoneWaiting(request.Work.Lane))
        {
            var (slot, nobody) = await TryAsync(request, asksStore: true, cancellationToken);
            if (slot is not null || patience <= TimeSpan.Zero) return (slot, nobody);
        }

        if (patience <= TimeSpan.Zero || Waiting >= MostWaiting) return (null, router.WhyNot(request.Work));
        return await WaitAsync(request, patience, cancellationToken);
    }

    private async Task<(CallSlot? Slot, NobodyFree? Nobody)> WaitAsync(RouteRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        var line = Join(request.Work.Lane);
        using var timeout = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await line.Head.WaitAsync(either.Token);
            try
            {
                return await WaitAtHeadAsync(request, either.Token);
            }
            finally
            {
                line.Head.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, router.WhyNot(request.Work));
        }
        finally
        {
            Leave(request.Work.Lane, line);
        }
    }

    private async Task<(CallSlot? Slot, NobodyFree? Nobody)> WaitAtHeadAsync(RouteRequest request, CancellationToken cancellationToken)
    {
        for (var asksStore = false; ;)
        {
            var pulse = signal.NextPulse();
            var (slot, _) = await TryAsync(request, asksStore, cancellationToken);
            if (slot is not null) return (slot, null);
            asksStore = !await HeardAsync(pulse, cancellationToken);
        }
    }

    // Without a pulse the store is asked: another node may have released.
    private async Task<bool> HeardAsync(Task pulse, CancellationToken cancellationToken)
    {
        try
        {
            await pulse.WaitAsync(LookEvery, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<(CallSlot? Slot, NobodyFree? Nobody)> TryAsync(RouteRequest request, bool asksStore, CancellationToken cancellationToken)
    {
        CallSlot? slot = null;
        NobodyFree? nobody = null;
        if (asksStore) nobody = await router.RouteAsync(request, TakeAsync, cancellationToken);
        else await router.TryRouteAsync(request, TakeAsync);
        return (slot, nobody);

        async Task<Refusal?> TakeAsync(AccountState account, LeaseRequest lease)
        {
            live.Enter(lease.Id);
            var granted = false;
            try
            {
                var answer = await accounts.AcquireAsync(account.Id, lease, cancellationToken);
                if (answer.Lease is not null) slot = new CallSlot(answer.Account!, answer.Lease, accounts, live, overloads);
                granted = slot is not null;
                return answer.Refusal;
            }
            finally
            {
                if (!granted) live.Leave(lease.Id);
            }
        }
    }

    private bool IsSomeoneWaiting(string lane)
    {
        lock (_lock) return _lines.ContainsKey(lane);
    }

    private Line Join(string lane)
    {
        lock (_lock)
        {
            if (!_lines.TryGetValue(lane, out var line)) _lines[lane] = line = new Line();
            line.Members++;
            _waiting++;
            return line;
        }
    }

    private void Leave(string lane, Line line)
    {
        lock (_lock)
        {
            _waiting--;
            if (--line.Members == 0) _lines.Remove(lane);
        }
    }

    private sealed class Line
    {
        public int Members { get; set; }

        /// <summary>Held by the first in line.</summary>
        public SemaphoreSlim Head { get; } = new(1, 1);
    }
}
