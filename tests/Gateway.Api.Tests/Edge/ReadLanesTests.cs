using Gateway.Api.Push;
using Gateway.Model.Ids;

namespace Gateway.Api.Tests.Edge;

public sealed class ReadLanesTests
{
    [Fact]
    public async Task H18_a_team_reads_twice_at_once_however_much_it_asks_and_others_read_meanwhile()
    {
        var (lanes, busy, other) = (new ReadLanes(), new TeamId("busy"), new TeamId("other"));
        var (gate, begun, most, now) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0, 0, 0);
        var reads = Enumerable.Range(0, 500).Select(_ => lanes.RunAsync(busy, async () =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            begun++;
            await gate.Task;
            Interlocked.Decrement(ref now);
            return 1;
        }, CancellationToken.None)).ToList();
        Assert.Equal(2, begun);

        Assert.Equal(7, await lanes.RunAsync(other, () => Task.FromResult(7), CancellationToken.None));
        gate.SetResult();
        Assert.Equal(500, (await Task.WhenAll(reads)).Sum());
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task H18_whoever_leaves_waits_no_longer_and_keeps_no_place()
    {
        var (lanes, team) = (new ReadLanes(), new TeamId("team"));
        var gate = new TaskCompletionSource<int>();
        Task<int>[] held =
        [
            lanes.RunAsync(team, () => gate.Task, CancellationToken.None),
            lanes.RunAsync(team, () => gate.Task, CancellationToken.None)
        ];
        using var leaves = new CancellationTokenSource();
        var waits = lanes.RunAsync(team, () => Task.FromResult(1), leaves.Token);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);

        gate.SetResult(3);
        Assert.Equal(6, (await Task.WhenAll(held)).Sum());
        Assert.Equal(1, await lanes.RunAsync(team, () => Task.FromResult(1), CancellationToken.None));
    }
}
