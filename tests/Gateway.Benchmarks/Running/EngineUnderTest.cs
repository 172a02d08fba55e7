using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Accounts;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Benchmarks.Running;

/// <summary>The gateway's engine over one store: a node, its batch runner and the account grain. It owns the store.</summary>
internal sealed class EngineUnderTest : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TurnStores _turns;
    private readonly Task _loop;

    private EngineUnderTest(IGatewayStore store, NodeIdentity node, IBatchObserver? observer)
    {
        Store = store;
        Node = node;
        _turns = new TurnStores(store.OpenTurnStore(node), store.OpenWaitingStore(node));
        Homes = new Homes(node);
        Runner = BatchRunner.Over(_turns, node, Homes, new BatchOptions(), TimeProvider.System, NullLogger<BatchRunner>.Instance);
        if (observer is not null) Runner.Observe(observer);
        Accounts = new AccountGrain(Runner, KindLimits.Default);
        JobIds = new JobIdSource(TimeProvider.System, node) { MayShorten = true };
        _loop = Runner.LoopAsync(_stop.Token);
    }

    public IGatewayStore Store { get; }

    public NodeIdentity Node { get; }

    public Homes Homes { get; }

    public BatchRunner Runner { get; }

    public AccountGrain Accounts { get; }

    public JobIdSource JobIds { get; }

    public static async Task<EngineUnderTest> StartAsync(IGatewayStore store, IBatchObserver? observer = null)
    {
        await store.MigrateAsync(CancellationToken.None);
        return new EngineUnderTest(store, await store.Nodes.RegisterAsync(CancellationToken.None), observer);
    }

    /// <summary>Makes accounts 1 … <paramref name="count"/>.</summary>
    public Task MakeAccountsAsync(int count, int maxJobs) => Task.WhenAll(Enumerable.Range(1, count).Select(number => Accounts.SaveAsync(
        new AccountSpec
        {
            Id = IdOf(number),
            Driver = "platform",
            BaseUrl = new Uri("https://api.minimax.io"),
            SealedSecret = new string('s', 160), // about what a sealed platform key needs
            Patch = new AccountPatch { MaxJobs = maxJobs, DailyCredits = 1_000_000_000_000 },
        },
        "benchmark", CancellationToken.None)));

    public static AccountId IdOf(int number) => new($"{number:D18}");

    public LeaseRequest Ask(Work work, JobId? job = null, int attempt = 0) =>
        new(LeaseId.New(), Node.Incarnation, work, Ceiling: 1, job, attempt);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        await _turns.DisposeAsync();
        await Store.DisposeAsync();
        _stop.Dispose();
    }
}
