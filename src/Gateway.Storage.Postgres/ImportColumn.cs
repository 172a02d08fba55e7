namespace Gateway.Storage.Postgres;

/// <summary>A column to fill.</summary>
/// <param name="Name">The same in both dialects.</param>
/// <param name="Type">By PostgreSQL's name.</param>
/// <param name="IsIdentity">Whether the database numbers it.</param>
internal sealed record ImportColumn(string Name, string Type, bool IsIdentity);
