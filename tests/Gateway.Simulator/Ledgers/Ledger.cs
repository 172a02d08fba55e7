namespace Gateway.Simulator;

/// <summary>What the platform saw, for tests to judge by. Safe to use from any thread.</summary>
public sealed class Ledger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, KeyRecord> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _submitsPerHash = new(StringComparer.Ordinal);
    private readonly List<PlatformTask> _tasks = [];
    private readonly List<CallbackAttempt> _callbacks = [];
    private readonly Queue<RecordedRequest> _recent = new();
    private readonly CountSignal[] _received = [.. Enum.GetValues<Operation>().Select(static _ => new CountSignal())];
    private readonly int _kept;
    private readonly TimeProvider _clock;
    private DateTimeOffset _latest;
    private int _open;

    internal Ledger(int kept, TimeProvider clock)
    {
        _kept = kept;
        _clock = clock;
    }

    public int OpenRequests => Volatile.Read(ref _open);

    /// <summary>Requests whose client left before the end of the answer.</summary>
    public int Aborted => AbortedSignal.Count;

    /// <summary>Tasks accepted, over all keys.</summary>
    public int Accepted => AcceptedSignal.Count;

    internal CountSignal AcceptedSignal { get; } = new();

    internal CountSignal AbortedSignal { get; } = new();

    internal CountSignal CallbackSignal { get; } = new();

    /// <summary>Requests received of an operation, over all keys or of one.</summary>
    public int Count(Operation operation, string? key = null) =>
        key is null ? Received(operation).Count : Key(key).Requests.GetValueOrDefault(operation);

    public KeyView Key(string key)
    {
        lock (_lock)
        {
            return _keys.TryGetValue(key, out KeyRecord? record) ? record.View(Now_NeedsLock()) : KeyView.Unused;
        }
    }

    /// <summary>Accepted tasks in order of acceptance.</summary>
    public IReadOnlyList<AcceptedTask> Tasks()
    {
        lock (_lock)
        {
            return Tasks_NeedsLock(Now_NeedsLock());
        }
    }

    /// <summary>The latest requests, oldest first; of one operation or of all.</summary>
    public IReadOnlyList<RecordedRequest> Requests(Operation? operation = null)
    {
        lock (_lock)
        {
            return [.. _recent.Where(request => operation is null || request.Operation == operation)];
        }
    }

    /// <summary>Every POST to a callback address, in the order they were over; of one task or of all.</summary>
    public IReadOnlyList<CallbackAttempt> Callbacks(string? taskId = null)
    {
        lock (_lock)
        {
            return [.. _callbacks.Where(attempt => taskId is null || attempt.TaskId == taskId)];
        }
    }

    public LedgerView Snapshot()
    {
        lock (_lock)
        {
            DateTimeOffset now = Now_NeedsLock();
            return new LedgerView
            {
                Keys = _keys.ToDictionary(static pair => pair.Key, pair => pair.Value.View(now), StringComparer.Ordinal),
                SubmitsPerHash = new Dictionary<string, int>(_submitsPerHash, StringComparer.Ordinal),
                Tasks = Tasks_NeedsLock(now),
                OpenRequests = _open,
                Aborted = Aborted,
                Callbacks = [.. _callbacks],
            };
        }
    }

    /// <summary>Forgets the past; what runs goes on running and is the new maximum.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            foreach (KeyRecord record in _keys.Values)
            {
                record.Reset(Now_NeedsLock());
            }

            _submitsPerHash.Clear();
            _tasks.Clear();
            _callbacks.Clear();
            _recent.Clear();
            foreach (CountSignal signal in _received)
            {
                signal.Reset();
            }

            AcceptedSignal.Reset();
            AbortedSignal.Reset();
            CallbackSignal.Reset();
        }
    }

    internal CountSignal Received(Operation operation) => _received[(int)operation];

    internal OpenRequest Open(Exchange exchange)
    {
        int concurrent = 0;
        lock (_lock)
        {
            _open++;
            Remember_NeedsLock(exchange);
            if (exchange.Key.Length > 0)
            {
                concurrent = Start_NeedsLock(Record_NeedsLock(exchange.Key), exchange.Operation);
            }
        }

        Received(exchange.Operation).Increment();
        return new OpenRequest(this, exchange.Operation, exchange.Key, concurrent);
    }

    internal void Close(Operation operation, string key, bool aborted)
    {
        lock (_lock)
        {
            _open--;
            if (key.Length > 0)
            {
                End_NeedsLock(Record_NeedsLock(key), operation, aborted);
            }
        }

        if (aborted)
        {
            AbortedSignal.Increment();
        }
    }

    /// <summary>Accepts a task unless the key already runs as many as it may. Limit and start are one step.</summary>
    internal PlatformTask? TryAccept(string key, int? limit, Func<DateTimeOffset, PlatformTask> create)
    {
        PlatformTask task;
        lock (_lock)
        {
            DateTimeOffset now = Now_NeedsLock();
            KeyRecord record = Record_NeedsLock(key);
            if (record.TasksAt(now) >= limit)
            {
                return null;
            }

            task = create(now);
            record.StartTask(task);
            _tasks.Add(task);
            CountSubmit_NeedsLock(task.Hash);
        }

        AcceptedSignal.Increment();
        return task;
    }

    /// <summary>Notes that a paid call was not refused: it costs, whatever becomes of its answer.</summary>
    internal void AcceptCall(Exchange exchange)
    {
        lock (_lock)
        {
            Record_NeedsLock(exchange.Key).CountAcceptedCall();
            CountSubmit_NeedsLock(exchange.Hash);
        }
    }

    /// <summary>Cancels a task that is still queued; false when it runs or has ended.</summary>
    internal bool TryCancel(PlatformTask task)
    {
        lock (_lock)
        {
            DateTimeOffset now = Now_NeedsLock();
            if (task.PhaseAt(now) > TaskPhase.Queueing)
            {
                return false;
            }

            task.End = new TaskEnd(now, null, Cancelled: true);
            Record_NeedsLock(task.Key).EndTask(task);
            return true;
        }
    }

    internal void Note(CallbackAttempt attempt)
    {
        lock (_lock)
        {
            _callbacks.Add(attempt);
        }

        CallbackSignal.Increment();
    }

    /// <summary>Ends a task now; false when it has ended before.</summary>
    internal bool Finish(PlatformTask task, TaskFailure? failure)
    {
        lock (_lock)
        {
            DateTimeOffset now = Now_NeedsLock();
            if (task.HasEnded(now))
            {
                return false;
            }

            task.End = new TaskEnd(now, failure ?? task.PlannedFailure);
            Record_NeedsLock(task.Key).EndTask(task);
            return true;
        }
    }

    private int Start_NeedsLock(KeyRecord record, Operation operation)
    {
        record.CountRequest(operation);
        return operation.IsCall() ? record.StartCall(operation, Now_NeedsLock()) : 0;
    }

    private static void End_NeedsLock(KeyRecord record, Operation operation, bool aborted)
    {
        if (operation.IsCall())
        {
            record.EndCall(operation);
        }

        if (aborted)
        {
            record.CountAborted();
        }
    }

    private void CountSubmit_NeedsLock(string hash) => _submitsPerHash[hash] = _submitsPerHash.GetValueOrDefault(hash) + 1;

    private void Remember_NeedsLock(Exchange exchange)
    {
        HttpRequest request = exchange.Request;
        _recent.Enqueue(new RecordedRequest(
            exchange.Operation, exchange.Key, request.Path, request.QueryString.Value ?? "", exchange.Text, exchange.ReceivedAt));
        if (_recent.Count > _kept)
        {
            _recent.Dequeue();
        }
    }

    private KeyRecord Record_NeedsLock(string key)
    {
        if (!_keys.TryGetValue(key, out KeyRecord? record))
        {
            _keys[key] = record = new KeyRecord();
        }

        return record;
    }

    private List<AcceptedTask> Tasks_NeedsLock(DateTimeOffset now) =>
        [.. _tasks.Select(task => new AcceptedTask(
            task.TaskId, task.FileId, task.Key, task.Hash, task.Input.Model, task.Input.Prompt,
            task.AcceptedAt, task.End?.At, NativeTaskAnswers.Query(task, now), task.Polls, task.Kind))];

    // The wall clock may step back; the order of starts and ends may not.
    private DateTimeOffset Now_NeedsLock()
    {
        DateTimeOffset now = _clock.GetUtcNow();
        return _latest = now > _latest ? now : _latest;
    }
}
