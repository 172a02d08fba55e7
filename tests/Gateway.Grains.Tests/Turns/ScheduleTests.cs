using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Turns;

/// <summary>
/// Seeded histories; see <see cref="Schedule"/>. A failure names its seed: put it into <c>GATEWAY_TEST_SEED</c> to run it alone.
/// </summary>
public abstract class ScheduleContract : StoreTest
{
    private protected ScheduleContract(TestDatabase database)
        : base(database)
    {
    }

    private protected abstract int Seeds { get; }

    private protected abstract int Steps { get; }

    [Fact]
    public async Task L3_C1_C4_J1_P1_T6_No_interleaving_of_batches_breaks_a_rule()
    {
        foreach (var seed in SeedsToRun())
        {
            await Database.EmptyAsync();
            List<(TestNode, FaultyTurnStore)> nodes = [];
            for (var i = 0; i < 3; i++) nodes.Add(await FaultyNodeAsync());
            await new Schedule(seed, nodes, Queries, Database, Clock).RunAsync(Steps);
            foreach (var (node, _) in nodes) await node.DisposeAsync();
        }
    }

    private IEnumerable<int> SeedsToRun() =>
        int.TryParse(Environment.GetEnvironmentVariable("GATEWAY_TEST_SEED"), out var seed) ? [seed] : Enumerable.Range(1, Seeds);
}

public sealed class SqliteScheduleTests() : ScheduleContract(new SqliteTestDatabase())
{
    private protected override int Seeds => 200;

    private protected override int Steps => 60;
}

public sealed class PostgresScheduleTests() : ScheduleContract(new PostgresTestDatabase())
{
    private protected override int Seeds => 12;

    private protected override int Steps => 50;
}
