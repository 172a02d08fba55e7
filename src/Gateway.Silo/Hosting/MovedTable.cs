namespace Gateway.Silo.Hosting;

/// <summary>A table that was moved, and how many rows both databases counted in it.</summary>
internal sealed record MovedTable(string Name, long Rows);
