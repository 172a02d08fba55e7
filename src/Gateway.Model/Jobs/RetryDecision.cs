namespace Gateway.Model.Jobs;

/// <summary>What follows from an answer that refused a piece of work.</summary>
internal enum RetryDecision
{
    /// <summary>The answer stands.</summary>
    Stop,

    /// <summary>The answer stands, and it is about the request: others have said the same.</summary>
    RequestsFault,

    /// <summary>It was tried as often as it may be.</summary>
    GiveUp,

    /// <summary>Another account is asked.</summary>
    Elsewhere,

    /// <summary>Another account is asked; where none can take it, the same once more after a pause.</summary>
    ElsewhereElseHere,

    /// <summary>The same account is asked once more after a pause.</summary>
    Here,
}
