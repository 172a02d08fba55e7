namespace Gateway.Simulator;

/// <summary>
/// What one key does now and did at most at once. Not thread-safe: the ledger calls it under its lock,
/// with a clock that does not run backwards. Concurrency can only rise when something starts, so it is enough
/// to take ended tasks off before each start; the maximum is then exact even when nobody ever polls.
/// </summary>
internal sealed class KeyRecord
{
    private readonly PriorityQueue<VideoTask, DateTimeOffset> _ending = new();
    private readonly Dictionary<Operation, int> _requests = [];
    private int _tasks;
    private int _chats;
    private int _max;
    private int _maxTasks;
    private int _maxChats;
    private int _accepted;
    private int _aborted;

    public int TasksAt(DateTimeOffset now)
    {
        Settle(now);
        return _tasks;
    }

    public void CountRequest(Operation operation) =>
        _requests[operation] = _requests.GetValueOrDefault(operation) + 1;

    public void CountAborted() => _aborted++;

    public void StartTask(VideoTask task)
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
    public void EndTask(VideoTask task)
    {
        if (task.IsCounted)
        {
            task.IsCounted = false;
            _tasks--;
        }
    }

    public void StartChat(DateTimeOffset now)
    {
        Settle(now);
        _chats++;
        NoteMaximum();
    }

    public void EndChat() => _chats--;

    /// <summary>Forgets the past. What runs goes on running.</summary>
    public void Reset(DateTimeOffset now)
    {
        Settle(now);
        _requests.Clear();
        _accepted = _aborted = 0;
        _max = _maxTasks = _maxChats = 0;
        NoteMaximum();
    }

    public KeyView View(DateTimeOffset now)
    {
        Settle(now);
        return new KeyView
        {
            Running = _tasks + _chats,
            RunningTasks = _tasks,
            RunningChats = _chats,
            MaxConcurrent = _max,
            MaxConcurrentTasks = _maxTasks,
            MaxConcurrentChats = _maxChats,
            Accepted = _accepted,
            Aborted = _aborted,
            Requests = new Dictionary<Operation, int>(_requests),
        };
    }

    private void Settle(DateTimeOffset now)
    {
        while (_ending.TryPeek(out VideoTask? task, out DateTimeOffset end) && end <= now)
        {
            _ending.Dequeue();
            EndTask(task);
        }
    }

    private void NoteMaximum()
    {
        _maxTasks = Math.Max(_maxTasks, _tasks);
        _maxChats = Math.Max(_maxChats, _chats);
        _max = Math.Max(_max, _tasks + _chats);
    }
}
