using Gateway.Api;
using Gateway.Engine.Storage;
using Gateway.Silo.Health;
using Gateway.Silo.Hosting;

namespace Gateway.Cluster.Tests.Cluster;

/// <summary>
/// A node on a machine whose clock is off: the services of the two executables with another clock of the machine. The
/// database's clock stays its own.
/// </summary>
internal static class OffClockNode
{
    public static Task<int> RunAsync(string role, TimeSpan clockOffset) => GatewayHost.RunAsync(async () =>
    {
        var builder = await GatewayHost.CreateAsync([], CancellationToken.None, new OffClock(clockOffset), new StoreClock());
        if (role == "api") builder.Services.AddGatewayApi();
        var app = builder.Build();
        if (role == "api") app.MapGateway();
        else app.MapHealth();
        return app;
    });

    /// <summary>The machine's time, off by a fixed span. Timers and timestamps run as they do.</summary>
    private sealed class OffClock(TimeSpan offset) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;
    }
}
