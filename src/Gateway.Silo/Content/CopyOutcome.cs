namespace Gateway.Silo.Content;

/// <summary>How the copying of a job ended.</summary>
internal abstract record CopyOutcome
{
    /// <summary>All that can be copied is.</summary>
    internal sealed record Done : CopyOutcome;

    /// <summary>The upstream keeps it no more.</summary>
    internal sealed record Gone : CopyOutcome;

    /// <summary>Not now.</summary>
    /// <param name="Why">In words.</param>
    /// <param name="IsOurs">It is our directory that does not take it.</param>
    internal sealed record Trouble(string Why, bool IsOurs = false) : CopyOutcome;
}
