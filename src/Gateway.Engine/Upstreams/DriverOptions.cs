namespace Gateway.Engine.Upstreams;

/// <summary>Which upstreams are spoken to (<c>Gateway</c>).</summary>
internal sealed class DriverOptions
{
    /// <summary>Drivers that are switched off.</summary>
    public string[] DisabledDrivers { get; set; } = [];
}
