using FsCheck;
using FsCheck.Fluent;
using Gateway.Engine.Turns;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Queueing;

namespace Gateway.Grains.Tests.Routing;

public sealed class RendezvousHashTests
{
    private static readonly string[] Accounts = [.. Enumerable.Range(1, 2_000).Select(number => $"{number:D18}")];

    private static Arbitrary<int> Seeds => Gen.Choose(0, int.MaxValue).ToArbitrary();

    [Fact]
    public void Q6_A_node_that_joins_takes_accounts_and_moves_no_other() => Prop.ForAll(Seeds, seed =>
    {
        var nodes = Nodes(seed);
        var joined = $"{new Guid(seed, 7, 7, new byte[8]):N}";
        var (before, after) = (new RendezvousHash(nodes), new RendezvousHash([.. nodes, joined]));

        return Accounts.All(account => after.Find(account) == before.Find(account) || after.Find(account) == joined);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Q6_A_node_that_leaves_gives_its_accounts_away_and_moves_no_other() => Prop.ForAll(Seeds, seed =>
    {
        var nodes = Nodes(seed);
        var (before, after) = (new RendezvousHash(nodes), new RendezvousHash(nodes[1..]));

        return Accounts.All(account => before.Find(account) == nodes[0] || after.Find(account) == before.Find(account));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Q6_Accounts_are_spread_evenly_over_the_nodes() => Prop.ForAll(Seeds, seed =>
    {
        var nodes = Nodes(seed);
        var hash = new RendezvousHash(nodes);
        var counts = Accounts.CountBy(account => hash.Find(account)!).ToDictionary();

        // Six deviations of a binomial: beyond chance.
        var expected = (double)Accounts.Length / nodes.Length;
        var bound = 6 * Math.Sqrt(expected * (1 - (1.0 / nodes.Length)));
        return nodes.All(node => Math.Abs(counts.GetValueOrDefault(node) - expected) <= bound);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Q6_Every_node_finds_the_same_home_whatever_order_it_heard_of_the_others_in()
    {
        string[] nodes = ["a", "b", "c", "d"];
        var hash = new RendezvousHash(nodes);

        Assert.All(Accounts, account => Assert.Equal(hash.Find(account), new RendezvousHash(["d", "b", "a", "c", "b"]).Find(account)));

        // The same in every version and on every machine: a rolling upgrade must not move the accounts.
        Assert.Equal(["c", "a", "b", "d", "c", "d", "b", "d"], Accounts.Take(8).Select(account => hash.Find(account)));
    }

    [Fact]
    public void Q6_Each_account_is_home_at_exactly_one_member_and_at_everybody_while_there_is_none()
    {
        string[] nodes = ["a", "b", "c"];
        var homes = nodes.Select((name, number) => new Homes(new NodeIdentity(name, number))).ToList();
        Assert.All(homes, home => Assert.True(home.Has(new AccountId("1"))));

        foreach (var home in homes) home.Set(nodes);
        Assert.All(Accounts, account => Assert.Single(homes, home => home.Has(new AccountId(account))));
    }

    private static string[] Nodes(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 2 + (seed % 7)).Select(_ => new Guid(random.Next(), 0, 0, new byte[8]).ToString("N"))];
    }
}
