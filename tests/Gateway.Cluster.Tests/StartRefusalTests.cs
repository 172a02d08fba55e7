using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gateway.Cluster.Tests.Processes;
using Gateway.Testing;

namespace Gateway.Cluster.Tests;

/// <summary>A set-up that cannot work ends the start with one clear line and exit code 2.</summary>
public sealed class StartRefusalTests
{
    [Fact]
    public async Task S1_a_second_process_on_the_same_directory_is_refused()
    {
        await using var scenario = await Scenario.CreateAsync(Database.Sqlite);
        await scenario.StartAsync();
        await RefusedAsync(scenario, await scenario.LaunchAsync(GatewayProcess.FreeUrl()), "is used by another process");
        scenario.Passed();
    }

    [Fact]
    public async Task S1_sqlite_data_with_another_key_is_refused()
    {
        await using var scenario = await Scenario.CreateAsync(Database.Sqlite);
        await scenario.StartAsync();
        await scenario.StopAsync();
        await RefusedAsync(scenario, await scenario.LaunchAsync(changes: new Dictionary<string, string?> { ["Gateway__EncryptionKey"] = FreshKey() }), "encryption key is not the one");
        scenario.Passed();
    }

    [PostgresFact]
    public async Task S1_postgres_without_a_key_is_refused()
    {
        await using var scenario = await Scenario.CreateAsync(Database.Postgres);
        await RefusedAsync(scenario, await scenario.LaunchAsync(changes: new Dictionary<string, string?> { ["Gateway__EncryptionKey"] = null }), "Gateway:EncryptionKey must be set");
        scenario.Passed();
    }

    [PostgresFact]
    public async Task S1_postgres_data_with_another_key_is_refused()
    {
        await using var scenario = await Scenario.CreateAsync(Database.Postgres);
        await scenario.StartAsync();
        await scenario.StopAsync();
        await RefusedAsync(scenario, await scenario.LaunchAsync(changes: new Dictionary<string, string?> { ["Gateway__EncryptionKey"] = FreshKey() }), "encryption key is not the one");
        scenario.Passed();
    }

    [Fact]
    public async Task A_postgres_nobody_listens_at_is_refused()
    {
        var nobody = GatewayProcess.FreeUrl().Port;
        await using var scenario = await Scenario.CreateAsync(Database.Sqlite);
        await RefusedAsync(scenario, await scenario.LaunchAsync(changes: new Dictionary<string, string?>
        {
            ["ConnectionStrings__Gateway"] = $"Host=127.0.0.1;Port={nobody};Username=x;Database=x",
            ["Gateway__EncryptionKey"] = FreshKey(),
        }), "cannot be reached");
        scenario.Passed();
    }

    [PostgresFact]
    public async Task A_postgres_database_that_does_not_exist_is_refused()
    {
        await using var scenario = await Scenario.CreateAsync(Database.Postgres);
        var missing = scenario.Database.Settings()["ConnectionStrings__Gateway"].Replace("Database=", "Database=not_", StringComparison.Ordinal);
        await RefusedAsync(scenario, await scenario.LaunchAsync(changes: new Dictionary<string, string?> { ["ConnectionStrings__Gateway"] = missing }), "does not exist");
        scenario.Passed();
    }

    [Fact]
    public async Task A_port_in_use_is_refused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var scenario = await Scenario.CreateAsync(Database.Sqlite);
        await RefusedAsync(scenario, await scenario.LaunchAsync(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}")), "address already in use");
        scenario.Passed();
    }

    private static async Task RefusedAsync(Scenario scenario, GatewayProcess gateway, string why)
    {
        var code = await gateway.WaitForExitAsync(TimeSpan.FromSeconds(60));
        var lines = gateway.Output().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length == 1, $"Exit code {code}, {lines.Length} lines:\n{gateway.Tail()}");
        Assert.StartsWith("The gateway cannot start: ", lines[0], StringComparison.Ordinal);
        Assert.Contains(why, lines[0], StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2, code);
    }

    private static string FreshKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
