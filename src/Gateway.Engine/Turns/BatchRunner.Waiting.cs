using Gateway.Model.Ids;
using Microsoft.Extensions.Logging;

namespace Gateway.Engine.Turns;

// Turns whose rows somebody else holds (T4): one foreign lock must not stall a batch.
internal sealed partial class BatchRunner
{
    private volatile Turn? _first;

    /// <summary>The runner of one node over its connections.</summary>
    public static BatchRunner Over(
        TurnStores stores, NodeIdentity node, Homes homes, BatchOptions options, TimeProvider time, ILogger<BatchRunner> logger)
    {
        if (stores.Waiting is null) return new BatchRunner(stores.Batches, node, options, time, logger, LockPlan.WaitForAll);
        var waiting = new BatchRunner(stores.Waiting, node, options, time, logger, new WaitForFirst());
        return new BatchRunner(stores.Batches, node, options, time, logger, new WaitForHomes(homes, waiting));
    }

    /// <summary>The account of the turn this runner waits with, as long as it is the one that waits; else null.</summary>
    public AccountId? WaitsWith => _first?.Account;

    private Task WaitOnAsync(CancellationToken ended)
    {
        if (plan.Waiting is not { } waiting) return Task.CompletedTask;
        waiting.Fenced += () => Fence([]);
        return waiting.LoopAsync(ended);
    }

    // It gives way, or waits where nobody waits for it.
    private void SetAside(List<Turn> turns, HeldRows held)
    {
        foreach (var turn in turns)
            if (held.Of(turn) is { } row && !turn.Yield(row)) (plan.Waiting ?? this).Wait(turn);
        turns.RemoveAll(turn => held.Of(turn) is not null);
    }

    // At the end of the queue: what it waits for may take long.
    private void Wait(Turn turn)
    {
        if (!_queue.TryAdd(turn))
            turn.Abandon(new StoreUnavailableException($"More than {options.MaxAdmissions} requests are waiting for the database."));
        if (_closed is { } closed) turn.Abandon(new StoreUnavailableException(closed));
    }

    // Only the first turn's rows were waited for; the others were in nobody's way.
    private void PostponeFirst(List<Turn> turns, StoreException busy)
    {
        _queue.PutBack(turns[1..]);
        Postpone(turns[0], busy);
    }
}
