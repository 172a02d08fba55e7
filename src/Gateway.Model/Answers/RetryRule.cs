namespace Gateway.Model.Answers;

/// <summary>How often a request that met an error is tried again, where its class allows it at all.</summary>
internal enum RetryRule
{
    /// <summary>As often as tries are bounded.</summary>
    Usual,

    /// <summary>The error may be the request's own fault: when a second account says the same, it is.</summary>
    UntilTwoAgree,

    /// <summary>Nobody knows what it means: once more, once on another account, then it is the answer.</summary>
    OnceHereOnceElsewhere,

    /// <summary>Never: the upstream may be at work on it still, or answered with nothing to what it is paid for.</summary>
    Never,
}
