namespace Gateway.Engine.Turns;

/// <summary>Which queue a turn waits in (T2).</summary>
internal enum TurnClass
{
    /// <summary>May be refused when the queue is full: an acquire, a submit.</summary>
    Admission,

    /// <summary>Never refused, goes first, retried until committed: a task id, evidence, a release, a cancel.</summary>
    Obligation,
}
