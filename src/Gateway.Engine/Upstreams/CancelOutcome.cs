namespace Gateway.Engine.Upstreams;

/// <summary>What an upstream said to a cancel.</summary>
internal abstract record CancelOutcome
{
    /// <summary>The task was taken back before it began, and costs nothing.</summary>
    internal sealed record Taken : CancelOutcome;

    /// <summary>The task had ended, and its record is deleted: nobody will learn how, so what it may have cost is charged (C3).</summary>
    internal sealed record Deleted : CancelOutcome;

    /// <summary>The upstream works on, or knows no such thing as a cancel.</summary>
    internal sealed record Refused : CancelOutcome;

    /// <summary>There was no answer.</summary>
    internal sealed record Trouble(string Why) : CancelOutcome;
}
