using System.Collections.Concurrent;

namespace Gateway.Simulator;

/// <summary>All tasks, by task and by file.</summary>
internal sealed class TaskBoard(
    SimulatorOptions options, Behaviour behaviour, Ledger ledger, PlatformIds ids, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, PlatformTask> _byTask = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, PlatformTask> _byFile = new();
    private long _created;

    /// <summary>Null when the key has no room for one more task.</summary>
    public PlatformTask? TryCreate(Exchange exchange, TaskKind kind, TaskInput input)
    {
        Account account = exchange.Account!;
        long ordinal = Interlocked.Increment(ref _created);
        long id = ids.Next();
        string hash = exchange.Hash;
        TaskFailure? failure = exchange.Fault is FaultEffect.TaskFails fails ? new TaskFailure(fails.Code, fails.Message) : null;
        return ledger.TryAccept(account.Key, account.Settings.MaxConcurrentTasks, now => Listed(Create(now)));

        PlatformTask Create(DateTimeOffset now) => new()
        {
            Kind = kind,
            TaskId = $"{id}",
            FileId = PlatformIds.FileOf(id),
            Key = account.Key,
            Hash = hash,
            Input = input,
            AcceptedAt = now,
            Origin = exchange.Origin,
            PlannedFailure = failure,
            WaitsInQueue = behaviour.QueueTasks,
            End = behaviour.ManualTasks || behaviour.QueueTasks
                ? null
                : new TaskEnd(now + Duration(account.Settings, ordinal), failure),
        };
    }

    public PlatformTask? Find(string taskId) => _byTask.GetValueOrDefault(taskId);

    /// <summary>The task a key asks about. Tasks of other keys do not exist for it.</summary>
    public PlatformTask? Find(string taskId, string key, TaskKind kind) =>
        Find(taskId) is { IsDeleted: false } task && task.Key == key && task.Kind == kind ? task : null;

    public PlatformTask? FindByFile(long fileId) => _byFile.GetValueOrDefault(fileId);

    public IEnumerable<PlatformTask> Of(string key) => _byTask.Values.Where(task => task.Key == key && !task.IsDeleted);

    /// <summary>Takes a task out of the queue; false when it does not wait there.</summary>
    public bool Start(string taskId)
    {
        if (Find(taskId) is not { WaitsInQueue: true } task || task.HasEnded(clock.GetUtcNow()))
        {
            return false;
        }

        task.WaitsInQueue = false;
        return true;
    }

    public bool Finish(string taskId, TaskFailure? failure) =>
        Find(taskId) is { } task && ledger.Finish(task, failure);

    public int FinishAll(TaskFailure? failure) => _byTask.Values.Count(task => ledger.Finish(task, failure));

    // Before the ledger tells anybody: whoever reads of a task there must find it here.
    private PlatformTask Listed(PlatformTask task)
    {
        _byTask[task.TaskId] = task;
        _byFile[task.FileId] = task;
        return task;
    }

    private TimeSpan Duration(KeySettings settings, long ordinal)
    {
        TimeSpan shortest = settings.MinTaskDuration ?? options.MinTaskDuration;
        TimeSpan longest = settings.MaxTaskDuration ?? options.MaxTaskDuration;
        if (longest <= shortest)
        {
            return shortest;
        }

        // One generator per task, so that a duration depends on the seed and the task alone, not on who else drew.
        var dice = new Random(unchecked(options.Seed * 397 ^ (int)ordinal));
        return shortest + (longest - shortest) * dice.NextDouble();
    }
}
