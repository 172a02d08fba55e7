using Gateway.Engine.Accounts;
using Gateway.Engine.Notifiers;
using Gateway.Engine.Storage;
using Gateway.Engine.Teams;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Accounts;
using Gateway.Grains.Routing;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Testing;

namespace Gateway.Grains.Tests.Routing;

/// <summary>The router over a real store: its view, its refusals, its wake-ups.</summary>
public sealed class RouterTests : IAsyncLifetime
{
    private static readonly Work Chat = new(JobKind.Chat, "m");

    private readonly ManualClock _clock = new(Make.Noon);
    private readonly SqliteTestDatabase _database = new();
    private IGatewayStore _store = null!;
    private TestNode _node = null!;
    private AccountGrain _accounts = null!;
    private SlotNotifier _signal = null!;
    private Homes _homes = null!;
    private OverloadBreakers _overloads = null!;
    private RouterGrain _router = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await _database.OpenAsync(new StoreClock(_clock), GetType());
        var identity = await _store.Nodes.RegisterAsync(CancellationToken.None);
        _node = new TestNode(identity, _store.OpenTurnStore(identity), new BatchOptions(), TimeProvider.System);
        _accounts = new AccountGrain(_node.Runner, KindLimits.Default);
        _signal = new SlotNotifier(_clock);
        _homes = new Homes(identity);
        _overloads = new OverloadBreakers(new OverloadOptions(), _signal, new SeededRandom(7), _clock);
        _router = RouterOf(_node);
        _node.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _signal.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task L3_A_burst_over_all_slots_grants_each_slot_once_and_refuses_the_rest()
    {
        await SaveAsync(Make.Spec("1", maxJobs: 3));
        await SaveAsync(Make.Spec("2", maxJobs: 4));

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => TakeAsync(Chat)));

        Assert.Equal(7, results.Count(result => result.Nobody is null));
        Assert.All(
            results.Where(result => result.Nobody is not null),
            result => Assert.Equal(2, result.Nobody!.Reasons[RefusalReason.NoFreeSlot]));
        Assert.Equal(3, _router.Find(new AccountId("1"))!.Leases.Length);
        Assert.Equal(4, _router.Find(new AccountId("2"))!.Leases.Length);
    }

    [Fact]
    public async Task Q4_A_release_that_is_queued_counts_before_nobody_is_said_to_be_free()
    {
        // A node whose batches run when the test says so.
        var identity = await _store.Nodes.RegisterAsync(CancellationToken.None);
        await using var node = new TestNode(identity, _store.OpenTurnStore(identity), new BatchOptions(), TimeProvider.System);
        var router = RouterOf(node);
        await node.RunAsync(new SaveAccountTurn(Make.Spec("1", maxJobs: 1), "test"));
        var lease = (await node.RunAsync(new AcquireTurn(new AccountId("1"), Make.Call(), KindLimits.Default))).Lease!;

        // The release is queued and uncommitted; view and store both show the account full.
        node.Runner.Oblige(new ReleaseTurn(new AccountId("1"), lease.Id, new Settlement.Done()));
        var route = router.RouteAsync(new RouteRequest(Chat), async (account, request) =>
            (await node.Runner.RunAsync(new AcquireTurn(account.Id, request, KindLimits.Default), CancellationToken.None)).Refusal);
        while (!route.IsCompleted)
        {
            await node.SettleAsync();
            await Task.Yield();
        }

        Assert.Null(await route);
    }

    [Fact]
    public async Task Q4_A_change_made_behind_the_routers_back_is_found_in_the_store()
    {
        await SaveAsync(Make.Spec("1", maxJobs: 1));
        Assert.Null((await TakeAsync(Chat)).Nobody);

        await SaveElsewhereAsync(Make.Spec("2", maxJobs: 1));
        Assert.Equal("2", (await TakeAsync(Chat)).Account!.Id.Value);
    }

    [Fact]
    public async Task Q4_J6_An_account_added_at_another_node_is_found_before_a_final_no()
    {
        Assert.NotNull(await _router.CanNeverServeAsync(Chat, CancellationToken.None));
        Assert.Null(await _router.PickAbleAsync(Chat, CancellationToken.None));

        await SaveElsewhereAsync(Make.Spec("1"));
        Assert.NotNull(_router.CanNeverServe(Chat)); // the view has not heard of it
        Assert.Null(await _router.CanNeverServeAsync(Chat, CancellationToken.None));

        await SaveElsewhereAsync(Make.Spec("2"));
        Assert.Equal("2", (await _router.PickAbleAsync(Chat with { Pinned = new AccountId("2") }, CancellationToken.None))?.Id.Value);

        await SaveElsewhereAsync(Make.Spec("3"));
        Assert.False(await _router.IsGoneAsync(new AccountId("3"), CancellationToken.None));
        Assert.True(await _router.IsGoneAsync(new AccountId("4"), CancellationToken.None));
    }

    [Fact]
    public async Task J8_a_poll_sent_with_the_old_credential_teaches_nothing_about_the_new_one()
    {
        await SaveAsync(Make.Spec("1"));
        var dead = Make.Error(ErrorClass.AuthDead);
        _accounts.Learn(new AccountId("1"), dead, "the credential before", team: null);
        await SaveAsync(Make.Spec("2")); // committed after it
        Assert.False(_router.Find(new AccountId("1"))!.Health.AuthFailed);

        _accounts.Learn(new AccountId("1"), dead, _router.Find(new AccountId("1"))!.SealedSecret, team: null);
        await SaveAsync(Make.Spec("3"));
        Assert.True(_router.Find(new AccountId("1"))!.Health.AuthFailed);
    }

    [Fact]
    public async Task V3_Two_nodes_that_probe_for_one_doubt_count_one_strike_and_a_probe_with_an_old_credential_none()
    {
        var id = new AccountId("1");
        var doubt = new UpstreamError(ErrorClass.Suspect, Code: null, "not today", Billed.No, TimeSpan.Zero, HttpStatus: 401);
        await SaveAsync(Make.Spec("1"));
        var rang = 0;
        _router.ProbesChanged += () => rang++;
        _accounts.Learn(id, doubt, _router.Find(id)!.SealedSecret, team: null);
        await SaveAsync(Make.Spec("2")); // committed after it
        var account = _router.Find(id)!;
        Assert.Equal((HealthState.Suspect, 1), (account.Health.StateAt(_clock.Now), rang));

        var probe = new Probe(account.SealedSecret, account.Health.ProbeAt);
        Assert.False(await ProbedAsync(probe with { SentWith = "the credential before" }, null));
        Assert.True(await ProbedAsync(probe, doubt));
        Assert.False(await ProbedAsync(probe, doubt));
        Assert.Equal((1, 2), (_router.Find(id)!.Health.Suspicion!.Strikes, rang));

        // A good answer is taken whenever it comes; who asked out of turn counts too.
        Assert.True(await ProbedAsync(probe with { Due = null }, doubt));
        Assert.Equal(HealthState.Parked, _router.Find(id)!.Health.StateAt(_clock.Now));
        Assert.True(await ProbedAsync(probe, null));
        Assert.Equal(HealthState.Ok, _router.Find(id)!.Health.StateAt(_clock.Now));

        Task<bool> ProbedAsync(Probe sent, UpstreamError? error) =>
            _accounts.ProbedAsync(id, sent, error, actor: null, CancellationToken.None);
    }

    [Fact]
    public async Task V5_Who_has_been_asked_is_not_asked_again_and_the_look_tells_of_the_others()
    {
        await SaveAsync(Make.Spec("1", maxJobs: 5));
        await SaveAsync(Make.Spec("2", maxJobs: 5));
        var asked = new RouteRequest(Chat) { Except = new HashSet<AccountId> { new("1") } };
        for (var i = 0; i < 5; i++) Assert.True(await _router.TryRouteAsync(asked, async (account, request) =>
        {
            Assert.Equal("2", account.Id.Value);
            return (await _accounts.AcquireAsync(account.Id, request, CancellationToken.None)).Refusal;
        }));

        Assert.False(_router.CanServeNow(asked));
        Assert.True(_router.CanServeNow(Chat));
        Assert.Equal(
            (RefusalReason.NoFreeSlot, 1), Assert.Single(_router.WhyNot(asked).Reasons.Select(reason => (reason.Key, reason.Value))));
    }

    // Seconds until each account's rest ends, null where its credential was refused and it is probed in two; what the look names.
    [Theory]
    [InlineData(10, 30, 10)]
    [InlineData(30, null, 30)]
    [InlineData(null, null, 2)]
    public async Task V5_The_next_instant_is_the_first_that_is_sure_to_come_else_the_next_probe(int? one, int? other, int seconds)
    {
        await SaveAsync(Make.Spec("1"));
        await SaveAsync(Make.Spec("2"));
        foreach (var (id, rest) in new[] { ("1", one), ("2", other) })
            await _accounts.ChangeAsync(new AccountId(id), "test", "rest", account => account with
            {
                Health = rest is { } wait
                    ? account.Health.Cool(Make.Noon.AddSeconds(wait), "rest")
                    : account.Health.After(Make.Error(ErrorClass.AuthDead), "m", Make.Noon),
            }, CancellationToken.None);

        var nobody = _router.WhyNot(Chat);

        Assert.Equal((Make.Noon.AddSeconds(seconds), TimeSpan.FromSeconds(seconds)), (nobody.Until!.Value, nobody.Wait!.Value));
        Assert.Equal(one is null, nobody.IsOfDoubts);
        Assert.Equal(one is not null, nobody.MayEndWithin(TimeSpan.FromSeconds(seconds), evenByRest: true));
        Assert.False(nobody.MayEndWithin(TimeSpan.FromSeconds(seconds), evenByRest: false));
    }

    [Fact]
    public async Task J6_work_dearer_than_any_whole_day_is_named()
    {
        await SaveAsync(Make.Spec("1", daily: 10));
        var video = new Work(JobKind.Video, "MiniMax-Hailuo-02");
        Assert.Contains("a whole day", _router.CanNeverServe(video)!.Why, StringComparison.Ordinal);
        await SaveAsync(Make.Spec("2", daily: 100));
        Assert.Null(_router.CanNeverServe(video));
    }

    [Fact]
    public async Task A_pinned_request_takes_its_account_or_none()
    {
        await SaveAsync(Make.Spec("1", maxJobs: 1));
        await SaveAsync(Make.Spec("2", maxJobs: 5));
        var pinned = Chat with { Pinned = new AccountId("1") };

        Assert.Equal("1", (await TakeAsync(pinned)).Account!.Id.Value);
        Assert.NotNull((await TakeAsync(pinned)).Nobody);
    }

    [Fact]
    public async Task J7_An_account_that_refused_a_job_is_asked_only_when_no_other_fits()
    {
        await SaveAsync(Make.Spec("1", maxJobs: 5));
        await SaveAsync(Make.Spec("2", maxJobs: 1));
        var avoid = new HashSet<AccountId> { new("1") };

        Assert.Equal("2", (await TakeAsync(Chat, avoid)).Account!.Id.Value);

        // The other is merely full: it is waited for. Once it cannot serve at all, the first is asked again.
        Assert.NotNull((await TakeAsync(Chat, avoid)).Nobody);
        await _accounts.ChangeAsync(new AccountId("2"), "test", "drain", account => account.Drain(), CancellationToken.None);
        Assert.Equal("1", (await TakeAsync(Chat, avoid)).Account!.Id.Value);
    }

    [Fact]
    public async Task J6_Work_that_no_account_could_ever_serve_is_named_with_its_reason()
    {
        Assert.Contains("no account", _router.CanNeverServe(Chat)!.Why, StringComparison.OrdinalIgnoreCase);

        await SaveAsync(
            Make.Spec("1") with
            {
                Patch = new AccountPatch
                {
                    MaxJobs = 1,
                    Models = new Optional<System.Collections.Immutable.ImmutableArray<string>?>(true, ["only"]),
                },
            });
        Assert.Contains("model list", _router.CanNeverServe(Chat)!.Why, StringComparison.Ordinal);
        Assert.Contains("driver", _router.CanNeverServe(new Work(JobKind.Music, "m"))!.Why, StringComparison.Ordinal);
        Assert.Contains("pinned", _router.CanNeverServe(Chat with { Pinned = new AccountId("9") })!.Why, StringComparison.Ordinal);
        Assert.Null(_router.CanNeverServe(new Work(JobKind.Chat, "only")));

        await SaveAsync(Make.Spec("2"));
        Assert.Null(_router.CanNeverServe(Chat));
    }

    [Fact]
    public async Task Q5_The_end_of_a_cool_down_wakes_whoever_waits()
    {
        await SaveAsync(Make.Spec("1"));
        await _accounts.ChangeAsync(
            new AccountId("1"),
            "test",
            "cool",
            account => account with { Health = account.Health.Cool(Make.Noon.AddMinutes(1), "test") },
            CancellationToken.None);
        var pulse = _signal.NextPulse();

        Assert.NotNull((await TakeAsync(Chat)).Nobody);
        pulse = _signal.NextPulse();
        _clock.Advance(TimeSpan.FromSeconds(61));

        await pulse.WaitAsync(TestNode.Patience);
        Assert.Null((await TakeAsync(Chat)).Nobody);
    }

    [Fact]
    public async Task Q5_The_roll_over_of_the_day_wakes_whoever_waits_for_credits()
    {
        await SaveAsync(Make.Spec("1", daily: 10));
        var video = new Work(JobKind.Video, "m"); // 30 credits
        Assert.Equal(RefusalReason.OutOfCredits, Assert.Single((await TakeAsync(video)).Nobody!.Reasons).Key);
        var pulse = _signal.NextPulse();

        _clock.Set(Make.Noon.Date.AddDays(1).AddSeconds(1));

        await pulse.WaitAsync(TestNode.Patience);
    }

    [Fact]
    public async Task Q7_Q5_An_account_at_its_pace_is_busy_and_its_next_instant_wakes_whoever_waits()
    {
        await SaveAsync(Make.Spec("1", maxJobs: 10));
        var image = new Work(JobKind.Image, "image-01"); // 10 a minute
        for (var i = 0; i < 10; i++) await GiveBackAsync(await TakeAsync(image));

        // From the view alone, as the one at the head of a line looks.
        var pulse = _signal.NextPulse();
        Assert.False(
            await _router.TryRouteAsync(new RouteRequest(image), (_, _) => throw new InvalidOperationException("its view knows better")));
        Assert.Equal(
            (RefusalReason.Paced, Make.Noon.AddSeconds(65)),
            (Assert.Single(_router.WhyNot(image).Reasons).Key, _router.WhyNot(image).Until));
        Assert.Null((await TakeAsync(Chat)).Nobody);
        _clock.Advance(TimeSpan.FromSeconds(66));

        await pulse.WaitAsync(TestNode.Patience);
        Assert.Null((await TakeAsync(image)).Nobody);
    }

    [Fact]
    public async Task Q7_Two_nodes_together_keep_to_an_accounts_pace()
    {
        await SaveAsync(Make.Spec("1", maxJobs: 10));
        var identity = await _store.Nodes.RegisterAsync(CancellationToken.None);
        await using var neighbour = new TestNode(identity, _store.OpenTurnStore(identity), new BatchOptions(), TimeProvider.System);
        var image = new Work(JobKind.Image, "image-01");
        for (var i = 0; i < 10; i++)
        {
            var request = Make.Call() with { Work = image, Pace = Shipped.Paces.Of("platform", image) };
            var lease = (await neighbour.RunAsync(new AcquireTurn(new AccountId("1"), request, KindLimits.Default))).Lease!;
            await neighbour.RunAsync(new ReleaseTurn(new AccountId("1"), lease.Id, new Settlement.Done()));
        }

        Assert.Equal(RefusalReason.Paced, Assert.Single((await TakeAsync(image)).Nobody!.Reasons).Key);
    }

    [Fact]
    public async Task J7_An_account_at_its_pace_is_waited_for_rather_than_the_refusing_one_asked_again()
    {
        await SaveAsync(Make.Spec("1", maxJobs: 10));
        await SaveAsync(Make.Spec("2", maxJobs: 10));
        var image = new Work(JobKind.Image, "image-01");
        var avoid = new HashSet<AccountId> { new("1") };
        for (var i = 0; i < 10; i++) await GiveBackAsync(await TakeAsync(image, avoid));

        Assert.NotNull((await TakeAsync(image, avoid)).Nobody);
    }

    [Fact]
    public async Task An_overloaded_model_is_asked_of_no_account_until_one_probe_is_served()
    {
        await SaveAsync(Make.Spec("1", maxJobs: 5));
        await SaveAsync(Make.Spec("2", maxJobs: 5));
        var first = await TakeAsync(Chat);
        _overloads.Hear(first.Account!, Chat, team: null, first.Lease!.Id, Make.Error(ErrorClass.Overload));

        Assert.Equal(
            (RefusalReason.Overloaded, 2),
            Assert.Single((await TakeAsync(Chat)).Nobody!.Reasons.Select(reason => (reason.Key, reason.Value))));
        Assert.Null((await TakeAsync(new Work(JobKind.Chat, "other"))).Nobody);
        var pulse = _signal.NextPulse();
        _clock.Advance(TimeSpan.FromSeconds(7));
        await pulse.WaitAsync(TestNode.Patience);

        var probe = await TakeAsync(Chat);
        Assert.Null(probe.Nobody);
        Assert.NotNull((await TakeAsync(Chat)).Nobody);
        _overloads.Hear(probe.Account!, Chat, team: null, probe.Lease!.Id, error: null);
        Assert.Null((await TakeAsync(Chat)).Nobody);
    }

    [Fact]
    public async Task A_probe_that_was_not_taken_lets_the_next_one_probe()
    {
        await SaveAsync(Make.Spec("1", maxJobs: 5));
        _overloads.Hear(_router.Find(new AccountId("1"))!, Chat, team: null, new LeaseId("x"), Make.Error(ErrorClass.Overload));
        _clock.Advance(TimeSpan.FromSeconds(7));

        Assert.False(
            await _router.TryRouteAsync(
                new RouteRequest(Chat), (_, _) => Task.FromResult<Refusal?>(new Refusal(RefusalReason.NoFreeSlot))));
        await Assert.ThrowsAsync<TimeoutException>(
            () => _router.TryRouteAsync(new RouteRequest(Chat), (_, _) => throw new TimeoutException()));
        Assert.Null((await TakeAsync(Chat)).Nobody);
    }

    [Fact]
    public async Task Q5_A_release_and_an_account_change_pulse_and_a_mere_acquire_does_not()
    {
        await SaveAsync(Make.Spec("1", maxJobs: 3));
        var pulse = _signal.NextPulse();
        var taken = await TakeAsync(Chat);
        Assert.False(pulse.IsCompleted);

        await _accounts.ReleaseAsync(new AccountId("1"), taken.Lease!.Id, new Settlement.Done(), CancellationToken.None);
        await pulse.WaitAsync(TestNode.Patience);

        pulse = _signal.NextPulse();
        await SaveAsync(Make.Spec("2"));
        await pulse.WaitAsync(TestNode.Patience);
    }

    [Fact]
    public async Task Q6_Accounts_homed_here_are_taken_first_and_the_others_when_those_are_full()
    {
        string[] others = ["another node", "a third"];
        var ids = Enumerable.Range(1, 60).Select(number => new AccountId($"{number}")).ToList();
        foreach (var id in ids) await SaveAsync(Make.Spec(id.Value, maxJobs: 2));
        _homes.Set([_node.Incarnation, .. others]);
        _router.Rehome();
        var home = ids.Where(_homes.Has).ToHashSet();
        Assert.InRange(home.Count, 1, 59);

        List<AccountId> taken = [];
        for (var i = 0; i < 120; i++) taken.Add((await TakeAsync(Chat)).Account!.Id);

        Assert.All(taken.Take(2 * home.Count), id => Assert.Contains(id, home));
        Assert.All(taken.Skip(2 * home.Count), id => Assert.DoesNotContain(id, home));
    }

    [Fact]
    public async Task Q6_The_others_going_away_brings_every_account_home()
    {
        var ids = Enumerable.Range(1, 12).Select(number => new AccountId($"{number}")).ToList();
        foreach (var id in ids) await SaveAsync(Make.Spec(id.Value));
        Assert.True(_homes.Set(["another node"]));
        Assert.DoesNotContain(ids, _homes.Has);

        Assert.True(_homes.Set([_node.Incarnation]));
        Assert.False(_homes.Set([_node.Incarnation]));
        _router.Rehome();
        Assert.All(ids, id => Assert.True(_homes.Has(id)));
    }

    [Fact]
    public async Task T4_An_account_another_node_holds_is_passed_over_and_waited_for_only_when_no_other_is_free()
    {
        foreach (var id in new[] { "1", "2" }) await SaveAsync(Make.Spec(id));
        List<(AccountId Account, bool IsPatient)> asked = [];

        Assert.Null(await _router.RouteAsync(new RouteRequest(Chat), TakeAsync));
        Assert.Equal([false, false, true], asked.Select(ask => ask.IsPatient));
        Assert.NotEqual(asked[0].Account, asked[1].Account);

        // Who looks again anyway is woken instead.
        asked.Clear();
        var pulse = _signal.NextPulse();
        Assert.False(await _router.TryRouteAsync(new RouteRequest(Chat), TakeAsync));
        Assert.Equal([false, false], asked.Select(ask => ask.IsPatient));
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        await pulse.WaitAsync(TestNode.Patience);

        Task<Refusal?> TakeAsync(AccountState account, LeaseRequest lease)
        {
            asked.Add((account.Id, lease.IsPatient));
            return Task.FromResult(lease.IsPatient ? null : new Refusal(RefusalReason.Contended));
        }
    }

    private RouterGrain RouterOf(TestNode node)
    {
        var router = new RouterGrain(
            new StoredAccounts(node.Runner, _store.Queries),
            new WorkTerms(new UpstreamRegistry([new NamedUpstream()]), Shipped.Prices, Shipped.Paces, KindLimits.Default),
            _signal,
            new LiveOperations(_overloads),
            _homes,
            new TeamShares(new TeamLimitsView(_store.Queries, _clock), new FairnessOptions()),
            new SeededRandom(5),
            _clock);
        node.Runner.Observe(router);
        return router;
    }

    private Task<bool> GiveBackAsync((AccountState? Account, Lease? Lease, NobodyFree? Nobody) taken) =>
        _accounts.ReleaseAsync(taken.Account!.Id, taken.Lease!.Id, new Settlement.Done(), CancellationToken.None);

    private async Task SaveElsewhereAsync(AccountSpec spec)
    {
        var other = await _store.Nodes.RegisterAsync(CancellationToken.None);
        await using var neighbour = new TestNode(other, _store.OpenTurnStore(other), new BatchOptions(), TimeProvider.System);
        await neighbour.RunAsync(new SaveAccountTurn(spec, "test"));
    }

    private Task SaveAsync(AccountSpec spec) => _accounts.SaveAsync(spec, "test", CancellationToken.None);

    private async Task<(
        AccountState? Account, Lease? Lease, NobodyFree? Nobody)> TakeAsync(Work work, IReadOnlySet<AccountId>? avoid = null)
    {
        AccountState? taken = null;
        Lease? lease = null;
        var nobody = await _router.RouteAsync(
            new RouteRequest(work) { Avoid = avoid ?? new HashSet<AccountId>() }, async (account, request) =>
        {
            var result = await _accounts.AcquireAsync(account.Id, request, CancellationToken.None);
            if (result.Lease is not null) (taken, lease) = (result.Account, result.Lease);
            return result.Refusal;
        });
        return (taken, lease, nobody);
    }
}
