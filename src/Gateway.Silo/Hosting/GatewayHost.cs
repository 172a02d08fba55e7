using System.Net.Sockets;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Security;
using Gateway.Model.Kinds;
using Gateway.Silo.Connections;
using Gateway.Silo.Health;
using Gateway.Silo.Hosting.Logging;
using Gateway.Silo.Hosting.Settings;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace Gateway.Silo.Hosting;

/// <summary>How both executables start: open the engine, say in one line what is wrong if that fails, then run.</summary>
internal static partial class GatewayHost
{
    // Below every other source, so that the operator's settings win. A line per request is a metric's work, not a log's.
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:Console:FormatterName"] = LineFormatter.Key,
        // For json, where it is chosen instead.
        ["Logging:Console:FormatterOptions:TimestampFormat"] = "yyyy-MM-ddTHH:mm:ss.fffZ",
        ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
        ["Logging:Console:FormatterOptions:IncludeScopes"] = "true",
        // Whoever reads the console may stall: that must not stall the turns.
        ["Logging:Console:MaxQueueLength"] = "10000",
        ["Logging:Console:QueueFullMode"] = "DropWrite",
    };

    /// <summary>Settings, engine and worker; the caller adds its own endpoints.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="time">A clock in place of the machine's; tests bring one.</param>
    /// <param name="clock">The store's clock; unset, <paramref name="time"/> stands for the database's too.</param>
    public static async Task<WebApplicationBuilder> CreateAsync(
        string[] args, CancellationToken cancellationToken, TimeProvider? time = null, StoreClock? clock = null)
    {
        Arguments.Check(args);
        var builder = WebApplication.CreateBuilder(Arguments.ForConfiguration(args));
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        var settings = GatewaySettings.Read(builder.Configuration);
        var metrics = settings.Get<MetricsOptions>().MetricsUrl;
        ListenAddresses.Check(builder.Configuration, metrics);
        var engine = await GatewayEngine.OpenAsync(settings, clock ?? new StoreClock(time), Console.Error.WriteLine, cancellationToken);
        try
        {
            var (admin, generated) = await AdminToken.LoadAsync(
                settings.Get<AdminTokenOptions>(), engine.Keys, engine.Store.Queries, cancellationToken);
            if (generated is not null) PrintOnce(generated);
            if (engine.Restored is { } jobs)
                Console.WriteLine($"Restored: {jobs} jobs that had not ended are 'unknown' now. Start without --restored from now on.");

            ListenAddresses.Apply(builder, metrics);
            builder.WebHost.ConfigureKestrel(server => server.AddServerHeader = false);
            builder.Services.AddSingleton(TimeOf(engine, time ?? TimeProvider.System));
            builder.Services.AddSettings(settings);
            builder.Services.AddGrains(engine, settings);
            builder.Services.AddSilo(settings);
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.Get<StopOptions>().StopGrace);
            builder.Services.AddSingleton(admin).AddSingleton<MetricsPage>();
            AddLogs(builder);
            AddConnections(builder, settings.Get<ConnectionOptions>());
            return builder;
        }
        catch
        {
            await engine.Store.DisposeAsync();
            throw;
        }
    }

    private static void AddConnections(WebApplicationBuilder builder, ConnectionOptions options)
    {
        var limits = ConnectionLimits.Of(options, ConnectionLimits.ReadFileLimit());
        builder.Services.AddSingleton(
            provider =>
                new ConnectionGate(
                    limits, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ConnectionGate>>()));
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            var gate = kestrel.ApplicationServices.GetRequiredService<ConnectionGate>();
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => connection => gate.RunAsync(connection, next)));
        });
    }

    private static void AddLogs(WebApplicationBuilder builder)
    {
        builder.Logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        builder.Services.AddSingleton<LoggerFactory>()
            .AddSingleton<OutageLogs>()
            .AddSingleton(provider => provider.GetRequiredService<OutageLogs>().Outage);
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(provider => provider.GetRequiredService<OutageLogs>()));
    }

    // Nodes that share a database share its time of day.
    private static TimeProvider TimeOf(GatewayEngine engine, TimeProvider machine) =>
        engine.IsShared && !engine.Clock.IsReplaced ? new StoreTime(engine.Clock, machine) : machine;

    /// <summary>Runs a host; set-up mistakes end it with one line and exit code 2.</summary>
    public static async Task<int> RunAsync(Func<Task<WebApplication>> build)
    {
        try
        {
            await using var app = await build();
            NameUnpriced(app);
            NameUnknown(app);
            await StartAsync(app);
            await app.WaitForShutdownAsync();
            return Environment.ExitCode;
        }
        catch (Exception wrong) when (Setup(wrong) is { } message)
        {
            await Console.Error.WriteLineAsync($"The gateway cannot start: {message}");
            return 2;
        }
    }

    // A start that fails half-way has a node and its leases to give back. What fails then as well is not why the start did.
    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private static string? Setup(Exception wrong) => wrong switch
    {
        GatewaySetupException setup => setup.Message,
        StoreUnavailableException lost => $"{lost.Message} {lost.Detail}",
        IOException { InnerException: not null } port when port.Message.Contains("bind", StringComparison.OrdinalIgnoreCase) =>
            port.Message,
        SocketException socket => socket.Message,
        InvalidOperationException { InnerException: FormatException or ArgumentException } setting => setting.Message,
        _ => null,
    };

    // Standard output, not the log: a token in a log file would outlive its purpose.
    private static void PrintOnce(string token)
    {
        Console.WriteLine("Admin token, shown this once (set Gateway:AdminToken to choose your own):");
        Console.WriteLine($"  {token}");
    }

    private static void NameUnpriced(WebApplication app)
    {
        var prices = app.Services.GetRequiredService<PriceTable>();
        foreach (var upstream in app.Services.GetRequiredService<IUpstreamRegistry>().All)
            foreach (var unpriced in prices.Unpriced(upstream.Driver, upstream.Kinds))
                LogUnpriced(app.Logger, unpriced);
    }

    private static void NameUnknown(WebApplication app)
    {
        foreach (var setting in UnknownSettings.Find(app.Configuration)) LogUnknown(app.Logger, UnknownSettings.Describe(setting));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Finding} It changes nothing.")]
    private static partial void LogUnknown(ILogger logger, string finding);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Work} has no price: it reserves and charges 0 credits. Set Gateway:Prices to change that.")]
    private static partial void LogUnpriced(ILogger logger, string work);
}
