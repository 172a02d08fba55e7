using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Silo.Polling;
using Gateway.Testing;

namespace Gateway.Api.Tests.Outbound;

/// <summary>When a task is polled, and what a hint changes about it.</summary>
public sealed class PollScheduleTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualClock _clock = new();
    private readonly PollSchedule _schedule;
    private long _lastJob;

    public PollScheduleTests() =>
        _schedule = new PollSchedule(new PollOptions { HintInterval = Second, MaxInterval = TimeSpan.FromHours(1) }, _clock);

    private PolledTask Task(bool isGuest = false) => new(
        new AccountId("1"),
        new Lease(LeaseId.New(), "node", JobKind.Video, new JobId(++_lastJob), 1, 0, default, _clock.Now, _clock.Now.AddHours(1), "task"),
        isGuest);

    private PolledTask? Take() => _schedule.TryTake(out var task) ? task : null;

    private void Hint(PolledTask task)
    {
        if (task.TryHint()) _schedule.Plan(task, due: null);
    }

    private void Poll(PolledTask task)
    {
        Assert.Same(task, Take());
        task.BeginPoll(_clock.Now);
    }

    [Fact]
    public void Tasks_come_in_the_order_of_their_times()
    {
        var (late, soon) = (Task(), Task());
        _schedule.Plan(late, _clock.Now + (2 * Second));
        _schedule.Plan(soon, _clock.Now + Second);
        Assert.Null(Take());
        Assert.Equal(Second, _schedule.UntilNext());
        _clock.Advance(2 * Second);
        Assert.Same(soon, Take());
        Assert.Same(late, Take());
        Assert.Null(Take());
    }

    [Fact]
    public void A_hint_brings_the_next_poll_forward_once()
    {
        var task = Task();
        _schedule.Plan(task, _clock.Now.AddHours(1));
        Hint(task);
        Hint(task);
        Poll(task);
        task.EndPoll();
        _schedule.Plan(task, _clock.Now.AddHours(1));
        Assert.Null(Take());
        _clock.Advance(TimeSpan.FromHours(1)); // the plan the hint replaced, and the present one, are one poll
        Poll(task);
        Assert.Null(Take());
    }

    [Fact]
    public void J2_a_flood_of_hints_is_a_poll_per_shortest_interval_and_never_two_at_once()
    {
        var task = Task();
        _schedule.Plan(task, _clock.Now.AddHours(1));
        var polls = 0;
        for (var tenth = 0; tenth < 100; tenth++)
        {
            for (var i = 0; i < 50; i++) Hint(task);
            while (Take() is { } due)
            {
                polls++;
                due.BeginPoll(_clock.Now);
                for (var i = 0; i < 50; i++) Hint(task);
                Assert.Null(Take());
                due.EndPoll();
                _schedule.Plan(due, _clock.Now.AddHours(1));
            }

            _clock.Advance(Second / 10);
        }

        Assert.Equal(10, polls);
    }

    [Fact]
    public void A_hint_during_a_poll_is_about_what_that_poll_may_not_have_seen()
    {
        var task = Task();
        _schedule.Plan(task, _clock.Now);
        Poll(task);
        Hint(task);
        Assert.Null(Take());
        task.EndPoll();
        _schedule.Plan(task, _clock.Now.AddHours(1));
        Assert.Equal(Second, _schedule.UntilNext());
    }

    [Fact]
    public void A_hint_before_the_task_is_known_makes_its_first_poll_come_at_once()
    {
        var (tasks, task) = (new PolledTasks(), Task());
        Assert.False(tasks.TryHint(task.Job, out _));
        tasks.Expect(task.Job);
        Assert.True(tasks.Knows(task.Job));
        Assert.True(tasks.TryHint(task.Job, out var nothing));
        Assert.Null(nothing);
        tasks.Add(task);
        _schedule.Plan(task, _clock.Now.AddHours(1));
        Poll(task);
    }

    [Fact]
    public void A_job_that_was_not_accepted_or_has_ended_is_forgotten()
    {
        var (tasks, task) = (new PolledTasks(), Task());
        tasks.Expect(task.Job);
        tasks.Unexpect(task.Job);
        Assert.False(tasks.Knows(task.Job));

        tasks.Add(task);
        Assert.True(tasks.TryHint(task.Job, out var planned));
        Assert.Same(task, planned);
        tasks.Remove(task);
        Assert.False(tasks.TryHint(task.Job, out _));
    }

    [Fact]
    public void A_guest_leaves_unless_it_is_hinted_at_again()
    {
        var guest = Task(isGuest: true);
        Assert.True(guest.TryHint());
        Assert.False(guest.TryRetire());
        guest.BeginPoll(_clock.Now);
        Assert.True(guest.TryRetire());
        Assert.False(guest.TryHint());
        Assert.True(guest.IsRetired);
    }
}
