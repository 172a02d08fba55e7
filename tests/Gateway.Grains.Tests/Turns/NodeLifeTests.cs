using Gateway.Engine.Turns;
using Gateway.Testing;

namespace Gateway.Grains.Tests.Turns;

public sealed class NodeLifeTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void L6_A_node_stops_at_two_thirds_of_its_lease_and_goes_on_with_the_next_heartbeat()
    {
        using var life = new NodeLife(TimeSpan.FromSeconds(30), _clock);
        var proof = life.Proof;

        _clock.Advance(TimeSpan.FromSeconds(19.9));
        life.AbortIfUnproven();
        Assert.True(life.IsProven);
        Assert.False(proof.IsCancellationRequested);

        _clock.Advance(TimeSpan.FromSeconds(0.2));
        life.AbortIfUnproven();
        Assert.False(life.IsProven);
        Assert.True(proof.IsCancellationRequested);
        Assert.Throws<NodeNotAliveException>(life.Require);

        life.Beat(_clock.GetTimestamp());
        Assert.True(life.IsProven);
        Assert.False(life.Proof.IsCancellationRequested);
        Assert.True(proof.IsCancellationRequested); // what was aborted stays aborted
    }

    [Fact]
    public void L6_The_age_counts_from_the_sending_of_a_heartbeat_not_from_its_answer()
    {
        using var life = new NodeLife(TimeSpan.FromSeconds(30), _clock);
        var sentAt = _clock.GetTimestamp();

        _clock.Advance(TimeSpan.FromSeconds(15)); // the answer took that long
        life.Beat(sentAt);
        _clock.Advance(TimeSpan.FromSeconds(6));

        Assert.False(life.IsProven);
    }

    [Fact]
    public void L2_A_node_that_was_cut_off_itself_buries_nobody_before_the_others_can_have_beaten()
    {
        using var life = new NodeLife(TimeSpan.FromSeconds(30), _clock);
        Assert.True(life.MayBury); // a start after a crash need not wait

        _clock.Advance(TimeSpan.FromSeconds(40)); // an outage longer than the lease
        Assert.False(life.MayBury);
        life.Beat(_clock.GetTimestamp());
        Assert.True(life.IsProven);
        Assert.False(life.MayBury);

        _clock.Advance(TimeSpan.FromSeconds(5));
        life.Beat(_clock.GetTimestamp());
        Assert.False(life.MayBury);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(life.MayBury);
    }

    [Fact]
    public void T6_A_dead_incarnation_never_proves_itself_alive_again()
    {
        using var life = new NodeLife(TimeSpan.FromSeconds(30), _clock);

        life.Die();
        life.Beat(_clock.GetTimestamp());

        Assert.False(life.IsProven);
        Assert.True(life.Proof.IsCancellationRequested);
    }
}
