using FsCheck.Fluent;
using Gateway.Engine.Jobs;
using Gateway.Engine.Notifiers;
using Gateway.Engine.Storage;
using Gateway.Engine.Teams;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Accounts;
using Gateway.Grains.Routing;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Model.Teams;
using Gateway.Testing;

namespace Gateway.Grains.Tests.Routing;

/// <summary>H7: how much of the pool one team's requests may hold that nobody has answered.</summary>
public sealed class SlotShareTests : IAsyncLifetime
{
    private static readonly Work Video = new(JobKind.Video, "m");
    private static readonly TeamId A = new("a");
    private static readonly TeamId B = new("b");

    private readonly ManualClock _clock = new(Make.Noon);
    private readonly SqliteTestDatabase _database = new();
    private readonly FairnessOptions _fairness = new();
    private readonly List<SlotNotifier> _signals = [];
    private IGatewayStore _store = null!;
    private Node _one = null!;
    private Node _two = null!;

    private sealed record Node(
        TestNode Engine, RouterGrain Router, AccountGrain Accounts, TeamLimitsView Teams, SlotNotifier Signal, Homes Homes);

    public async ValueTask InitializeAsync()
    {
        _store = await _database.OpenAsync(new StoreClock(_clock), GetType());
        (_one, _two) = (await StartAsync(), await StartAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in new[] { _one, _two }) await node.Engine.DisposeAsync();
        foreach (var signal in _signals) signal.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task H7_requests_nobody_has_answered_hold_at_most_half_of_the_slots_and_an_answered_one_counts_no_longer()
    {
        await PoolAsync();
        Assert.Equal(4, (await AskAsync(_one, A, 20)).Count);
        Assert.Equal(4, (await AskAsync(_one, B, 20)).Count);
        Assert.Empty(await AskAsync(_one, A, 1));
        var share = _one.Router.ShareUsed(Video, A)!;
        Assert.Equal(new TeamShare(Shared.UnansweredSlots, 4, 4, 9), share);
        Assert.Contains("4 of 9", share.Describe(), StringComparison.Ordinal);
        Assert.Equal(
            RefusalReason.TeamAtShare, Assert.Single(_one.Router.WhyNot(new RouteRequest(Video, Make.JobId()) { Team = A }).Reasons).Key);

        // A task id wakes who waits for it; the slot stays taken.
        var (account, lease) = Held(A)[0];
        var pulse = _one.Signal.NextPulse();
        await _one.Engine.Runner.RunAsync(new NoteTaskTurn(account, lease.Id, lease.Job!.Value, 1, "task"), CancellationToken.None);
        await pulse.WaitAsync(TestNode.Patience);
        Assert.Single(await AskAsync(_one, A, 5));
        Assert.Empty(await AskAsync(_one, B, 5)); // nine are taken
    }

    [Fact]
    public async Task H7_a_stream_that_has_begun_is_answered()
    {
        await PoolAsync();
        await AskAsync(_one, A, 20);
        var (account, lease) = Held(A)[0];
        await _one.Engine.Runner.RunAsync(new BeginAnswerTurn(account, lease.Id, lease.Job!.Value, 1), CancellationToken.None);
        Assert.Single(await AskAsync(_one, A, 5));
    }

    [Fact]
    public async Task H7_two_nodes_at_once_hold_no_more_than_one_beyond_the_share()
    {
        await PoolAsync();
        foreach (var node in new[] { _one, _two })
        {
            node.Homes.Set([_one.Engine.Incarnation, _two.Engine.Incarnation]);
            node.Router.Rehome();
        }

        // Neither has seen what the other took.
        var taken = await Task.WhenAll(AskAsync(_one, A, 20), AskAsync(_two, A, 20));
        Assert.InRange(taken.Sum(node => node.Count), 4, 5);
        foreach (var node in new[] { _one, _two })
        {
            await node.Router.RefreshAsync(CancellationToken.None);
            Assert.Empty(await AskAsync(node, A, 5));
        }
    }

    [Fact]
    public async Task H7_simulated_whatever_two_nodes_do_no_team_passes_its_share_and_none_is_shut_out()
    {
        await PoolAsync();
        foreach (var node in new[] { _one, _two }) node.Homes.Set([_one.Engine.Incarnation, _two.Engine.Incarnation]);
        var (teams, random, most) = (new[] { A, B, TeamId.Default }, new SeededRandom(11), 0);
        for (var step = 0; step < 300; step++)
        {
            var (node, team) = (random.Next(2) == 0 ? _one : _two, teams[random.Next(teams.Length)]);
            var leases = await LeasesAsync();
            switch (random.Next(5))
            {
                case 0 when leases.Where(held => held.Lease.IsUnanswered).ToList() is { Count: > 0 } unanswered:
                    var (account, sent) = unanswered[random.Next(unanswered.Count)];
                    await node.Engine.Runner.RunAsync(
                        new NoteTaskTurn(account, sent.Id, sent.Job!.Value, 1, "task"), CancellationToken.None);
                    break;
                case 1 when leases.Count > 0:
                    var (of, over) = leases[random.Next(leases.Count)];
                    await node.Accounts.ReleaseAsync(of, over.Id, new Settlement.Done(), CancellationToken.None);
                    break;
                default:
                    await AskAsync(node, team, 1 + random.Next(6));
                    break;
            }

            leases = await LeasesAsync();
            most = Math.Max(most, teams.Max(one => leases.Count(held => held.Lease.Holder == one && held.Lease.IsUnanswered)));
            Assert.InRange(most, 0, 5); // four of nine, and one for the second node
            if (leases.Count == 9 || leases.Exists(held => held.Lease.Holder == team && held.Lease.IsUnanswered)) continue;
            await node.Router.RefreshAsync(CancellationToken.None);
            Assert.Single(await AskAsync(node, team, 1));
        }

        Assert.InRange(most, 4, 5);
    }

    private async Task<List<(AccountId Account, Lease Lease)>> LeasesAsync() =>
        [.. (await _store.Queries.AccountsAsync(CancellationToken.None)).SelectMany(account => account.Leases.Select(lease => (account.Id, lease)))];

    [Fact]
    public async Task H7_the_share_is_of_the_slots_that_could_serve_the_work_and_one_at_least()
    {
        await PoolAsync();
        var pinned = Video with { Pinned = new AccountId("1") };
        Assert.Single(await AskAsync(_one, A, 5, pinned));
        await _one.Accounts.ChangeAsync(
            new AccountId("2"), "test", "drain", account => account with { Draining = true }, CancellationToken.None);
        Assert.Equal(2, (await AskAsync(_one, A, 20)).Count);
        Assert.Equal(new TeamShare(Shared.UnansweredSlots, 3, 3, 6), _one.Router.ShareUsed(Video, A));
        // Where the whole pool is one account, what is held elsewhere does not count.
        await _one.Accounts.SaveAsync(Make.Spec("4", maxJobs: 1), "test", CancellationToken.None);
        Assert.Single(await AskAsync(_one, A, 5, Video with { Pinned = new AccountId("4") }));
    }

    [Fact]
    public async Task H7_a_team_that_is_alone_and_a_gateway_without_shares_know_no_bound()
    {
        await AccountsAsync();
        await _one.Teams.RefreshAsync(CancellationToken.None);
        Assert.Equal(9, (await AskAsync(_one, TeamId.Default, 20)).Count);
        Assert.Null(_one.Router.HoldsShare(Video, TeamId.Default));
    }

    [Fact]
    public async Task H7_a_share_of_all_switches_it_off()
    {
        (_fairness.UnansweredShare, _fairness.SlotShare) = (1, 1);
        await PoolAsync();
        Assert.Equal(9, (await AskAsync(_one, A, 20)).Count);
        Assert.Null(_one.Router.HoldsShare(Video, A));
    }

    [Fact]
    public async Task H7_calls_are_no_requests_without_an_answer_and_count_as_slots()
    {
        await PoolAsync();
        var chat = new Work(JobKind.Chat, "m");
        Assert.Equal(4, (await AskAsync(_one, A, 4, chat, isCall: true)).Count);
        Assert.Equal(new TeamShare(Shared.Slots, 4, 4, 9), _one.Router.HoldsShare(chat, A));
        Assert.Null(_one.Router.HoldsShare(chat, B));
        Assert.Null(_one.Router.ShareUsed(Video, A));
    }

    [Fact]
    public void H7_what_a_team_holds_is_counted_as_the_leases_and_questions_say() => Law.HoldsForAll(
        from team in Gen.Choose(0, 2)
        from action in Gen.Choose(0, 4)
        from index in Gen.Choose(0, 9)
        select (team, action, index),
        steps =>
        {
            var slots = new TeamSlots("node");
            var view = new AccountView(Make.Account(maxJobs: 10), slots);
            Dictionary<int, LeaseRequest> asked = [];
            foreach (var (team, action, index) in steps)
            {
                var request = Make.ForJob(Make.JobId(), owner: index % 2 == 0 ? "node" : "other") with
                {
                    Id = new LeaseId($"{index}"),
                    Holder = new TeamId($"t{team}"),
                };
                var state = view.State;
                switch (action)
                {
                    case 0 when !asked.ContainsKey(index) && state.FindLease(request.Id) is null:
                        asked[index] = request with { Owner = "node" };
                        view.Ask(asked[index]);
                        break;
                    case 1 when asked.Remove(index):
                        view.Hear(request.Id);
                        break;
                    case 2:
                        view.See(
                            state.Acquire(
                                asked.GetValueOrDefault(index, request), Make.VideoLimit,
                                Make.Noon).Next with
                            { Version = state.Version + 1 });
                        break;
                    case 3:
                        view.See(state.NoteTask(request.Id, "task") with { Version = state.Version + 1 });
                        break;
                    default:
                        view.See(state.Release(request.Id, new Settlement.Done(), Make.Noon).Next with { Version = state.Version + 1 });
                        asked.Remove(index);
                        view.Hear(request.Id);
                        break;
                }

                foreach (var number in Enumerable.Range(0, 3))
                {
                    var of = new TeamId($"t{number}");
                    var leases = view.State.Leases.Where(lease => lease.Holder == of).ToList();
                    var pending = asked.Values.Where(ask => ask.Holder == of && view.State.FindLease(ask.Id) is null).ToList();
                    Assert.Equal(
                        new SlotCount(
                            leases.Count + pending.Count, leases.Count(lease => lease.IsUnanswered) + pending.Count,
                            leases.Count(lease => lease.IsUnanswered && lease.Owner == "node") + pending.Count),
                        slots.Of(of));
                    Assert.Equal(slots.Of(of), slots.ByAccount(of).Values.Aggregate(default(SlotCount), (sum, count) => sum + count));
                }
            }
        });

    private async Task<Node> StartAsync()
    {
        var identity = await _store.Nodes.RegisterAsync(CancellationToken.None);
        var engine = new TestNode(identity, _store.OpenTurnStore(identity), new BatchOptions(), TimeProvider.System);
        var (signal, homes, teams) = (new SlotNotifier(_clock), new Homes(identity), new TeamLimitsView(_store.Queries, _clock));
        _signals.Add(signal);
        var overloads = new OverloadBreakers(new OverloadOptions(), signal, new SeededRandom(7), _clock);
        var router = new RouterGrain(
            new StoredAccounts(engine.Runner, _store.Queries),
            new WorkTerms(new UpstreamRegistry([new NamedUpstream()]), Shipped.Prices, PaceTable.Off, KindLimits.Default),
            signal,
            new LiveOperations(overloads),
            homes,
            new TeamShares(teams, _fairness),
            new SeededRandom(5),
            _clock);
        engine.Runner.Observe(router);
        engine.Start();
        return new Node(engine, router, new AccountGrain(engine.Runner, KindLimits.Default), teams, signal, homes);
    }

    /// <summary>Nine slots on three accounts, and two teams beside the first.</summary>
    private async Task PoolAsync()
    {
        await AccountsAsync();
        foreach (var team in new[] { A, B })
            await _one.Engine.Runner.RunAsync(new CreateTeamTurn(team, team.Value, 1, TeamLimits.None, "test"), CancellationToken.None);
        foreach (var node in new[] { _one, _two })
        {
            await node.Teams.RefreshAsync(CancellationToken.None);
            await node.Router.RefreshAsync(CancellationToken.None);
        }
    }

    private async Task AccountsAsync()
    {
        foreach (var id in new[] { "1", "2", "3" })
            await _one.Accounts.SaveAsync(Make.Spec(id, maxJobs: 3), "test", CancellationToken.None);
    }

    private List<(AccountId Account, Lease Lease)> Held(TeamId team) =>
        [.. _one.Router.All().SelectMany(account => account.Leases.Where(lease => lease.Holder == team).Select(lease => (account.Id, lease)))];

    private static async Task<List<Lease>> AskAsync(Node node, TeamId team, int times, Work? work = null, bool isCall = false)
    {
        List<Lease> taken = [];
        for (var i = 0; i < times; i++)
        {
            var request = new RouteRequest(work ?? Video, isCall ? null : Make.JobId(), isCall ? 0 : 1) { Team = team };
            await node.Router.TryRouteAsync(request, async (account, lease) =>
            {
                var answer = await node.Accounts.AcquireAsync(account.Id, lease, CancellationToken.None);
                if (answer.Lease is { } granted) taken.Add(granted);
                return answer.Refusal;
            });
        }

        return taken;
    }
}
