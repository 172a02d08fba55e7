using System.Text;
using Gateway.Engine.Accounts;
using Gateway.Engine.Jobs;
using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Native;
using Gateway.Model.Outbox;

namespace Gateway.Grains.Tests.Outbox;

/// <summary>What is to be told is put down with the change, and claimed by one sender at a time, in order.</summary>
public abstract class OutboxContract : StoreTest
{
    private const string Url = "https://receiver.example:8443/hook?secret=1";
    private const string Host = "https://receiver.example:8443 default";
    private static readonly TimeSpan Claim = TimeSpan.FromSeconds(30);

    private TestNode _node = null!;

    private protected OutboxContract(TestDatabase database)
        : base(database)
    {
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _node = await NodeAsync();
    }

    private async Task<JobState> SubmitAsync(string? url = Url, WorkOperation operation = WorkOperation.Plain)
    {
        var job = Make.Job() with { CallbackUrl = url, Operation = operation };
        await _node.RunAsync(Make.Submit(job));
        return job;
    }

    private Task EndAsync(JobState job) => _node.RunAsync(new CancelJobTurn(job.Id));

    private async Task<IReadOnlyList<(JobId Job, long Seq)>> ClaimAsync(int limit = 10, string host = Host) =>
        [.. (await MessagesAsync(limit, host)).Select(message => (message.Job, message.Seq))];

    private Task<IReadOnlyList<OutboxMessage>> MessagesAsync(int limit = 10, string host = Host) =>
        Store.Outbox.ClaimAsync(host, limit, Clock.Now, Clock.Now + Claim, None);

    private Task<long> RowsAsync() => Database.CountAsync("SELECT count(*) FROM outbox");

