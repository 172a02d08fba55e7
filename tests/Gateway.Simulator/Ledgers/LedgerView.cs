namespace Gateway.Simulator;

/// <summary>The ledger at one instant.</summary>
public sealed record LedgerView
{
    public required IReadOnlyDictionary<string, KeyView> Keys { get; init; }

    /// <summary>
    /// Accepted tasks and accepted paid calls (image, speech, music, voices) per SHA-256 (lower-case hex) of the raw body.
    /// More than one: the body was submitted twice.
    /// </summary>
    public required IReadOnlyDictionary<string, int> SubmitsPerHash { get; init; }

    public required IReadOnlyList<AcceptedTask> Tasks { get; init; }

    /// <summary>Platform requests received and not yet over.</summary>
    public required int OpenRequests { get; init; }

    /// <summary>Requests whose client left before the end of the answer.</summary>
    public required int Aborted { get; init; }

    public required IReadOnlyList<CallbackAttempt> Callbacks { get; init; }
}

/// <summary>
/// One key in the ledger. A task runs from its acceptance to its end instant, polled or not;
/// a call (chats included) runs from its receipt until its last byte is about to leave.
/// </summary>
public sealed record KeyView
{
    public static KeyView Unused { get; } = new() { Requests = new Dictionary<Operation, int>() };

    public int Running { get; init; }

    public int RunningTasks { get; init; }

    public int RunningChats { get; init; }

    /// <summary>All calls, chats among them.</summary>
    public int RunningCalls { get; init; }

    public int MaxConcurrent { get; init; }

    public int MaxConcurrentTasks { get; init; }

    public int MaxConcurrentChats { get; init; }

    public int MaxConcurrentCalls { get; init; }

    /// <summary>Tasks accepted.</summary>
    public int Accepted { get; init; }

    /// <summary>Paid calls accepted.</summary>
    public int AcceptedCalls { get; init; }

    public int Aborted { get; init; }

    public required IReadOnlyDictionary<Operation, int> Requests { get; init; }

    /// <summary>Calls that run now, per operation.</summary>
    public IReadOnlyDictionary<Operation, int> RunningPerOperation { get; init; } = new Dictionary<Operation, int>();

    /// <summary>The most calls that ran at once, per operation.</summary>
    public IReadOnlyDictionary<Operation, int> MaxConcurrentPerOperation { get; init; } = new Dictionary<Operation, int>();
}

public sealed record AcceptedTask(
    string TaskId,
    long FileId,
    string Key,
    string Hash,
    string Model,
    string Prompt,
    DateTimeOffset AcceptedAt,
    DateTimeOffset? EndsAt,
    string Status,
    int Polls,
    TaskKind Kind);

/// <summary>A request as it came in, the body untouched.</summary>
public sealed record RecordedRequest(
    Operation Operation, string Key, string Path, string Query, string Body, DateTimeOffset ReceivedAt);
