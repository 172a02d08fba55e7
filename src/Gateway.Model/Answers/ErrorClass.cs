namespace Gateway.Model.Answers;

/// <summary>What an upstream's error means for routing, whatever its dialect.</summary>
internal enum ErrorClass
{
    /// <summary>Passing trouble: try again, here or elsewhere.</summary>
    Retry,

    /// <summary>This account cannot now: rest it and use another.</summary>
    FailOver,

    /// <summary>Too fast for what the vendor counts together: that family rests on this account, the rest of it goes on (Q7).</summary>
    RateLimited,

    /// <summary>Out of credit or quota until a reset or a top-up.</summary>
    Exhausted,

    /// <summary>The credential is dead.</summary>
    AuthDead,

    /// <summary>
    /// The account was refused without proof that its credential is dead, or its address answers like no upstream of this kind. Others may
    /// serve the request; whether the account can, a probe finds out.
    /// </summary>
    Suspect,

    /// <summary>The model is not to be had on this account; others are.</summary>
    ModelUnavailable,

    /// <summary>The account has no permission for the operation, whatever the model; others have.</summary>
    OperationUnavailable,

    /// <summary>The request is wrong; every account would say so.</summary>
    Caller,

    /// <summary>Refused by moderation; never retried, never shown to another account.</summary>
    Moderation,

    /// <summary>The vendor is overloaded; other accounts rarely help.</summary>
    Overload,
}
