using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Gateway.Simulator;

/// <summary>All video tasks, by task and by file.</summary>
internal sealed class TaskBoard(SimulatorOptions options, Behaviour behaviour, Ledger ledger, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, VideoTask> _byTask = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, VideoTask> _byFile = new();

    // Hundredths of a millisecond: 15 digits, and a simulator started later does not hand out the same ids again.
    private readonly long _firstId = clock.GetUtcNow().ToUnixTimeMilliseconds() * 100;
    private long _created;

    /// <summary>Null when the key has no room for one more task.</summary>
    public VideoTask? TryCreate(Exchange exchange, Account account, VideoInput input, TaskFailure? failure)
    {
        long ordinal = Interlocked.Increment(ref _created);
        string hash = Convert.ToHexStringLower(SHA256.HashData(exchange.Body));
        return ledger.TryAccept(account.Key, account.Settings.MaxConcurrentTasks, now => Listed(Create(now)));

        VideoTask Create(DateTimeOffset now) => new()
        {
            TaskId = $"{_firstId + ordinal}",
            FileId = (_firstId + ordinal) * 1000 + 7,
            Key = account.Key,
            Hash = hash,
            Input = input,
            AcceptedAt = now,
            PlannedFailure = failure,
            End = behaviour.ManualTasks ? null : new TaskEnd(now + Duration(account.Settings, ordinal), failure),
        };
    }

    public VideoTask? Find(string taskId) => _byTask.GetValueOrDefault(taskId);

    public VideoTask? FindByFile(long fileId) => _byFile.GetValueOrDefault(fileId);

    public bool Finish(string taskId, TaskFailure? failure) =>
        Find(taskId) is { } task && ledger.Finish(task, failure);

    public int FinishAll(TaskFailure? failure) => _byTask.Values.Count(task => ledger.Finish(task, failure));

    // Before the ledger tells anybody: whoever reads of a task there must find it here.
    private VideoTask Listed(VideoTask task)
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
