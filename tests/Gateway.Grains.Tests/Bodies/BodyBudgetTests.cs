using FsCheck.Fluent;
using Gateway.Engine.Bodies;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Ids;

namespace Gateway.Grains.Tests.Bodies;

public sealed class BodyBudgetTests
{
    private const long Unit = 1024 * 1024;

    private static BodyLimitOptions Limits() => new() { Own = 4 * Unit, Native = 4 * Unit, Memory = 10 * Unit, TeamMemory = 6 * Unit };

    /// <summary>A number stands for a step: whose, how many units, and whether it asks, queues, or ends what was begun first.</summary>
    [Fact]
    public void H3_whatever_comes_and_goes_the_limits_hold_and_everybody_who_waits_is_served() => Law.HoldsForAll(Gen.Choose(0, 95), Play);

    private static void Play(IReadOnlyList<int> steps)
    {
        var budget = new BodyBudget(Limits());
        var asking = new List<(TeamId Team, long Bytes, RequestRoom Room)>();
        var sending = new List<QueuedRoom>();
        foreach (var step in steps)
        {
            var (team, bytes) = (new TeamId($"t{step % 3}"), (1 + (step / 3 % 4)) * Unit);
            switch (step / 12 % 4)
            {
                case 0 or 1 when budget.Open(team) is var room && room.GrowTo(bytes) is null:
                    asking.Add((team, bytes, room));
                    break;
                case 2:
                    sending.Add(budget.Queue(team, bytes));
                    break;
                case 3 when asking.Count > 0 && step % 2 == 0:
                    asking[0].Room.Dispose();
                    asking.RemoveAt(0);
                    break;
                case 3 when sending.Count > 0:
                    sending[0].Dispose(); // sent, or it waits no longer
                    sending.RemoveAt(0);
                    break;
            }

            var served = sending.Where(room => room.Served.IsCompleted).ToList();
            Assert.Equal(budget.Held, asking.Sum(one => one.Bytes) + served.Sum(room => room.Bytes));
            Assert.True(budget.Held <= 10 * Unit);
            Assert.All(asking.GroupBy(one => one.Team), own => Assert.True(own.Sum(one => one.Bytes) <= 6 * Unit));
            Assert.All(served.GroupBy(room => room.Team), own => Assert.True(own.Sum(room => room.Bytes) <= 6 * Unit));
        }

        foreach (var (_, _, room) in asking) room.Dispose();
        while (sending.Count > 0)
        {
            Assert.Contains(sending, room => room.Served.IsCompleted);
            foreach (var room in sending.Where(room => room.Served.IsCompleted).ToList())
            {
                room.Dispose();
                sending.Remove(room);
            }
        }

        Assert.Equal(0, budget.Held);
    }

    [Fact]
    public void H3_large_requests_that_come_later_do_not_pass_a_job_that_waits()
    {
        var budget = new BodyBudget(Limits());
        var (a, b, c) = (new TeamId("a"), new TeamId("b"), new TeamId("c"));
        using var first = budget.Open(a);
        Assert.Null(first.GrowTo(6 * Unit));
        using var second = budget.Open(b);
        Assert.Null(second.GrowTo(2 * Unit));
        using var waits = budget.Queue(c, 4 * Unit);
        Assert.False(waits.Served.IsCompleted);

        using var later = budget.Open(b);
        Assert.False(later.GrowTo(Unit)!.IsOfTeam);
        Assert.Null(later.GrowTo(1000));
        using var small = budget.Queue(c, 1000);
        Assert.True(small.Served.IsCompleted);

        first.Dispose();
        Assert.True(waits.Served.IsCompleted);
        Assert.Null(later.GrowTo(Unit));
    }

    [Fact]
    public void The_shipped_limits_have_room_for_the_largest_body()
    {
        var shipped = new BodyLimitOptions();
        Assert.Empty(shipped.Validate(new(shipped)));
        Assert.Equal(shipped.Native, shipped.OfTeam);
    }
}
