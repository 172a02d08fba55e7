using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Teams;

namespace Gateway.Grains.Tests.Teams;

public sealed class TeamUseTests
{
    private static readonly TeamUse Empty = TeamUse.Nothing.At(Make.Noon);

    [Fact]
    public void L3_A_team_holds_at_most_what_it_may_run_and_a_lease_asked_for_twice_is_one()
    {
        var limits = new TeamLimits(MaxRunning: 1);
        var lease = LeaseId.New();
        Assert.Null(Empty.Refuse(limits, lease, 0));

        var holding = Empty.Hold(lease, 0);
        Assert.Null(holding.Refuse(limits, lease, 0));
        Assert.Same(holding, holding.Hold(lease, 0));
        Assert.Equal(new Refusal(RefusalReason.TeamAtLimit), holding.Refuse(limits, LeaseId.New(), 0));
    }

    [Fact]
    public void C1_What_runs_and_what_was_spent_stay_within_the_teams_day()
    {
        var limits = new TeamLimits(DailyCredits: 100);
        var use = Empty.Hold(LeaseId.New(), 60) with { Used = 20 };
        Assert.Null(use.Refuse(limits, LeaseId.New(), 20));
        Assert.Equal(new Refusal(RefusalReason.TeamOutOfCredits, Make.Noon.Date.AddDays(1)), use.Refuse(limits, LeaseId.New(), 21));
    }

    [Fact]
    public void C2_A_settled_lease_is_charged_to_its_own_day_and_counted_once()
    {
        var running = LeaseId.New();
        var settled = LeaseId.New();
        var use = Empty.Hold(running, 30).Hold(settled, 30);
        use = use with { Holds = use.Holds.Replace(use.Holds[1], use.Holds[1] with { Charged = 25 }) };

        var counted = use.At(Make.Noon);
        Assert.Equal((25, 30, settled), (counted.Used, counted.Reserved, Assert.Single(counted.Counted)));
        Assert.Equal(25, counted.At(Make.Noon).Used);

        var tomorrow = use.At(Make.Noon.AddDays(1));
        Assert.Equal((0, 0, running), (tomorrow.Used, tomorrow.Reserved, Assert.Single(tomorrow.Holds).Lease));
        Assert.Equal(tomorrow.Day, tomorrow.At(Make.Noon).Day);
    }
}
