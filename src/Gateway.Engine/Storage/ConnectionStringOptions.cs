namespace Gateway.Engine.Storage;

/// <summary>Which database holds the data (<c>ConnectionStrings</c>).</summary>
internal sealed class ConnectionStringOptions
{
    /// <summary>PostgreSQL, as Npgsql writes it; several hosts (<c>Host=a,b</c>) for fail-over.</summary>
    /// <value>SQLite</value>
    public string? Gateway { get; set; }

    /// <summary>Whether nodes may share the data: a server holds it, not a directory of this process.</summary>
    public bool IsShared => !string.IsNullOrWhiteSpace(Gateway);
}
