using System.Diagnostics.CodeAnalysis;

namespace Gateway.Engine.Turns;

/// <summary>The two queues that feed a batch (T2): obligations go first and are never refused, admissions are bounded.</summary>
/// <remarks>
/// Obligations have no bound of their own because their number is bounded by construction: a few per live lease and one per
/// waiting caller that left.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle nobody asks for holds nothing to dispose of.")]
internal sealed class TurnQueue(BatchOptions options)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Turn> _obligations = [];
    private readonly LinkedList<Turn> _admissions = [];

    // At most one permit: there may be something to take. Waited for by one runner, blocking or not.
    private readonly SemaphoreSlim _arrival = new(0, 1);

    public int Count
    {
        get
        {
            lock (_lock) return _obligations.Count + _admissions.Count;
        }
    }

    /// <summary>Queues the turn; false when it is an admission and the queue is full.</summary>
    public bool TryAdd(Turn turn)
    {
        lock (_lock)
        {
            if (turn.Class == TurnClass.Admission && _admissions.Count >= options.MaxAdmissions) return false;
            QueueOf(turn).AddLast(turn);
            Signal();
            return true;
        }
    }

    /// <summary>Puts turns back in front, in their order: they were taken but not run.</summary>
    public void PutBack(IReadOnlyList<Turn> turns)
    {
        lock (_lock)
        {
            for (var i = turns.Count - 1; i >= 0; i--) QueueOf(turns[i]).AddFirst(turns[i]);
            if (turns.Count > 0) Signal();
        }
    }

    /// <summary>Ends when there may be something to take.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _arrival.WaitAsync(cancellationToken);

    /// <summary>The same for a thread of its own, which has nothing else to do.</summary>
    public void Wait(CancellationToken cancellationToken) => _arrival.Wait(cancellationToken);

    /// <summary>Takes the next batch within the caps; at least one turn when there is one.</summary>
    public List<Turn> Take()
    {
        lock (_lock)
        {
            List<Turn> turns = [];
            var bytes = 0;
            while (turns.Count < options.MaxTurns && (_obligations.First ?? _admissions.First) is { } node)
            {
                if (turns.Count > 0 && bytes + node.Value.Bytes > options.MaxBytes) break;
                bytes += node.Value.Bytes;
                node.List!.Remove(node);
                turns.Add(node.Value);
            }

            if (_obligations.Count + _admissions.Count > 0) Signal();
            return turns;
        }
    }

    /// <summary>Takes every admission: the store is gone and they must be answered.</summary>
    public List<Turn> TakeAdmissions()
    {
        lock (_lock)
        {
            List<Turn> turns = [.. _admissions];
            _admissions.Clear();
            return turns;
        }
    }

    /// <summary>Takes everything: no batch will run any more.</summary>
    public List<Turn> TakeAll()
    {
        lock (_lock)
        {
            List<Turn> turns = [.. _obligations, .. _admissions];
            _obligations.Clear();
            _admissions.Clear();
            return turns;
        }
    }

    private LinkedList<Turn> QueueOf(Turn turn) => turn.Class == TurnClass.Obligation ? _obligations : _admissions;

    // Under the lock: nobody else releases.
    private void Signal()
    {
        if (_arrival.CurrentCount == 0) _arrival.Release();
    }
}
