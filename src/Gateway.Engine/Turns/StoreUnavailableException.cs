namespace Gateway.Engine.Turns;

/// <summary>
/// The store cannot take this work now: it is gone, or the admission queue is full. Answered with 503 and Retry-After (S4).
/// </summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the operator is told besides, in one line.</summary>
    public string? Detail { get; init; }

    /// <summary>When asking again makes sense.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
}
