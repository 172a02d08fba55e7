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
        await RefusedAsync(
            scenario,
            await scenario.LaunchAsync(changes: new Dictionary<string, string?> { ["Gateway__EncryptionKey"] = FreshKey() }),
            "encryption key is not the one");
        scenario.Passed();
    }

    [PostgresFact]
    public async Task S1_postgres_without_a_key_is_refused()
    {
        await using var scenario = await Scenario.CreateAsync(Database.Postgres);
        await RefusedAsync(
            scenario,
            await scenario.LaunchAsync(changes: new Dictionary<string, string?> { ["Gateway__EncryptionKey"] = null }),
            "Gateway:EncryptionKey must be set");
        scenario.Passed();
    }

    [PostgresFact]
    public async Task S1_postgres_data_with_another_key_is_refused()
    {
        await using var scenario = await Scenario.CreateAsync(Database.Postgres);
        await scenario.StartAsync();
        await scenario.StopAsync();
        await RefusedAsync(
            scenario,
            await scenario.LaunchAsync(changes: new Dictionary<string, string?> { ["Gateway__EncryptionKey"] = FreshKey() }),
            "encryption key is not the one");
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
            ["Gateway__StartWait"] = "00:00:00",
        }), "Connection refused");
        scenario.Passed();
    }

    [PostgresFact]
    public async Task A_postgres_that_comes_later_is_waited_for()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        await postgres.StopAsync(Unix.Interrupt);
        await using var scenario = await Scenario.CreateAsync(Database.Postgres, database: _ => Task.FromResult(TestDatabase.On(postgres)));
        var gateway = await scenario.LaunchAsync();
        await scenario.WaitForLogAsync("Waiting up to 30 s for it.");
        await postgres.LaunchAsync();
        await gateway.WaitUntilReadyAsync();
        scenario.Passed();
    }

    [PostgresFact]
    public async Task A_role_that_is_not_let_in_or_may_not_make_tables_is_refused()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        await postgres.RunAsync("CREATE ROLE guest LOGIN PASSWORD 'right'");
        await postgres.RunAsync("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        await postgres.DemandPasswordAsync("guest");
        foreach (var (password, why) in new[] { ("wrong", "password authentication failed"), ("right", "permission denied for schema public") })
        {
            var guest = $"Host=127.0.0.1;Port={postgres.Port};Username=guest;Password={password};Database=postgres";
            await using var scenario = await Scenario.CreateAsync(
                Database.Postgres, database: _ => Task.FromResult(TestDatabase.On(guest)));
            await RefusedAsync(scenario, await scenario.LaunchAsync(), why);
            scenario.Passed();
        }
    }

    [PostgresFact]
    public async Task A_schema_newer_than_the_program_is_refused()
    {
        await using var postgres = await OwnPostgres.StartAsync();
        await using var scenario = await Scenario.CreateAsync(Database.Postgres, database: _ => Task.FromResult(TestDatabase.On(postgres)));
        await scenario.StartAsync();
        await scenario.StopAsync();
        await postgres.RunAsync("INSERT INTO schema_version (number, name) VALUES (999, 'of tomorrow')");
        await RefusedAsync(scenario, await scenario.LaunchAsync(), "start a newer program");
        scenario.Passed();
    }

    [Theory]
    [InlineData("Gateway__Role", "king", "Gateway:Role is 'king'")]
    [InlineData("Gateway__NodeLease", "soon", "Gateway:NodeLease")]
    [InlineData("Gateway__NodeLease", "00:00:00", "Gateway:NodeLease is 0; it must be from 100ms to 7d.")]
    [InlineData("Gateway__Follow__MaxPolls", "0", "Gateway:Follow:MaxPolls is 0; it must be from 1 to 10000.")]
    [InlineData("Gateway__StopGrace", "30", "write 30s for seconds")]
    [InlineData("Gateway__Follow__MinInterval", "often", "Gateway:Follow:MinInterval")]
    [InlineData("Gateway__Retention__Step", "0", "Gateway:Retention")]
    [InlineData("Gateway__EncryptionKey", "c2hvcnQ=", "base64 of 32 bytes")]
    [InlineData("Gateway__AdminToken", "short", "at least 16 characters")]
    [InlineData("Gateway__MetricsUrl", "everywhere", "Gateway:MetricsUrl is 'everywhere'")]
    [InlineData("ConnectionStrings__Gateway", "Hostess=a", "no PostgreSQL connection string")]
    [InlineData("ConnectionStrings__Gateway", "a database", "no PostgreSQL connection string")]
    [InlineData("ConnectionStrings__Gateway", "Host=a,b;Target Session Attributes=standby", "must be primary or read-write")]
    public async Task A_setting_that_cannot_be_is_refused(string name, string value, string why)
    {
        await using var scenario = await Scenario.CreateAsync(Database.Sqlite);
        await RefusedAsync(scenario, await scenario.LaunchAsync(changes: new Dictionary<string, string?> { [name] = value }), why);
        scenario.Passed();
    }

    [Fact]
    public async Task A_misspelt_setting_is_named_and_harms_nobody()
    {
        await using var scenario = await Scenario.CreateAsync(
            Database.Sqlite, settings: new Dictionary<string, string> { ["Gateway__MaxJob"] = "3" });
        await scenario.StartAsync();
        await scenario.WaitForLogAsync("Gateway:MaxJob is no setting of the gateway");
        scenario.Passed();
    }

    [Fact]
    public async Task A_data_directory_with_something_else_in_it_is_refused()
    {
        await using var scenario = await Scenario.CreateAsync(Database.Sqlite);
        var data = Directory.CreateDirectory(Path.Combine(scenario.Directory, "data")).FullName;
        var (key, database) = (Path.Combine(data, "gateway.key"), Path.Combine(data, "gateway.db"));
        await File.WriteAllTextAsync(key, FreshKey());
        await File.WriteAllTextAsync(database, string.Concat(Enumerable.Repeat("no database ", 100)));
        if (!OperatingSystem.IsWindows())
        {
            // What is wider is a line of its own.
            const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            foreach (var file in new[] { key, database }) File.SetUnixFileMode(file, Owner);
            File.SetUnixFileMode(data, Owner | UnixFileMode.UserExecute);
        }

        await RefusedAsync(scenario, await scenario.LaunchAsync(), "file is not a database");
        scenario.Passed();
    }

    [SmallDiskFact]
    public async Task A_data_directory_that_cannot_be_written_is_refused()
    {
        await using var disk = await SmallDisk.MountAsync("1m,ro");
        await using var scenario = await Scenario.CreateAsync(
            Database.Sqlite, database: _ => Task.FromResult(TestDatabase.Sqlite(disk.Folder)));
        await RefusedAsync(scenario, await scenario.LaunchAsync(), "cannot be written: Read-only file system");
        scenario.Passed();
    }

    [PostgresFact]
    public async Task A_postgres_database_that_does_not_exist_is_refused()
    {
        await using var scenario = await Scenario.CreateAsync(Database.Postgres);
        var missing = scenario.Database.Settings()["ConnectionStrings__Gateway"].Replace(
            "Database=", "Database=not_", StringComparison.Ordinal);
        await RefusedAsync(
            scenario,
            await scenario.LaunchAsync(changes: new Dictionary<string, string?> { ["ConnectionStrings__Gateway"] = missing }),
            "does not exist");
        scenario.Passed();
    }

    [Fact]
    public async Task A_port_in_use_is_refused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var scenario = await Scenario.CreateAsync(Database.Sqlite);
        await RefusedAsync(
            scenario,
            await scenario.LaunchAsync(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}")),
            "address already in use");
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
