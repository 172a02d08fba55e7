namespace Gateway.Simulator;

internal sealed class PlatformTask
{
    // Shares of the run; the platform does not document any. They only have to come in this order.
    private const double PreparingUntil = 0.1;
    private const double QueueingUntil = 0.25;

    private volatile TaskEnd? _end;
    private volatile bool _waitsInQueue;
    private volatile bool _deleted;
    private volatile TaskCompletionSource _changed = Signal();
    private int _polls;

    public required TaskKind Kind { get; init; }

    public required string TaskId { get; init; }

    public required long FileId { get; init; }

    public required string Key { get; init; }

    public required string Hash { get; init; }

    public required TaskInput Input { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Where its client reached the platform; links to its result start with it.</summary>
    public required string Origin { get; init; }

    /// <summary>How it ends when nobody says otherwise. Null: with success.</summary>
    public TaskFailure? PlannedFailure { get; init; }

    /// <summary>Null while a test holds it. Written under the ledger's lock only.</summary>
    public TaskEnd? End
    {
        get => _end;
        set
        {
            _end = value;
            Announce();
        }
    }

    /// <summary>Held in the queue until a test starts or ends it.</summary>
    public bool WaitsInQueue
    {
        get => _waitsInQueue;
        set
        {
            _waitsInQueue = value;
            Announce();
        }
    }

    /// <summary>Its record was deleted: queries do not find it any more.</summary>
    public bool IsDeleted
    {
        get => _deleted;
        set => _deleted = value;
    }

    /// <summary>Whether the ledger still counts it as running. Read and written under the ledger's lock only.</summary>
    public bool IsCounted { get; set; }

    public int Polls => Volatile.Read(ref _polls);

    public void CountPoll() => Interlocked.Increment(ref _polls);

    public bool HasEnded(DateTimeOffset now) => _end is { } end && now >= end.At;

    public bool Succeeded(DateTimeOffset now) => PhaseAt(now) == TaskPhase.Success;

    public TaskFailure? FailureAt(DateTimeOffset now) => HasEnded(now) ? _end?.Failure : null;

    public TaskPhase PhaseAt(DateTimeOffset now)
    {
        if (_end is not { } end)
        {
            return _waitsInQueue ? TaskPhase.Queueing : TaskPhase.Processing;
        }

        if (now >= end.At)
        {
            return end switch
            {
                { Cancelled: true } => TaskPhase.Cancelled,
                { Failure: null } => TaskPhase.Success,
                _ => TaskPhase.Fail,
            };
        }

        return ((now - AcceptedAt) / (end.At - AcceptedAt)) switch
        {
            < PreparingUntil => TaskPhase.Preparing,
            < QueueingUntil => TaskPhase.Queueing,
            _ => TaskPhase.Processing,
        };
    }

    /// <summary>Completes when the phase may have changed, by time or by a test's hand.</summary>
    public async Task ChangeAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        // The signal first: a change that comes after the look at the clock must not be missed.
        Task changed = _changed.Task;
        TimeSpan wait = UntilNextPhase(clock.GetUtcNow());
        await changed.WaitAsync(wait, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private TimeSpan UntilNextPhase(DateTimeOffset now)
    {
        if (_end is not { } end)
        {
            return Timeout.InfiniteTimeSpan;
        }

        TimeSpan run = end.At - AcceptedAt;
        DateTimeOffset[] steps = [AcceptedAt + run * PreparingUntil, AcceptedAt + run * QueueingUntil, end.At];
        DateTimeOffset next = steps.FirstOrDefault(step => step > now, now);

        // Timers count whole milliseconds; a little late is better than once more for nothing.
        return next - now + TimeSpan.FromMilliseconds(1);
    }

    private void Announce() => Interlocked.Exchange(ref _changed, Signal()).TrySetResult();

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
