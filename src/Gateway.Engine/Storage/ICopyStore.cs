namespace Gateway.Engine.Storage;

/// <summary>
/// What data knows of itself once it was copied (S3): the copy is old, and what it was made from may have gone on. A marked
/// database is taken up again only by a start with <c>--restored</c>.
/// </summary>
internal interface ICopyStore
{
    /// <summary>What this data is, in words such as "a backup of …"; null for data that goes on where it was.</summary>
    Task<string?> FindMarkAsync(CancellationToken cancellationToken);

    /// <summary>Marks the data; a mark that is there stays. Answers whether there was none.</summary>
    Task<bool> MarkAsync(string what, CancellationToken cancellationToken);

    /// <summary>Marks the data in place of whatever mark it had.</summary>
    Task RemarkAsync(string what, CancellationToken cancellationToken);

    /// <summary>From here on the data goes on by itself.</summary>
    Task UnmarkAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Leaves behind every place of the feed that was given out so far, here or by what this is a copy of: a reader that comes
    /// with one is told that it has missed something, and loses nothing of what comes (P3).
    /// </summary>
    Task LeapAsync(CancellationToken cancellationToken);
}
