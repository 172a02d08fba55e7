using Gateway.Grains.Hosting;
using Gateway.Grains.Storage;
using Gateway.Silo.Hosting.Settings;

namespace Gateway.Api.Commands;

/// <summary>Something the executable does to the data instead of serving it. It ends with an exit code, and prints no secret.</summary>
internal abstract class GatewayCommand
{
    /// <summary>The first word of the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What stands behind the name: words without dashes, in order.</summary>
    public virtual IReadOnlyList<string> Words => [];

    /// <summary>Options of its own, by name without dashes; settings may always be given too.</summary>
    public virtual IReadOnlyList<string> Options => [];

    /// <summary>One line for the list of commands.</summary>
    public abstract string Summary { get; }

    /// <summary>All there is to know before it is run.</summary>
    public abstract string Help { get; }

    /// <summary>Does it.</summary>
    /// <exception cref="GatewaySetupException">It cannot be done as things are set up.</exception>
    public abstract Task RunAsync(CommandInput input, CancellationToken cancellationToken);
}

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
