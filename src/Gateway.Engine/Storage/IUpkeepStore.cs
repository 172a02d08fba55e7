namespace Gateway.Engine.Storage;

/// <summary>What a database needs besides being used, and what keeps it from getting it.</summary>
internal interface IUpkeepStore
{
    /// <summary>Does what is due. Answers what has been in the way for long, a line each, for the log.</summary>
    Task<IReadOnlyList<string>> KeepAsync(CancellationToken cancellationToken);
}
