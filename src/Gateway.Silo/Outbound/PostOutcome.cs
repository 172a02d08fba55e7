namespace Gateway.Silo.Outbound;

/// <summary>How a message to a caller's address ended.</summary>
internal abstract record PostOutcome
{
    /// <summary>The receiver answered; of its body at most <see cref="OutboundHttp.LargestAnswer"/> bytes were read.</summary>
    /// <param name="Status">What it answered.</param>
    /// <param name="Body">The beginning of its body.</param>
    /// <param name="RetryAfter">When it wants to be asked again.</param>
    internal sealed record Answered(int Status, byte[] Body, TimeSpan? RetryAfter = null) : PostOutcome;

    /// <summary>It did not. The words name no address: whoever reads them may be the one who chose where to call.</summary>
    /// <param name="Why">In words.</param>
    /// <param name="IsSilent">It took all the time there is, and said nothing.</param>
    internal sealed record Unreached(string Why, bool IsSilent = false) : PostOutcome;

    /// <summary>It was not called: it said before that it is gone for good.</summary>
    internal sealed record Disabled : PostOutcome;

    /// <summary>Asking again makes no sense.</summary>
    public bool IsFinal => this is Disabled or Answered { Status: StatusCodes.Status410Gone };

    public bool IsSuccess => this is Answered { Status: >= 200 and < 300 };

    public string Describe() => this switch
    {
        Answered answered => $"it answered {answered.Status}",
        Unreached unreached => unreached.Why,
        Disabled => "it answered 410 before; a test call that it takes, or a redelivery, enables it again",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
