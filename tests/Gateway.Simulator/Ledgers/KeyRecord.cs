namespace Gateway.Simulator;

/// <summary>
/// What one key does now and did at most at once. Not thread-safe: the ledger calls it under its lock,
/// with a clock that does not run backwards. Concurrency can only rise when something starts, so it is enough
/// to take ended tasks off before each start; the maximum is then exact even when nobody ever polls.
/// </summary>
internal sealed class KeyRecord
{
    private readonly PriorityQueue<PlatformTask, DateTimeOffset> _ending = new();
    private readonly Dictionary<Operation, int> _requests = [];
    private readonly Dictionary<Operation, int> _running = [];
    private readonly Dictionary<Operation, int> _maxRunning = [];
    private int _tasks;
    private int _chats;
    private int _calls;
    private int _max;
    private int _maxTasks;
    private int _maxChats;
    private int _maxCalls;
    private int _accepted;
    private int _acceptedCalls;
    private int _aborted;

    public int TasksAt(DateTimeOffset now)
    {
        Settle(now);
        return _tasks;
    }

    public void CountRequest(Operation operation) =>
        _requests[operation] = _requests.GetValueOrDefault(operation) + 1;

    public void CountAborted() => _aborted++;

    public void StartTask(PlatformTask task)
    {
        Settle(task.AcceptedAt);
        task.IsCounted = true;
        _accepted++;
        _tasks++;
        if (task.End is { } end)
        {
            _ending.Enqueue(task, end.At);
        }

        NoteMaximum();
    }

    /// <summary>A test ended the task. If it was due at a later time, the queue finds it already taken off.</summary>
    public void EndTask(PlatformTask task)
    {
        if (task.IsCounted)
        {
            task.IsCounted = false;
            _tasks--;
        }
    }

    public void CountAcceptedCall() => _acceptedCalls++;

    /// <summary>Returns how many calls of the operation run now.</summary>
    public int StartCall(Operation operation, DateTimeOffset now)
    {
        Settle(now);
        int running = Move(operation, 1);
        NoteMaximum();
        return running;
    }

    public void EndCall(Operation operation) => Move(operation, -1);

    /// <summary>Forgets the past. What runs goes on running.</summary>
    public void Reset(DateTimeOffset now)
    {
        Settle(now);
        _requests.Clear();
        _maxRunning.Clear();
        _accepted = _acceptedCalls = _aborted = 0;
        _max = _maxTasks = _maxChats = _maxCalls = 0;
        NoteMaximum();
    }

    public KeyView View(DateTimeOffset now)
    {
        Settle(now);
        return new KeyView
        {
            Running = _tasks + _calls,
            RunningTasks = _tasks,
            RunningChats = _chats,
            RunningCalls = _calls,
            RunningPerOperation = new Dictionary<Operation, int>(_running),
            MaxConcurrent = _max,
            MaxConcurrentTasks = _maxTasks,
            MaxConcurrentChats = _maxChats,
            MaxConcurrentCalls = _maxCalls,
            MaxConcurrentPerOperation = new Dictionary<Operation, int>(_maxRunning),
            Accepted = _accepted,
            AcceptedCalls = _acceptedCalls,
            Aborted = _aborted,
            Requests = new Dictionary<Operation, int>(_requests),
        };
    }

    private int Move(Operation operation, int by)
    {
        _calls += by;
        _chats += operation.IsChat() ? by : 0;
        return _running[operation] = _running.GetValueOrDefault(operation) + by;
    }

    private void Settle(DateTimeOffset now)
    {
        while (_ending.TryPeek(out PlatformTask? task, out DateTimeOffset end) && end <= now)
        {
            _ending.Dequeue();
            EndTask(task);
        }
    }

    private void NoteMaximum()
    {
        _maxTasks = Math.Max(_maxTasks, _tasks);
        _maxChats = Math.Max(_maxChats, _chats);
        _maxCalls = Math.Max(_maxCalls, _calls);
        _max = Math.Max(_max, _tasks + _calls);
        foreach ((Operation operation, int running) in _running)
        {
            _maxRunning[operation] = Math.Max(_maxRunning.GetValueOrDefault(operation), running);
        }
    }
}
