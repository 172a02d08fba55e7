using Gateway.Engine.Accounts;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Storage;

/// <summary>Old and new version side by side: migrations add, and nodes that run do not notice.</summary>
public sealed class RollingUpgradeTests() : StoreTest(new PostgresTestDatabase())
{
    private const int Newer = 900;

    // As a later version would: on every hot table, in one transaction, while it is in use.
    private static readonly string Migration = $"""
        BEGIN;
        ALTER TABLE account ADD COLUMN added_later text;
        ALTER TABLE job ADD COLUMN added_later bigint NOT NULL DEFAULT 0;
        ALTER TABLE node ADD COLUMN added_later boolean NOT NULL DEFAULT false;
        CREATE TABLE added_later (id bigint PRIMARY KEY);
        INSERT INTO schema_version (number, name) VALUES ({Newer}, 'added_later');
        COMMIT
        """;

    private static readonly string Undo = $"""
        BEGIN;
        ALTER TABLE account DROP COLUMN IF EXISTS added_later;
        ALTER TABLE job DROP COLUMN IF EXISTS added_later;
        ALTER TABLE node DROP COLUMN IF EXISTS added_later;
        DROP TABLE IF EXISTS added_later;
        DELETE FROM schema_version WHERE number = {Newer};
        COMMIT
        """;

    public override async ValueTask DisposeAsync()
    {
        await Database.RunAsync(Undo);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task S5_A_newer_version_migrates_while_this_one_runs_on()
    {
        var node = await NodeAsync();
        await node.RunAsync(new SaveAccountTurn(Make.Spec(), "test"));
        node.Start();
        await TakeTurnsAsync(node, 20);

        var running = Task.Run(() => TakeTurnsAsync(node, 50));
        await Database.RunAsync(Migration);
        await running;
        await TakeTurnsAsync(node, 20);

        Assert.True(node.Runner.IsStoreReachable);
        Assert.True(await Store.Nodes.BeatAsync(node.Incarnation, None));
        Assert.Single(await Store.Nodes.LiveAsync(None));
        Assert.Empty((await AccountAsync()).Leases);
        Assert.Contains(
            "newer program",
            (await Assert.ThrowsAsync<GatewaySetupException>(() => Store.MigrateAsync(None))).Message,
            StringComparison.Ordinal);
    }

    // None of them is refused or lost on the way.
    private async Task TakeTurnsAsync(TestNode node, int times)
    {
        for (var time = 0; time < times; time++)
        {
            var job = Make.Job();
            var direct = new DirectDispatch(Make.AccountOne, Make.ForJob(job.Id));
            var lease = ((SubmitResult.Created)await node.Runner.RunAsync(Make.Submit(job, direct: direct), None)).Lease!;
            await node.Runner.RunAsync(new EndAttemptTurn(Make.AccountOne, lease.Id, job.Id, lease.Attempt, Make.Success()), None);
            Assert.Equal(JobStatus.Succeeded, (await JobAsync(job)).Status);
        }
    }
}
