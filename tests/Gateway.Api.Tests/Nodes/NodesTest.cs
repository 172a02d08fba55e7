using Gateway.Api.Tests.Support;
using Npgsql;

namespace Gateway.Api.Tests.Nodes;

/// <summary>
/// Three nodes on one PostgreSQL with all polling off: <see cref="GatewayTest.Gateway"/> takes jobs, A and C are API nodes.
/// What one of them does the others hear by hints alone.
/// </summary>
public abstract class NodesTest() : GatewayTest(new PostgresData())
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private GatewayUnderTest _a = null!;
    private GatewayUnderTest _c = null!;

    private protected GatewayUnderTest NodeA => _a;

    private protected Client A => new(_a, _http, GatewayUnderTest.AdminToken, Patience);

    private protected Client C => new(_c, _http, GatewayUnderTest.AdminToken, Patience);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (_a, _c) = (await StartApiNodeAsync(), await StartApiNodeAsync());
        await WaitForListenersAsync(3);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var node in new[] { _a, _c })
        {
            await node.DisposeAsync();
            Assert.Empty(node.Journal.Errors);
        }

        _http.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>A change that no hint tells of.</summary>
    private protected async Task<int> ChangeSecretlyAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Data.Settings["ConnectionStrings:Gateway"]);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync(Patience);
    }

    private protected Task<int> CutHintsAsync() =>
        ChangeSecretlyAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gateway hints' AND datname = " +
                "current_database()");

    private async Task<GatewayUnderTest> StartApiNodeAsync()
    {
        var node = new GatewayUnderTest(Data);
        node["Gateway:Role"] = "api";
        await node.StartAsync();
        return node;
    }

    // From here on nothing is missed: a start may be quicker than its connection.
    private async Task WaitForListenersAsync(int nodes)
    {
        await using var source = NpgsqlDataSource.Create(Data.Settings["ConnectionStrings:Gateway"]);
        await using var command = source.CreateCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gateway hints' AND datname = current_database() AND query ~ " +
                "'^(LISTEN|SELECT 1$)'");
        while ((long)(await command.ExecuteScalarAsync(Patience))! < nodes) await Task.Yield();
    }
}
