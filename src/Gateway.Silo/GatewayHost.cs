using System.Net;
using System.Net.Sockets;
using Gateway.Grains.Accounts;
using Gateway.Grains.Hosting;
using Gateway.Grains.Security;
using Gateway.Grains.Storage;
using Gateway.Grains.Upstreams;
using Gateway.Silo.Health;
using Microsoft.Extensions.Configuration.Memory;

namespace Gateway.Silo;

/// <summary>How both executables start: open the engine, say in one line what is wrong if that fails, then run.</summary>
internal static partial class GatewayHost
{
    private const string DefaultUrl = "http://localhost:8080";

    // Below every other source, so that the operator's settings win. A line per request is a metric's work, not a log's.
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
    };

    /// <summary>Settings, engine and worker; the caller adds its own endpoints.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="time">A clock in place of the machine's and the database's; tests bring one.</param>
    public static async Task<WebApplicationBuilder> CreateAsync(string[] args, CancellationToken cancellationToken, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        var options = (builder.Configuration.GetSection("Gateway").Get<GatewayOptions>() ?? new GatewayOptions()).Checked();
        CheckPublicUrl(options.PublicUrl);

        CheckAddresses(builder, options);
        var engine = await GatewayEngine.OpenAsync(builder.Configuration.GetConnectionString("Gateway"), options, new StoreClock(time), Console.Error.WriteLine, cancellationToken);
        try
        {
            var (admin, generated) = await AdminToken.LoadAsync(options.AdminToken, engine.Keys, engine.Store.Queries, cancellationToken);
            if (generated is not null) PrintOnce(generated);

            Listen(builder, options);
            if (time is not null) builder.Services.AddSingleton(time);
            builder.Services.AddGrains(engine, options).AddSilo(options, builder.Configuration);
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopGrace);
            builder.Services.AddSingleton(admin).AddSingleton<MetricsPage>();
            return builder;
        }
        catch
        {
            await engine.Store.DisposeAsync();
            throw;
        }
    }

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

    // A start that fails half-way has a node and its leases to give back.
    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.StopAsync();
            throw;
        }
    }

    private static string? Setup(Exception wrong) => wrong switch
    {
        GatewaySetupException setup => setup.Message,
        StoreUnavailableException lost => $"{lost.Message} {lost.Detail}",
        IOException { InnerException: not null } port when port.Message.Contains("bind", StringComparison.OrdinalIgnoreCase) => port.Message,
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

    private static void Listen(WebApplicationBuilder builder, GatewayOptions options)
    {
        if (!HasUrls(builder)) builder.WebHost.UseUrls(DefaultUrl);
        if (options.MetricsUrl is { } metrics) builder.WebHost.UseUrls([.. (builder.Configuration["urls"] ?? DefaultUrl).Split(';'), metrics]);
    }

    // A wrong one would show only when the first upstream calls it, as a submit that the upstream refuses.
    private static void CheckPublicUrl(Uri? url)
    {
        if (url is null or { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "", Host.Length: > 0 }) return;
        throw new GatewaySetupException($"Gateway:PublicUrl is '{url.OriginalString}'; it must be an absolute http or https address without query, such as https://gateway.example.com.");
    }

    // Kestrel binds last, when jobs may be under way already: a port in use must show before anything else happens.
    private static void CheckAddresses(WebApplicationBuilder builder, GatewayOptions options)
    {
        var urls = HasUrls(builder) ? builder.Configuration["urls"] ?? "" : DefaultUrl;
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) CheckAddress(url);
        if (options.MetricsUrl is { } metrics) CheckAddress(metrics);
    }

    private static void CheckAddress(string url)
    {
        if (Parse(url) is not { Port: > 0 } address) return;
        var ip = IPAddress.TryParse(address.Host.Trim('[', ']'), out var given) ? given
            : address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
            : IPAddress.Any;
        using var probe = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(ip, address.Port));
        }
        catch (SocketException taken)
        {
            throw new GatewaySetupException($"{url} cannot be listened at: {taken.Message}. Choose another address with --urls or ASPNETCORE_URLS.", taken);
        }
    }

    private static BindingAddress Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException wrong)
        {
            throw new GatewaySetupException($"'{url}' is no address to listen at; it must look like http://localhost:8080. It comes from --urls, ASPNETCORE_URLS or Gateway:MetricsUrl.", wrong);
        }
    }

    private static bool HasUrls(WebApplicationBuilder builder) =>
        builder.Configuration["urls"] is { Length: > 0 } || builder.Configuration["http_ports"] is { Length: > 0 } || builder.Configuration.GetSection("Kestrel:Endpoints").Exists();

    private static void NameUnpriced(WebApplication app)
    {
        var prices = app.Services.GetRequiredService<PriceTable>();
        foreach (var upstream in app.Services.GetRequiredService<IUpstreamRegistry>().All)
            foreach (var unpriced in prices.Unpriced(upstream.Driver, upstream.Kinds))
                LogUnpriced(app.Logger, unpriced);
    }

    private static void NameUnknown(WebApplication app)
    {
        foreach (var setting in UnknownSettings.Find(app.Configuration)) LogUnknown(app.Logger, setting);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Setting} is no setting of the gateway and changes nothing. Is it misspelt?")]
    private static partial void LogUnknown(ILogger logger, string setting);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Work} has no price: it reserves and charges 0 credits. Set Gateway:Prices to change that.")]
    private static partial void LogUnpriced(ILogger logger, string work);
}
