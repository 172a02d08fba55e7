using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Storage;
using Gateway.Grains.Storage.Sqlite;
using Gateway.Grains.Turns;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Grains.Tests;

public sealed class SmokeTests
{
    [Fact]
    public async Task Acquire_and_release_round_trip()
    {
        var directory = Directory.CreateTempSubdirectory("gateway").FullName;
        var clock = new StoreClock();
        await using var store = new SqliteGatewayStore(SqliteDatabase.Open(directory), clock);
        await store.MigrateAsync(CancellationToken.None);
        var node = await store.Nodes.RegisterAsync(CancellationToken.None);
        await using var turns = store.OpenTurnStore(node);
        var runner = new BatchRunner(turns, node, new BatchOptions(), TimeProvider.System, NullLogger<BatchRunner>.Instance);
        using var stop = new CancellationTokenSource();
        var loop = runner.LoopAsync(stop.Token);
        var grain = new AccountGrain(runner, KindLimits.Default);
        var spec = new AccountSpec { Id = new AccountId("1"), Driver = "platform", BaseUrl = new Uri("http://x"), SealedSecret = "s", Patch = new AccountPatch { MaxJobs = 2 } };
        Assert.NotNull(await grain.SaveAsync(spec, "test", CancellationToken.None));
        LeaseRequest Ask() => new(LeaseId.New(), node.Incarnation, new Work(JobKind.Chat, "m"), 0);
        var a = await grain.AcquireAsync(spec.Id, Ask(), CancellationToken.None);
        var b = await grain.AcquireAsync(spec.Id, Ask(), CancellationToken.None);
        var c = await grain.AcquireAsync(spec.Id, Ask(), CancellationToken.None);
        Assert.NotNull(a.Lease);
        Assert.NotNull(b.Lease);
        Assert.Equal(RefusalReason.NoFreeSlot, c.Refusal!.Reason);
        Assert.True(await grain.ReleaseAsync(spec.Id, a.Lease!.Id, new Settlement.Done(), CancellationToken.None));
        Assert.Single((await store.Queries.AccountAsync(spec.Id, CancellationToken.None))!.Leases);
        await stop.CancelAsync();
        await loop;
    }
}
