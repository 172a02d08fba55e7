using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Silo.Chores;
using Gateway.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Api.Tests.Nodes;

/// <summary>What the keeper does once the store says that its node is no more.</summary>
public sealed class HeartbeatTests
{
    [Fact]
    public async Task L6_a_node_declared_dead_stops_once_and_beats_no_more()
    {
        var clock = new ManualClock();
        using var life = new NodeLife(TimeSpan.FromSeconds(30), clock);
        var (nodes, host) = (new BuriedNodes(), new StoppedHost());
        using var heartbeat = new Heartbeat(
            nodes, new NodeIdentity("node", 1), life, new NodeDeath(life, host), new StoreOutage(clock, NullLogger.Instance), host, clock,
            NullLogger<Heartbeat>.Instance);
        await heartbeat.StartAsync(CancellationToken.None);
        await clock.SleepersAsync(2);

        for (var tick = 0; tick < 20; tick++)
        {
            clock.Advance(life.BeatEvery / 10);
            await nodes.Beaten.Task;
            await host.Stopped.Task;
            await Task.WhenAny(nodes.BeatenAgain.Task, Task.Run(() => { }));
        }

        await heartbeat.StopAsync(CancellationToken.None);
        Assert.True(life.IsDead);
        Assert.Equal((1, 1), (nodes.Beats, host.Stops));
        Environment.ExitCode = 0; // it was set for a process that has to be started again
    }

    private sealed class BuriedNodes : INodeStore
    {
        private int _beats;

        public int Beats => Volatile.Read(ref _beats);

        public TaskCompletionSource Beaten { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource BeatenAgain { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<bool> BeatAsync(string incarnation, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _beats) == 1) Beaten.SetResult();
            else BeatenAgain.TrySetResult();
            return Task.FromResult(false);
        }

        public Task<NodeIdentity> RegisterAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<string>> BuryAsync(TimeSpan lease, string? except, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<LiveNode>> LiveAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task PrepareToLeaveAsync(string incarnation, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task LeaveAsync(string incarnation, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class StoppedHost : IHostApplicationLifetime
    {
        private int _stops;

        public int Stops => Volatile.Read(ref _stops);

        public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
            Interlocked.Increment(ref _stops);
            Stopped.TrySetResult();
        }
    }
}
