namespace Gateway.Storage.Sqlite;

/// <summary>What a backup holds.</summary>
/// <param name="Jobs">Jobs in it.</param>
/// <param name="Bytes">Size of its files.</param>
/// <param name="MissingBodies">Large bodies that jobs name and the copy has not; a removal in the very instant of the copy.</param>
internal sealed record BackupReport(long Jobs, long Bytes, long MissingBodies);
