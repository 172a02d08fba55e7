namespace Gateway.Silo.Content;

/// <summary>What an upstream says today about what a job made: the same as at its end, with links that work.</summary>
internal abstract record FreshAnswer
{
    internal sealed record Told(byte[] Body) : FreshAnswer;

    /// <summary>The upstream says that it keeps it no more, or the account that had it is gone.</summary>
    internal sealed record Gone : FreshAnswer;

    /// <summary>It cannot be asked now.</summary>
    internal sealed record Trouble : FreshAnswer;
}
