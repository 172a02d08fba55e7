namespace Gateway.Model.Kinds;

/// <summary>How long work of one kind may take (J9).</summary>
/// <param name="LongestRun">From dispatch to <c>hardEnd</c>: the slot is freed then, whatever the upstream says.</param>
/// <param name="ExpectedRun">What an account's token must still outlive, plus <see cref="KindLimits.TokenMargin"/> (J8).</param>
internal sealed record KindLimit(TimeSpan LongestRun, TimeSpan ExpectedRun)
{
    /// <summary>How long an upstream that was asked may think before its answer's first byte; null for up to the hard end.</summary>
    public TimeSpan? FirstByte { get; init; }

    /// <summary>How long it may fall silent within an answer; null for up to the hard end.</summary>
    public TimeSpan? Idle { get; init; }

    /// <summary>
    /// The two. Songs and models that think are silent for minutes, and what was cut meanwhile may be paid for: the slot is held to
    /// the hard end in any case.
    /// </summary>
    public Silence Silence => new(FirstByte ?? LongestRun, Idle ?? LongestRun);
}
