using Gateway.Engine.Storage;
using Gateway.Grains.Options;
using Gateway.Silo.Hosting.Settings;

namespace Gateway.Api.Commands;

/// <summary>What a command was given.</summary>
/// <param name="Words">As many as <see cref="GatewayCommand.Words"/>.</param>
/// <param name="Settings">Everything the gateway itself would read: files, environment, arguments.</param>
/// <param name="Output">Where its results go.</param>
internal sealed record CommandInput(IReadOnlyList<string> Words, IConfiguration Settings, TextWriter Output)
{
    public GatewayOptions Options { get; } = GatewaySettings.Read(Settings).Gateway;

    /// <summary>PostgreSQL's connection string, where the gateway is set up for it.</summary>
    public string? ConnectionString { get; } = Settings.GetConnectionString("Gateway") is { Length: > 0 } given ? given : null;

    /// <summary>Refuses a data directory that holds no data: a command makes none.</summary>
    public void NeedData()
    {
        if (!File.Exists(Path.Combine(Options.DataDirectory, "gateway.db")))
            throw new GatewaySetupException($"there is no gateway.db in the data directory '{Options.DataDirectory}'; set Gateway:DataDirectory.");
    }
}
