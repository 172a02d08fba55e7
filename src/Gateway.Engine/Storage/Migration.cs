namespace Gateway.Engine.Storage;

/// <summary>A numbered change of the schema.</summary>
internal sealed record Migration(int Number, string Name, string Sql);
