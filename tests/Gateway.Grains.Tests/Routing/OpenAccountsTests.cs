using FsCheck;
using FsCheck.Fluent;
using Gateway.Grains.Routing;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Ids;

namespace Gateway.Grains.Tests.Routing;

public sealed class OpenAccountsTests
{
    [Fact]
    public void A_pick_gives_every_fitting_account_the_same_chance()
    {
        var open = new OpenAccounts();
        var views = Views(10, open);
        var fitting = views.Take(4).ToHashSet();
        var picks = new Dictionary<AccountView, int>();
        var random = new SeededRandom(7);

        for (var i = 0; i < 40_000; i++)
        {
            var pick = open.Pick(fitting.Contains, random)!;
            picks[pick] = picks.GetValueOrDefault(pick) + 1;
        }

        // Each is expected 10,000 times with a deviation of about 87; six of those is beyond any doubt.
        Assert.Equal(fitting, picks.Keys.ToHashSet());
        Assert.All(picks.Values, count => Assert.InRange(count, 9_480, 10_520));
    }

    [Fact]
    public void The_only_fitting_account_among_many_is_found()
    {
        var open = new OpenAccounts();
        var views = Views(1_000, open);

        Assert.Same(views[617], open.Pick(view => view == views[617], new SeededRandom(1)));
        Assert.Null(open.Pick(_ => false, new SeededRandom(1)));
    }

    [Fact]
    public void A_pick_looks_at_no_more_accounts_when_there_are_more()
    {
        int Looks(int accounts)
        {
            var open = new OpenAccounts();
            Views(accounts, open);
            var looks = 0;
            for (var i = 0; i < 1_000; i++) open.Pick(_ => { looks++; return true; }, new SeededRandom(i));
            return looks;
        }

        Assert.Equal(Looks(10), Looks(10_000));
    }

    [Fact]
    public void The_set_holds_exactly_the_open_accounts_whatever_happens() => Prop.ForAll(
        Gen.Choose(0, 9).SelectMany(index => Gen.Choose(0, 3).Select(running => (index, running))).ListOf().ToArbitrary(),
        steps =>
        {
            var open = new OpenAccounts();
            var views = Views(10, open);
            foreach (var (index, running) in steps)
            {
                for (var asked = 0; asked < running; asked++) views[index].Ask(Make.Call() with { Id = new LeaseId($"{asked}") });
                for (var heard = running; heard < 3; heard++) views[index].Hear(new LeaseId($"{heard}"));
                open.Update(views[index]);
            }

            HashSet<AccountView> seen = [];
            open.Pick(view => { seen.Add(view); return false; }, new SeededRandom(3));
            return open.Count == views.Count(view => view.IsOpen) && seen.SetEquals(views.Where(view => view.IsOpen));
        }).QuickCheckThrowOnFailure();

    private static List<AccountView> Views(int count, OpenAccounts open)
    {
        var views = Enumerable.Range(1, count)
            .Select(id => new AccountView(Make.Account(maxJobs: 2, id: $"{id}"), new TeamSlots("node")))
            .ToList();
        foreach (var view in views) open.Update(view);
        return views;
    }
}
