using System.Net;
using System.Net.Sockets;
using Gateway.Grains.Storage;

namespace Gateway.Silo;

/// <summary>Where the executables listen, in the order the host looks: Kestrel's endpoints, urls, ports, our default.</summary>
internal static class ListenAddresses
{
    private const string DefaultUrl = "http://localhost:8080";

    /// <summary>Adds our default, where nothing is set, and the metrics' own address.</summary>
    public static void Apply(WebApplicationBuilder builder, string? metricsUrl)
    {
        if (HasEndpoints(builder.Configuration)) return; // they stand alone
        if (metricsUrl is not null) builder.WebHost.UseUrls([.. Of(builder.Configuration), metricsUrl]);
        else if (!HasUrls(builder.Configuration)) builder.WebHost.UseUrls(DefaultUrl);
    }

    /// <summary>Kestrel binds last, when jobs may be under way already: a port in use must show before anything else happens.</summary>
    /// <exception cref="GatewaySetupException">Somebody listens there.</exception>
    public static void Check(IConfiguration configuration, string? metricsUrl)
    {
        foreach (var url in Of(configuration)) Check(url);
        if (metricsUrl is not null && !HasEndpoints(configuration)) Check(metricsUrl);
    }

    private static IEnumerable<string> Of(IConfiguration configuration)
    {
        if (HasEndpoints(configuration)) return Endpoints(configuration);
        if (configuration["urls"] is { Length: > 0 } urls) return Split(urls);
        return HasUrls(configuration)
            ? [.. Split(configuration["http_ports"]).Select(port => $"http://*:{port}"), .. Split(configuration["https_ports"]).Select(port => $"https://*:{port}")]
            : [DefaultUrl];
    }

    private static void Check(string url)
    {
        if (BindingAddress.Parse(url) is not { Port: > 0 } address) return;
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

    private static bool HasEndpoints(IConfiguration configuration) => Endpoints(configuration).Any();

    private static IEnumerable<string> Endpoints(IConfiguration configuration) =>
        configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>().Where(url => url.Length > 0);

    private static bool HasUrls(IConfiguration configuration) =>
        configuration["urls"] is { Length: > 0 } || configuration["http_ports"] is { Length: > 0 } || configuration["https_ports"] is { Length: > 0 };

    private static string[] Split(string? list) => list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
