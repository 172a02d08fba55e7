namespace Gateway.Simulator;

internal sealed class VideoTask
{
    private volatile TaskEnd? _end;
    private int _polls;

    public required string TaskId { get; init; }

    public required long FileId { get; init; }

    public required string Key { get; init; }

    public required string Hash { get; init; }

    public required VideoInput Input { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>How it ends when nobody says otherwise. Null: with success.</summary>
    public TaskFailure? PlannedFailure { get; init; }

    /// <summary>Null while a test holds it. Written under the ledger's lock only.</summary>
    public TaskEnd? End
    {
        get => _end;
        set => _end = value;
    }

    /// <summary>Whether the ledger still counts it as running. Read and written under the ledger's lock only.</summary>
    public bool IsCounted { get; set; }

    public int Polls => Volatile.Read(ref _polls);

    public void CountPoll() => Interlocked.Increment(ref _polls);

    public bool HasEnded(DateTimeOffset now) => _end is { } end && now >= end.At;

    public bool Succeeded(DateTimeOffset now) => _end is { Failure: null } end && now >= end.At;

    public string StatusAt(DateTimeOffset now)
    {
        if (_end is not { } end)
        {
            return "Processing";
        }

        if (now >= end.At)
        {
            return end.Failure is null ? "Success" : "Fail";
        }

        // Shares of the run; the platform does not document any. They only have to come in this order.
        return ((now - AcceptedAt) / (end.At - AcceptedAt)) switch
        {
            < 0.1 => "Preparing",
            < 0.25 => "Queueing",
            _ => "Processing",
        };
    }
}