    [Fact]
    public async Task T3_what_is_to_be_told_is_committed_with_the_change_and_only_where_somebody_wants_it()
    {
        var job = await SubmitAsync();
        await SubmitAsync(url: null);
        var message = Assert.Single(await MessagesAsync());
        Assert.Equal(new OutboxMessage(OutboxKind.Callback, job.Id, 1, Url, Clock.Now, Tries: 1) { Host = Host }, message);
        Assert.Equal(Url, (await JobAsync(job)).CallbackUrl);
        Assert.DoesNotContain(
            "callback",
            Assert.Single(await Database.ListAsync($"SELECT state FROM job WHERE id <> {job.Id.Value}"))!,
            StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task T1_a_turn_that_fails_leaves_nothing_to_tell()
    {
        var failing = _node.Runner.RunAsync(new TestTurn<bool>(TurnClass.Admission, scope =>
        {
            scope.Put(Make.Job() with { CallbackUrl = Url, Seq = 1 });
            throw new InvalidOperationException("a bug");
        }), None);
        await _node.BatchAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        Assert.Equal(0, await RowsAsync());
    }

    [Fact]
    public async Task Each_word_is_told_once()
    {
        await _node.RunAsync(new SaveAccountTurn(Make.Spec(), "test"));
        var job = await SubmitAsync();
        var lease = (await _node.RunAsync(Make.Dispatch(job, Make.AccountOne))).Lease!;
        await _node.RunAsync(new NoteTaskTurn(Make.AccountOne, lease.Id, job.Id, 1, "task-1"));
        Assert.Equal(1, await RowsAsync()); // queued, submitting and running are one word

        await _node.RunAsync(new EndAttemptTurn(Make.AccountOne, lease.Id, job.Id, 1, Make.Success()));
        Assert.Equal(["1", "4"], await Database.ListAsync("SELECT seq FROM outbox ORDER BY seq"));
    }

    [Fact]
    public async Task The_second_video_api_tells_running_apart_from_queued()
    {
        await _node.RunAsync(new SaveAccountTurn(Make.Spec(), "test"));
        var job = await SubmitAsync(operation: WorkOperation.VideoV2);
        var lease = (await _node.RunAsync(Make.Dispatch(job, Make.AccountOne))).Lease!;
        await _node.RunAsync(new NoteTaskTurn(Make.AccountOne, lease.Id, job.Id, 1, "task-1"));
        Assert.Equal(["1", "3"], await Database.ListAsync("SELECT seq FROM outbox ORDER BY seq"));
    }

    [Fact]
    public async Task A_claim_keeps_others_away_until_it_lapses()
    {
        var job = await SubmitAsync();
        Assert.Equal([(job.Id, 1)], await ClaimAsync());
        Assert.Empty(await ClaimAsync());
        Assert.Equal(Clock.Now + Claim, Assert.Single(await Store.Outbox.HostsAsync(None)).DueAt);

        Clock.Advance(Claim);
        Assert.Equal(2, Assert.Single(await MessagesAsync()).Tries);
    }

    [Fact]
    public async Task Senders_that_claim_at_once_share_the_messages()
    {
        for (var i = 0; i < 40; i++) await SubmitAsync();
        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => ClaimAsync(limit: 10))));
        var all = claims.SelectMany(claim => claim).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        while (await ClaimAsync() is { Count: > 0 } rest) all.AddRange(rest); // what was locked by another is left for the next look
        Assert.Equal(40, all.Distinct().Count());
        Assert.Equal(40, all.Count);
    }

    [Fact]
    public async Task Of_a_job_the_first_message_goes_first_and_the_next_waits_for_it()
    {
        var job = await SubmitAsync();
        var first = Assert.Single(await MessagesAsync());
        await EndAsync(job);
        Assert.Empty(await ClaimAsync());
        Assert.True(Assert.Single(await Store.Outbox.HostsAsync(None)).DueAt > Clock.Now); // else a sender would look again and again

        await Store.Outbox.PostponeAsync(first, Clock.Now + TimeSpan.FromMinutes(10), None);
        Clock.Advance(Claim);
        Assert.Empty(await ClaimAsync());

        await Store.Outbox.RemoveAsync(first, Clock.Now, None);
        Assert.Equal([(job.Id, 2)], await ClaimAsync());
    }

    [Fact]
    public async Task Both_due_the_first_is_claimed_and_the_second_put_off()
    {
        var job = await SubmitAsync();
        await EndAsync(job);
        var other = await SubmitAsync();
        Assert.Equal([(job.Id, 1), (other.Id, 1)], (await ClaimAsync()).Order());
        Assert.Empty(await ClaimAsync());
    }

    [Fact]
    public async Task A_message_put_off_is_due_then_and_one_told_is_gone()
    {
        await SubmitAsync();
        var message = Assert.Single(await MessagesAsync());
        await Store.Outbox.PostponeAsync(message, Clock.Now + TimeSpan.FromSeconds(5), None);
        Assert.Empty(await ClaimAsync());
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(message with { Tries = 2 }, Assert.Single(await MessagesAsync()));

        await Store.Outbox.RemoveAsync(message, Clock.Now, None);
        Assert.Equal(0, await RowsAsync());
        Assert.Empty(await Store.Outbox.HostsAsync(None));
    }

    [Fact]
    public async Task Receivers_are_told_apart_and_a_claim_takes_one_of_them()
    {
        var here = await SubmitAsync("http://a.example/x");
        Clock.Advance(TimeSpan.FromSeconds(1));
        await SubmitAsync("http://A.example:80/y");
        var there = await SubmitAsync("https://a.example/x");
        var hosts = await Store.Outbox.HostsAsync(None);
        Assert.Equal(["http://a.example default", "https://a.example default"], hosts.Select(host => host.Host));
        Assert.Equal([Clock.Now - TimeSpan.FromSeconds(1), Clock.Now], hosts.Select(host => host.DueAt));
        Assert.Equal([(here.Id, 1)], await ClaimAsync(limit: 1, host: "http://a.example default")); // the oldest
        Assert.Equal([(there.Id, 1)], await ClaimAsync(host: "https://a.example default"));
    }

    [Fact]
    public async Task The_text_is_made_of_the_state_the_event_has()
    {
        var job = await SubmitAsync();
        await EndAsync(job);
        var events = await Queries.EventsAsync(job.Id, 0, 10, None);
        Assert.Equal(
            $$$"""{"task_id":"{{{job.Id}}}","status":"processing","file_id":"","base_resp":{"status_code":0,"status_msg":"success"}}""",
            Text(events[0].State));
        Assert.Equal(
            $$$"""{"task_id":"{{{job.Id}}}","status":"failed","file_id":"","base_resp":{"status_code":1000,"status_msg":"the job was cancelled: cancelled by the caller"}}""",
            Text(events[1].State));
    }

    private static string Text(JobState job, string? result = null) =>
        Encoding.UTF8.GetString(NativeCallbacks.Body(job, result is null ? null : Encoding.UTF8.GetBytes(result)));
}

public sealed class SqliteOutbox() : OutboxContract(new SqliteTestDatabase());

public sealed class PostgresOutbox() : OutboxContract(new PostgresTestDatabase());
