using Gateway.Engine.Turns;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Grains.Tests.Support;

/// <summary>
/// A node as the engine sees it: an identity, a connection for turns and a batch runner. Batches run when the test says so.
/// </summary>
internal sealed class TestNode(
    NodeIdentity identity, ITurnStore turns, BatchOptions options, TimeProvider time, LockPlan? plan = null) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task? _loop;
    private bool _disposed;

    /// <summary>Nothing here takes a minute; a test that would hang fails instead.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public NodeIdentity Identity => identity;

    public string Incarnation => identity.Incarnation;

    public BatchRunner Runner { get; } = new(turns, identity, options, time, NullLogger<BatchRunner>.Instance, plan ?? LockPlan.WaitForAll);

    /// <summary>Runs one turn in a batch of its own.</summary>
    public async Task<T> RunAsync<T>(Turn<T> turn)
    {
        var answer = Runner.RunAsync(turn, CancellationToken.None);
        await BatchAsync();
        return await answer.WaitAsync(Patience);
    }

    /// <summary>Runs batches until nothing waits.</summary>
    public async Task SettleAsync()
    {
        while (Runner.Waiting > 0) await BatchAsync();
    }

    public Task BatchAsync() => Runner.RunBatchAsync(CancellationToken.None).WaitAsync(Patience);

    /// <summary>Starts the loop; from here on batches run by themselves.</summary>
    public void Start() => _loop = Task.Run(() => Runner.LoopAsync(_stop.Token));

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        if (_loop is not null) await _loop.WaitAsync(Patience);
        _loop = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await StopAsync();
        await turns.DisposeAsync();
        _stop.Dispose();
    }
}
