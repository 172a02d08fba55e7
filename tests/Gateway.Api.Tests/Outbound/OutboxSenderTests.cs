using System.Net;
using Gateway.Api.Tests.Support;
using Gateway.Engine;
using Gateway.Engine.Jobs;
using Gateway.Engine.Security;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Outbox;
using Gateway.Model.Queueing;
using Gateway.Silo.Outbound;
using Gateway.Storage.Sqlite;
using Gateway.Testing;

namespace Gateway.Api.Tests.Outbound;

/// <summary>The sender on a store of its own, with a clock that the test moves.</summary>
public sealed class OutboxSenderTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("gateway-outbox-").FullName;
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30), TimeProvider.System);
    private readonly ManualClock _clock = new();
    private readonly Journal _journal = new();
    private readonly GatewayKeys _keys = GatewayKeys.From(new byte[GatewayKeys.MasterLength]);
    private readonly WebhookOptions _options = new() { LookEvery = null, AllowedNetworks = ["127.0.0.0/8"] };
    private readonly List<OutboxSender> _senders = [];
    private readonly List<IAsyncDisposable> _receivers = [];
    private SqliteDatabase _database = null!;
    private SqliteGatewayStore _store = null!;
    private ITurnStore _turns = null!;
    private long _lastJob;

    private CancellationToken Patience => _patience.Token;

    public async ValueTask InitializeAsync()
    {
        _database = SqliteDatabase.Open(_directory);
        _store = new SqliteGatewayStore(_database, new StoreClock(_clock));
        await _store.MigrateAsync(Patience);
        _turns = _store.OpenTurnStore(await _store.Nodes.RegisterAsync(Patience));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sender in _senders) await sender.StopAsync(CancellationToken.None);
        foreach (var receiver in _receivers) await receiver.DisposeAsync();
        await _turns.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
        _patience.Dispose();
        Assert.Empty(_journal.Errors);
    }

    private async Task<CallbackReceiver> ReceiverAsync()
    {
        var receiver = await CallbackReceiver.StartAsync();
        _receivers.Add(receiver);
        return receiver;
    }

    private async Task<OutboxSender> StartAsync()
    {
        var http = new OutboundHttp(
            AddressJudge.From(_options.AllowedNetworks), _clock, static (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        var sender = new OutboxSender(
            _store.Outbox, new OutboxText(_store.Queries, _store.Bodies), http, Webhooks(http), _options, new Even(), _clock,
            LoggerFactory.Create(log => log.AddProvider(_journal)).CreateLogger<OutboxSender>());
        _senders.Add(sender);
        await sender.StartAsync(Patience);
        return sender;
    }

    private WebhookPost Webhooks(OutboundHttp http) => new(
        new WebhookText(new JobViews(_store.Bodies, new PublicAddress(Root: null))),
        new WebhookSecrets(_store.Webhooks, _keys, _clock),
        _store.Webhooks,
        http,
        _options,
        _clock);

    /// <summary>Jobs that were queued and, if wanted, expired; their news are put down as turns would.</summary>
    private Task<IReadOnlyList<JobId>> AddAsync(CallbackReceiver receiver, int count = 1, bool ended = true) =>
        AddAsync(TeamId.Default, Enumerable.Repeat(receiver.Url, count), ended);

    private async Task<IReadOnlyList<JobId>> AddAsync(TeamId team, IEnumerable<string> urls, bool ended)
    {
        var changes = new BatchChanges();
        foreach (var url in urls)
        {
            var job = new JobState
            {
                Id = new JobId(++_lastJob),
                Team = team,
                Kind = JobKind.Video,
                Request = new BodyRef(2, null),
                Seq = 1,
                CreatedAt = _clock.Now,
                CallbackUrl = url,
            };
            Add(changes, null, job);
            if (ended) Add(changes, job, job.Expire("late", _clock.Now)!);
        }

        await _turns.BeginAsync(new RowSet(), Patience);
        await _turns.CommitAsync(changes, Patience);
        foreach (var sender in _senders) ((IBatchObserver)sender).Committed(new BatchCommit(_clock.Now, [], [], changes.Events));
        return [.. changes.Jobs.Keys];
    }

    private void Add(BatchChanges changes, JobState? before, JobState job)
    {
        changes.Jobs[job.Id] = job;
        changes.Events.Add(new JobEvent(job.Id, job.Seq, job.Status, _clock.Now, job));
        changes.Outbox.Add(OutboxMessage.Of(before, job, _clock.Now)!);
    }

    private Task EventuallyAsync(Func<Task<bool>> isSo) => Eventually.BeAsync(isSo, Patience);

    private Task EmptyAsync() => EventuallyAsync(async () => (await _store.Outbox.HostsAsync(Patience)).Count == 0);

    /// <summary>Ends when the first message is due then.</summary>
    private Task DueAtAsync(DateTimeOffset due) => EventuallyAsync(() => Task.FromResult(
        _database.Read(main => main.List("SELECT due_at FROM outbox ORDER BY job, seq LIMIT 1", reader => reader.Time(0))) is [var first]
            && first == due));

    [Fact]
    public async Task Statuses_arrive_in_order_once_and_leave_nothing_behind()
    {
        var receiver = await ReceiverAsync();
        await StartAsync();
        var jobs = await AddAsync(receiver, count: 20);
        Dictionary<string, List<string>> words = [];
        for (var i = 0; i < 40; i++)
        {
            var told = await receiver.NextAsync(Patience);
            if (!words.TryGetValue(told["task_id"]!.ToString(), out var list)) words[told["task_id"]!.ToString()] = list = [];
            list.Add(told["status"]!.ToString());
        }

        Assert.Equal(jobs.Select(job => job.ToString()).Order(), words.Keys.Order());
        Assert.All(words.Values, list => Assert.Equal(["processing", "failed"], list));
        await EmptyAsync();
        Assert.False(receiver.HasMore);
    }

    [Fact]
    public async Task What_waited_before_the_start_is_sent_at_the_start()
    {
        var receiver = await ReceiverAsync();
        await AddAsync(receiver, ended: false);
        await StartAsync();
        Assert.Equal(["processing"], await receiver.WordsAsync(1, Patience));
    }

    [Fact]
    public async Task What_is_not_taken_is_tried_again_with_growing_pauses_and_nothing_overtakes_it()
    {
        var receiver = await ReceiverAsync();
        receiver.Answers = 500;
        await StartAsync();
        await AddAsync(receiver);
        foreach (var pause in new[] { 5, 10, 20, 40 })
        {
            await DueAtAsync(_clock.Now + TimeSpan.FromSeconds(pause));
            _clock.Advance(TimeSpan.FromSeconds(pause));
        }

        await EventuallyAsync(() => Task.FromResult(receiver.Refused == 5));
        receiver.Answers = 200;
        await DueAtAsync(_clock.Now + TimeSpan.FromSeconds(80));
        _clock.Advance(TimeSpan.FromSeconds(80));
        Assert.Equal(["processing", "failed"], await receiver.WordsAsync(2, Patience));
        await EmptyAsync();
    }

    [Fact]
    public async Task What_is_too_old_is_given_up_and_said_once()
    {
        _options.GiveUpAfter = TimeSpan.FromSeconds(12);
        var receiver = await ReceiverAsync();
        receiver.Answers = 410;
        await StartAsync();
        await AddAsync(receiver, ended: false);
        await DueAtAsync(_clock.Now + TimeSpan.FromSeconds(5));
        _clock.Advance(TimeSpan.FromSeconds(5));
        await DueAtAsync(_clock.Now + TimeSpan.FromSeconds(7)); // not 10: the last try is at the end
        _clock.Advance(TimeSpan.FromSeconds(7));
        await EmptyAsync();
        Assert.Equal(3, receiver.Refused);
        Assert.Single(_journal.Lines, line => line.Contains("given up", StringComparison.Ordinal));
        // an address may hold a secret
        Assert.DoesNotContain(_journal.Lines, line => line.Contains("of-the-caller", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_receiver_that_keeps_silent_is_asked_again_too()
    {
        var receiver = await ReceiverAsync();
        var gate = new TaskCompletionSource();
        receiver.Gate = gate.Task;
        await StartAsync();
        await AddAsync(receiver, ended: false);
        await DueAtAsync(_clock.Now + TimeSpan.FromSeconds(30)); // claimed
        await _clock.SleepersAsync(2, Patience); // the time-out and the look at the claim's end
        _clock.Advance(_options.Timeout);
        await DueAtAsync(_clock.Now + TimeSpan.FromSeconds(5));
        gate.SetResult();
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["processing"], await receiver.WordsAsync(1, Patience));
    }

    [Fact]
    public async Task A_slow_receiver_delays_no_other()
    {
        _options.MaxSendsPerHost = 2;
        _options.MaxSends = 5;
        var (slow, quick) = (await ReceiverAsync(), await ReceiverAsync());
        var gate = new TaskCompletionSource();
        slow.Gate = gate.Task;
        await StartAsync();
        await AddAsync(slow, count: 30);
        await AddAsync(quick, count: 10);
        await quick.WordsAsync(20, Patience);
        Assert.False(slow.HasMore);
        gate.SetResult();
        await slow.WordsAsync(60, Patience);
        await EmptyAsync();
    }

    [Fact]
    public async Task H17_a_thousand_receivers_of_one_team_that_hang_delay_no_other_teams_message()
    {
        var (hangs, quick) = (await ReceiverAsync(), await ReceiverAsync());
        hangs.Gate = new TaskCompletionSource().Task;
        await StartAsync();
        await AddAsync(
            new TeamId("team_1"),
            Enumerable.Range(0, 1000).Select(i => hangs.Url.Replace("127.0.0.1", $"hangs{i}.example", StringComparison.Ordinal)),
            ended: false);
        await EventuallyAsync(() => Task.FromResult(hangs.Waiting == _options.MaxSends / 2));

        await AddAsync(new TeamId("team_2"), [quick.Url], ended: false);

        Assert.Equal(["processing"], await quick.WordsAsync(1, Patience)); // at a standing clock: nothing has timed out
        Assert.Equal(_options.MaxSends / 2, hangs.Waiting);
    }

    [Fact]
    public async Task Two_senders_tell_each_thing_once()
    {
        var receiver = await ReceiverAsync();
        await StartAsync();
        await StartAsync();
        await AddAsync(receiver, count: 30);
        await receiver.WordsAsync(60, Patience);
        await EmptyAsync();
        Assert.False(receiver.HasMore);
    }

    [Fact]
    public async Task A_stop_gives_back_what_is_under_way()
    {
        var receiver = await ReceiverAsync();
        receiver.Gate = new TaskCompletionSource().Task;
        var first = await StartAsync();
        await AddAsync(receiver, ended: false);
        await DueAtAsync(_clock.Now + TimeSpan.FromSeconds(30));
        await first.StopAsync(Patience);
        await DueAtAsync(_clock.Now);

        receiver.Gate = Task.CompletedTask;
        await StartAsync();
        Assert.Equal(["processing"], await receiver.WordsAsync(1, Patience));
    }

    [Fact]
    public async Task A_sender_that_died_leaves_its_messages_to_the_next()
    {
        var receiver = await ReceiverAsync();
        await AddAsync(receiver, ended: false);
        await _store.Outbox.ClaimAsync(
            $"{new Uri(receiver.Url).GetLeftPart(UriPartial.Authority)} {TeamId.Default}",
            10,
            _clock.Now,
            _clock.Now + TimeSpan.FromSeconds(30),
            Patience);
        await StartAsync();
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(["processing"], await receiver.WordsAsync(1, Patience));
    }

    [Theory]
    [InlineData(1, 0, 4)]
    [InlineData(1, 400, 6)]
    [InlineData(2, 200, 10)]
    [InlineData(8, 200, 600)]
    [InlineData(10_000, 200, 600)]
    [InlineData(10_000, 400, 720)]
    public void Pauses_double_up_to_the_longest_and_are_spread(int tries, int dice, int seconds)
    {
        var message = new OutboxMessage(OutboxKind.Callback, new JobId(1), 1, "http://a.example/", _clock.Now, tries);
        Assert.Equal(_clock.Now + TimeSpan.FromSeconds(seconds), RetryPlan.NextTry(message, _options, new Even(dice), _clock.Now));
    }

    [Fact]
    public void The_age_of_a_message_ends_its_tries()
    {
        var message = new OutboxMessage(OutboxKind.Callback, new JobId(1), 1, "http://a.example/", _clock.Now, Tries: 100);
        var end = _clock.Now + TimeSpan.FromHours(24);
        Assert.Equal(end, RetryPlan.NextTry(message, _options, new Even(), end - TimeSpan.FromMinutes(1)));
        Assert.Null(RetryPlan.NextTry(message, _options, new Even(), end));
    }

    /// <summary>Dice that always fall the same.</summary>
    private sealed class Even(int value = 200) : IRandom
    {
        public int Next(int below) => value;
    }
}
