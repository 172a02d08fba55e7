using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gateway.Api.Tests.Support;
using Gateway.Engine.Storage;
using Gateway.Silo.Hosting;
using Gateway.Testing;

namespace Gateway.Api.Tests.Edge;

/// <summary>S1 and its like: what is wrong with the set-up stops the start with one clear line and exit code 2.</summary>
public abstract class SetupContract : GatewayTest
{
    private protected SetupContract(TestData data)
        : base(data)
    {
    }

    /// <summary>Starts as the executable does; answers what it printed.</summary>
    private protected async Task<string> RefusedAsync()
    {
        var (before, said) = (Console.Error, new StringWriter());
        Console.SetError(said);
        try
        {
            Assert.Equal(2, await GatewayHost.RunAsync(Gateway.BuildAsync));
        }
        finally
        {
            Console.SetError(before);
        }

        var line = said.ToString();
        Assert.StartsWith("The gateway cannot start: ", line, StringComparison.Ordinal);
        Assert.Equal(1, line.Count(c => c == '\n'));
        return line;
    }

    [Fact]
    public async Task S1_data_refuses_another_key_and_still_takes_its_own()
    {
        await AddAccountAsync("key-a");
        await Gateway.StopAsync();
        var own = Data is SqliteData files
            ? await File.ReadAllTextAsync(Path.Combine(files.Directory, "gateway.key"), Patience)
            : PostgresData.EncryptionKey;

        Gateway["Gateway:EncryptionKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        Assert.Contains("not the one this data was written with", await RefusedAsync(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<GatewaySetupException>(Gateway.StartAsync);
        Gateway["Gateway:EncryptionKey"] = "c2hvcnQ=";
        Assert.Contains("base64 of 32 bytes", await RefusedAsync(), StringComparison.Ordinal);

        Gateway["Gateway:EncryptionKey"] = own;
        await Gateway.StartAsync();
        await WaitForAsync(await SubmitVideoAsync(), "running");
        Assert.Equal(1, Sim.Ledger.Key("key-a").Accepted);
    }

    [Fact]
    public async Task An_address_in_use_is_named_however_it_is_set()
    {
        await Gateway.StopAsync();
        using var taken = new TcpListener(IPAddress.Any, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        foreach (var (setting, value) in new[] { ("Gateway:MetricsUrl", $"http://127.0.0.1:{port}"), ("http_ports", $"{port}"), ("Kestrel:Endpoints:Main:Url", $"http://*:{port}"), ("urls", $"http://0.0.0.0:{port}") })
        {
            Gateway["urls"] = setting == "Gateway:MetricsUrl" ? "http://127.0.0.1:0" : "";
            Gateway[setting] = value;
            Assert.Contains($":{port} cannot be listened at", await RefusedAsync(), StringComparison.Ordinal);
            Gateway[setting] = "";
        }
    }

    [Fact]
    public async Task Settings_that_cannot_be_are_named()
    {
        await Gateway.StopAsync();
        Gateway["Gateway:AdminToken"] = "short";
        Assert.Contains("Gateway:AdminToken", await RefusedAsync(), StringComparison.Ordinal);
        Gateway["Gateway:AdminToken"] = GatewayUnderTest.AdminToken;
        Gateway["Gateway:Role"] = "king";
        Assert.Contains("Gateway:Role", await RefusedAsync(), StringComparison.Ordinal);
        Gateway["Gateway:Role"] = "all";
        Gateway["Gateway:Webhooks:AllowedNetworks:0"] = "the office";
        Assert.Contains("Gateway:Webhooks:AllowedNetworks", await RefusedAsync(), StringComparison.Ordinal);
        Gateway["Gateway:Webhooks:AllowedNetworks:0"] = "10.0.0.0/8";
        foreach (var wrong in new[] { "9464", "9464:http", "ftp://+:9464", "http://+:9464/metrics", "https://+:9464" })
        {
            Gateway["Gateway:MetricsUrl"] = wrong;
            Assert.Contains("Gateway:MetricsUrl", await RefusedAsync(), StringComparison.Ordinal);
        }

        // A kind that is named is named, whatever stands below it: this one goes last.
        Gateway["Gateway:Limits:fax:LongestRun"] = "00:01:00";
        Assert.Contains("Gateway:Limits:fax", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pace_of_no_family_or_below_nothing_is_named()
    {
        await Gateway.StopAsync();
        Gateway["Gateway:Pace:platform/chat-m2:Rpm"] = "-1";
        Assert.Contains("Gateway:Pace:platform/chat-m2", await RefusedAsync(), StringComparison.Ordinal);
        Gateway["Gateway:Pace:platform/chat-m2:Rpm"] = "1";
        Gateway["Gateway:Pace:platform/fax:Rpm"] = "1";
        Assert.Contains("platform/chat-m2", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_address_that_upstreams_could_not_call_is_named()
    {
        await Gateway.StopAsync();
        foreach (var wrong in new[] { "gateway.example.com", "/gateway", "ftp://gateway.example.com", "https://gateway.example.com/?a=1", "https://gateway.example.com/#a", "https://me:pw@gateway.example.com" })
        {
            Gateway["Gateway:PublicUrl"] = wrong;
            Assert.Contains("Gateway:PublicUrl", await RefusedAsync(), StringComparison.Ordinal);
        }

        foreach (var right in new[] { "", "https://gateway.example.com", "http://gateway.example.com:8080/under/a/path/" })
        {
            Gateway["Gateway:PublicUrl"] = right;
            await Gateway.RestartAsync();
        }

        await AddAccountAsync("key-a");
        Assert.StartsWith(
            "http://gateway.example.com:8080/under/a/path/v1/jobs/",
            (await JobAsync(await SubmitVideoAsync()))["links"]!["self"]!.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_the_wrong_type_are_named_too()
    {
        await Gateway.StopAsync();
        Gateway["Gateway:NodeLease"] = "soon";
        Assert.Contains("NodeLease", await RefusedAsync(), StringComparison.Ordinal);
    }
}

public sealed class SqliteSetup() : SetupContract(new SqliteData())
{
    [Fact]
    public async Task S1_data_that_lost_its_key_file_gets_no_new_one()
    {
        await AddAccountAsync("key-a");
        await Gateway.StopAsync();
        var file = Path.Combine(((SqliteData)Data).Directory, "gateway.key");
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        File.Delete(file);

        Assert.Contains("no gateway.key", await RefusedAsync(), StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task A_second_process_on_the_same_directory_is_refused() =>
        Assert.Contains(((SqliteData)Data).Directory, await RefusedAsync(), StringComparison.Ordinal);
}

public sealed class PostgresSetup() : SetupContract(new PostgresData())
{
    [PostgresFact]
    public async Task Without_a_key_PostgreSQL_is_refused_saying_what_to_set()
    {
        await Gateway.StopAsync();
        Gateway["Gateway:EncryptionKey"] = "";
        Assert.Contains("Gateway:EncryptionKey", await RefusedAsync(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_server_that_cannot_be_reached_is_said_in_one_line()
    {
        await Gateway.StopAsync();
        Gateway["Gateway:StartWait"] = "00:00:00";
        Gateway["ConnectionStrings:Gateway"] = "Host=127.0.0.1;Port=1;Username=x;Database=y;Timeout=2";
        Assert.Contains("127.0.0.1:1", await RefusedAsync(), StringComparison.Ordinal);
    }
}
