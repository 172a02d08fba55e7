using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Silo.Polling;

namespace Gateway.Api.Tests.Outbound;

/// <summary>Which polls may begin, and how long one may take.</summary>
public sealed class PollLanesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private readonly PollLanes _lanes = new(places: 12);
    private long _lastJob;

    private PolledTask Task() => new(
        new AccountId("1"),
        new Lease(LeaseId.New(), "node", JobKind.Video, new JobId(++_lastJob), 1, 0, default, Now, Now.AddHours(1), "task"));

    private void Enter(string host, int tasks)
    {
        for (var i = 0; i < tasks; i++) _lanes.Enter(Task(), host);
    }

    private Dictionary<string, int> Begin()
    {
        Dictionary<string, int> begun = [];
        while (_lanes.TryBegin(out _, out var host)) begun[host] = begun.GetValueOrDefault(host) + 1;
        return begun;
    }

    [Fact]
    public void H9_a_host_that_hangs_holds_half_of_the_places_and_leaves_the_rest_to_others()
    {
        Enter("hangs", 100);
        Assert.Equal(6, Begin()["hangs"]);
        Enter("well", 2);
        Assert.Equal(2, Begin()["well"]);
        _lanes.Leave("well");
        _lanes.Leave("well");
        Assert.Empty(Begin());
    }

    [Fact]
    public void H9_however_many_hosts_hang_one_that_has_none_under_way_gets_the_next_place()
    {
        for (var host = 0; host < 12; host++) Enter($"hangs {host}", 100);
        Assert.Equal(12, Begin().Values.Sum());
        Enter("well", 2);
        Assert.Empty(Begin());
        _lanes.Leave("hangs 0");
        Assert.Equal(["well"], Begin().Keys);
    }

    [Fact]
    public void H9_hosts_that_wait_together_share_evenly_and_tasks_of_one_keep_their_order()
    {
        var (first, second) = (Task(), Task());
        _lanes.Enter(first, "a");
        _lanes.Enter(second, "A");
        Enter("b", 100);
        Enter("c", 100);
        List<PolledTask> ofA = [];
        Dictionary<string, int> begun = [];
        while (_lanes.TryBegin(out var task, out var host))
        {
            begun[host] = begun.GetValueOrDefault(host) + 1;
            if (host == "a") ofA.Add(task);
        }

        Assert.Equal([first, second], ofA);
        Assert.InRange(begun["b"] - begun["c"], -1, 1);
        Assert.InRange(begun.Values.Sum(), 8, 12);
    }

    [Fact]
    public void H9_a_single_place_is_passed_on()
    {
        var lanes = new PollLanes(places: 1);
        lanes.Enter(Task(), "a");
        lanes.Enter(Task(), "b");
        Assert.True(lanes.TryBegin(out _, out var first));
        Assert.False(lanes.TryBegin(out _, out _));
        lanes.Leave(first);
        Assert.True(lanes.TryBegin(out _, out var second));
        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData(3600, 10_000)]
    [InlineData(10, 10_000)]
    [InlineData(4, 4_001)] // the cut comes at the hard end, never before
    [InlineData(1, 10_000)] // no look at all would be left
    [InlineData(0, 10_000)]
    [InlineData(-3600, 10_000)] // what ended while no gateway ran
    public void H9_a_poll_is_cut_at_its_time_or_at_the_hard_end(int secondsToHardEnd, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), new PollOptions().TimeFor(Now.AddSeconds(secondsToHardEnd), Now));
}
