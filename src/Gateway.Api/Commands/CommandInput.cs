using Gateway.Engine.Security;
using Gateway.Engine.Storage;
using Gateway.Silo.Hosting.Settings;

namespace Gateway.Api.Commands;

/// <summary>What a command was given.</summary>
/// <param name="Words">As many as <see cref="GatewayCommand.Words"/>.</param>
/// <param name="Settings">Everything the gateway itself would read: files, environment, arguments.</param>
/// <param name="Output">Where its results go.</param>
internal sealed record CommandInput(IReadOnlyList<string> Words, IConfiguration Settings, TextWriter Output)
{
    /// <summary>The same, read and checked.</summary>
    public GatewaySettings Options { get; } = GatewaySettings.Read(Settings);

    /// <summary>Where SQLite keeps its files.</summary>
    public string DataDirectory => Options.Get<StoreOptions>().DataDirectory;

    /// <summary>The encryption key, where it is set; else it lies in a file.</summary>
    public string? EncryptionKey => Options.Get<KeyOptions>().EncryptionKey;

    /// <summary>PostgreSQL's connection string, where the gateway is set up for it.</summary>
    public string? ConnectionString => Options.Get<ConnectionStringOptions>().Gateway is { Length: > 0 } given ? given : null;

    /// <summary>Refuses a data directory that holds no data: a command makes none.</summary>
    public void NeedData()
    {
        if (!File.Exists(Path.Combine(DataDirectory, "gateway.db")))
            throw new GatewaySetupException($"there is no gateway.db in the data directory '{DataDirectory}'; set Gateway:DataDirectory.");
    }
}
