using System.Net.Sockets;
using System.Text;
using Gateway.Api.Tests.Support;
using Gateway.Silo.Connections;

namespace Gateway.Api.Tests.Edge;

/// <summary>H4: connections are bounded, silent ones end, and strangers keep nobody out.</summary>
public sealed class ConnectionGateTests : GatewayTest
{
    private const int Max = 8;
    private const int MaxStrangers = 3;

    private ConnectionGate Gate => Gateway.Services.GetRequiredService<ConnectionGate>();

    private protected override void Configure()
    {
        Gateway["Gateway:Connections:Max"] = $"{Max}";
        Gateway["Gateway:Connections:MaxStrangers"] = $"{MaxStrangers}";
        Gateway["Gateway:Connections:FirstByte"] = "00:01:00";
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(Gateway.Address.Host, Gateway.Address.Port, Patience);
        return client;
    }

    private async Task<TcpClient> ConnectAsync(int open)
    {
        var client = await ConnectAsync();
        await EventuallyAsync(() => Task.FromResult(Gate.Open == open));
        return client;
    }

    private async Task<string> AskAsync(TcpClient client, string token)
    {
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"GET /v1/jobs?limit=1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"),
            Patience);
        var buffer = new byte[4096];
        return Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, Patience)).Split('\r')[0];
    }

    private async Task<bool> IsClosedAsync(TcpClient client)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[1], Patience) == 0;
        }
        catch (IOException)
        {
            return true; // reset
        }
    }

    [Fact]
    public async Task H4_a_connection_that_says_nothing_is_closed()
    {
        Gateway["Gateway:Connections:FirstByte"] = "00:00:00.200";
        await Gateway.RestartAsync();
        using var silent = await ConnectAsync();
        Assert.True(await IsClosedAsync(silent));
        await EventuallyAsync(() => Task.FromResult(Gate.Open == 0));
    }

    [Fact]
    public async Task H4_the_newest_stranger_pushes_out_the_oldest_and_no_one_who_showed_a_token()
    {
        using var known = await ConnectAsync(1);
        Assert.Contains("200", await AskAsync(known, GatewayUnderTest.AdminToken), StringComparison.Ordinal);
        using var first = await ConnectAsync(2);
        Assert.Contains("401", await AskAsync(first, "no-token-of-ours"), StringComparison.Ordinal); // speaks, and stays a stranger
        using var second = await ConnectAsync(3);
        using var third = await ConnectAsync(4);
        Assert.Equal(0, Gate.PushedOut);

        using var fourth = await ConnectAsync();
        Assert.True(await IsClosedAsync(first));
        Assert.Contains("200", await AskAsync(fourth, GatewayUnderTest.AdminToken), StringComparison.Ordinal);
        Assert.Contains("200", await AskAsync(known, GatewayUnderTest.AdminToken), StringComparison.Ordinal);
        Assert.Equal((1, 0), (Gate.PushedOut, Gate.Refused));
        Assert.Contains(Gateway.Journal.Lines, line => line.Contains("Connections are closed for others", StringComparison.Ordinal));
    }

    [Fact]
    public async Task H4_one_more_than_the_limit_is_not_let_in_and_is_again_when_one_leaves()
    {
        var known = new List<TcpClient>();
        for (var i = 1; i <= Max; i++)
        {
            known.Add(await ConnectAsync(i));
            Assert.Contains("200", await AskAsync(known[^1], GatewayUnderTest.AdminToken), StringComparison.Ordinal);
        }

        using (var refused = await ConnectAsync()) Assert.True(await IsClosedAsync(refused));
        Assert.Equal(1, Gate.Refused);
        known[0].Dispose();
        await EventuallyAsync(() => Task.FromResult(Gate.Open == Max - 1));
        using var next = await ConnectAsync(Max);
        Assert.Contains("200", await AskAsync(next, GatewayUnderTest.AdminToken), StringComparison.Ordinal);
        foreach (var client in known) client.Dispose();
    }

    [Theory]
    [InlineData(null, null, 1_048_576L, 6000, 1500)]
    [InlineData(null, null, 1024L, 256, 64)]
    [InlineData(null, null, 100L, 16, 4)]
    [InlineData(null, null, null, 6000, 1500)]
    [InlineData(50_000, null, 1024L, 50_000, 12_500)]
    [InlineData(2, null, 1024L, 2, 1)]
    [InlineData(100, 90, null, 100, 90)]
    public void H4_by_default_connections_stay_below_the_limit_of_files(
        int? max, int? strangers, long? files, int expected, int expectedStrangers)
    {
        var limits = ConnectionLimits.Of(new ConnectionOptions { Max = max, MaxStrangers = strangers }, files);
        Assert.Equal((expected, expectedStrangers), (limits.Max, limits.MaxStrangers));
    }

    [Fact]
    public void The_limit_of_files_is_read_where_the_system_tells_it()
    {
        if (OperatingSystem.IsLinux()) Assert.True(ConnectionLimits.ReadFileLimit() >= 256);
    }
}
