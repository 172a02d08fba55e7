using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Testing;

namespace Gateway.Grains.Tests.Support;

/// <summary>A test on an empty store of one dialect, with a clock of its own and as many nodes as it likes.</summary>
public abstract class StoreTest : IAsyncLifetime
{
    private readonly List<TestNode> _nodes = [];

    private protected StoreTest(TestDatabase database) => Database = database;

    private protected TestDatabase Database { get; }

    private protected ManualClock Clock { get; } = new();

    private protected IGatewayStore Store { get; private set; } = null!;

    private protected IQueryStore Queries => Store.Queries;

    private protected static CancellationToken None => CancellationToken.None;

    public virtual async ValueTask InitializeAsync() => Store = await Database.OpenAsync(new StoreClock(Clock), GetType());

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>A node with a runner of its own; <paramref name="wrap"/> puts a fault in its way to the store.</summary>
    private protected async Task<TestNode> NodeAsync(
        BatchOptions? options = null, Func<ITurnStore, ITurnStore>? wrap = null, TimeProvider? time = null)
    {
        var identity = await Store.Nodes.RegisterAsync(None);
        var turns = Store.OpenTurnStore(identity);
        var node = new TestNode(
            identity, wrap?.Invoke(turns) ?? turns, options ?? new BatchOptions { MaxReopenPause = TimeSpan.Zero },
            time ?? TimeProvider.System);
        _nodes.Add(node);
        return node;
    }

    /// <summary>A node whose way to the store can be broken.</summary>
    private protected async Task<(TestNode Node, FaultyTurnStore Faults)> FaultyNodeAsync(BatchOptions? options = null)
    {
        FaultyTurnStore? faults = null;
        var node = await NodeAsync(options, turns => faults = new FaultyTurnStore(turns));
        return (node, faults!);
    }

    private protected async Task<AccountState> AccountAsync(AccountId? id = null) =>
        (await Queries.AccountAsync(id ?? Make.AccountOne, None))!;

    private protected async Task<JobState> JobAsync(JobState job) => (await Queries.JobAsync(job.Id, None))!;
}
