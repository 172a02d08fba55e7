using Gateway.Engine.Notifiers;

namespace Gateway.Grains.Tests.Jobs;

public sealed class MovedKeysTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task H18_keys_are_taken_in_the_order_of_their_moves_each_once_and_a_page_at_a_time()
    {
        var moved = new MovedKeys<int>();
        foreach (var key in new[] { 3, 1, 3, 2, 1 }) moved.Add(key);
        await moved.WaitAsync(TimeProvider.System, None);
        Assert.Equal([3, 1], moved.Take(2));
        moved.Add(3);
        Assert.Equal([2, 3], moved.Take(2));
        Assert.Empty(moved.Take(2));
    }

    [Fact]
    public async Task P1_a_move_between_the_last_take_and_the_wait_ends_the_wait()
    {
        var moved = new MovedKeys<int>();
        Assert.Empty(moved.Take(1));
        moved.Add(1);
        await moved.WaitAsync(TimeProvider.System, None);
        Assert.Equal([1], moved.Take(1));
    }

    [Fact]
    public void H18_a_reader_of_many_jobs_hears_of_those_it_joined_until_it_leaves_them()
    {
        var pulses = new KeyedNotifier<int>();
        var (moved, other) = (new MovedKeys<int>(), new MovedKeys<int>());
        pulses.Join(1, moved);
        pulses.Join(2, moved);
        pulses.Join(1, other);
        using var single = pulses.Subscribe(1);
        var move = single.NextMove();
        foreach (var key in new[] { 1, 2, 3 }) pulses.Pulse(key);
        Assert.True(move.IsCompleted);
        Assert.Equal([1, 2], moved.Take(9));
        Assert.Equal([1], other.Take(9));

        pulses.Leave(1, moved);
        pulses.Leave(2, moved);
        pulses.Leave(2, moved);
        foreach (var key in new[] { 1, 2 }) pulses.Pulse(key);
        Assert.Empty(moved.Take(9));
        Assert.Equal([1], other.Take(9));
        pulses.Leave(1, other);
        single.Dispose();
        Assert.False(pulses.HasSubscribers);
    }
}
