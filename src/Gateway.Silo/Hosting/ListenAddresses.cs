using System.Net;
using System.Net.Sockets;
using Gateway.Engine.Storage;

namespace Gateway.Silo.Hosting;

/// <summary>
/// Where the executables listen: Kestrel's own endpoints, which stand alone; else urls, else ports, else our default, and the
/// metrics' own address beside them.
/// </summary>
internal static class ListenAddresses
{
    private const string DefaultUrl = "http://localhost:8080";

    /// <summary>Kestrel binds last, when jobs may be under way already: a port in use must show before anything else happens.</summary>
    /// <exception cref="GatewaySetupException">An address is none, or cannot be listened at.</exception>
    public static void Check(IConfiguration configuration, string? metricsUrl)
    {
        if (metricsUrl is { Length: > 0 } && !IsMetricsUrl(metricsUrl))
            throw new GatewaySetupException(
                $"Gateway:MetricsUrl is '{metricsUrl}'; it must be an http address with a port, such as http://+:9464.");
        foreach (var url in All(configuration, metricsUrl)) CheckFree(url);
    }

    public static void Apply(WebApplicationBuilder builder, string? metricsUrl)
    {
        if (Endpoints(builder.Configuration).Any()) return;

        // The ports are among the urls now; left set, they would be warned about.
        builder.WebHost.UseUrls([.. All(builder.Configuration, metricsUrl)])
            .UseSetting(WebHostDefaults.HttpPortsKey, "")
            .UseSetting(WebHostDefaults.HttpsPortsKey, "");
    }

    private static IEnumerable<string> All(IConfiguration configuration, string? metricsUrl)
    {
        string[] endpoints = [.. Endpoints(configuration)];
        if (endpoints.Length > 0) return endpoints;
        return metricsUrl is { Length: > 0 } ? Own(configuration).Append(metricsUrl) : Own(configuration);
    }

    // The order is ASP.NET Core's: ports count only without urls. Its images set ports.
    private static IEnumerable<string> Own(IConfiguration configuration)
    {
        if (configuration["urls"] is { Length: > 0 } urls) return Split(urls);
        string[] ports = [.. PortsOf(configuration, "http"), .. PortsOf(configuration, "https")];
        return ports.Length > 0 ? ports : [DefaultUrl];
    }

    private static IEnumerable<string> Endpoints(IConfiguration configuration) =>
        configuration.GetSection("Kestrel:Endpoints")
            .GetChildren()
            .Select(endpoint => endpoint["Url"])
            .OfType<string>()
            .Where(url => url.Length > 0);

    private static IEnumerable<string> PortsOf(IConfiguration configuration, string scheme) =>
        Split(configuration[$"{scheme}_ports"] ?? "").Select(port => $"{scheme}://*:{port}");

    private static string[] Split(string list) => list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsMetricsUrl(string url) =>
        Uri.TryCreate(
            url.Replace("//+", "//0.0.0.0", StringComparison.Ordinal).Replace("//*", "//0.0.0.0", StringComparison.Ordinal),
            UriKind.Absolute,
            out var address) &&
        address is { Scheme: "http", Port: > 0, PathAndQuery: "/" };

    private static void CheckFree(string url)
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
            throw new GatewaySetupException(
                $"{url} cannot be listened at: {taken.Message}. Choose another address with --urls or ASPNETCORE_URLS.", taken);
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
            throw new GatewaySetupException(
                $"'{url}' is no address to listen at; it must look like http://localhost:8080. It comes from --urls, ASPNETCORE_URLS or " +
                    $"Gateway:MetricsUrl.",
                wrong);
        }
    }
}
