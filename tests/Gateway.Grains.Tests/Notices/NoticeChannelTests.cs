using System.Threading.Channels;
using Gateway.Engine.Notices;
using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Npgsql;

namespace Gateway.Grains.Tests.Notices;

/// <summary>Notices between nodes of one PostgreSQL.</summary>
public sealed class NoticeChannelTests : StoreTest
{
    private readonly CancellationTokenSource _patience = new(TestNode.Patience, TimeProvider.System);

    public NoticeChannelTests()
        : base(new PostgresTestDatabase())
    {
    }

    private static ChangeNotice Moved(long job) => new() { Moved = [new MovedJobs(TeamId.Default, [new JobId(job)])] };

    [Fact]
    public async Task A_node_hears_the_others_and_not_itself()
    {
        var (one, two) = (await NodeAsync(), await NodeAsync());
        await using var listening = await ListenAsync(one.Identity);
        await Store.Notices.SendAsync(one.Identity, Moved(1), None);
        await Store.Notices.SendAsync(two.Identity, Moved(2), None);
        Assert.Equal(2, (await listening.NextAsync()).Moved[0].Jobs[0].Value);
    }

    [Fact]
    public async Task A_node_without_another_live_one_tells_nobody()
    {
        var one = await NodeAsync();
        await using var listening = await ListenAsync(new NodeIdentity("a stranger", 7));
        await Store.Notices.SendAsync(one.Identity, Moved(1), None);
        await NodeAsync();
        await Store.Notices.SendAsync(one.Identity, Moved(2), None);
        Assert.Equal(2, (await listening.NextAsync()).Moved[0].Jobs[0].Value);
    }

    [Fact]
    public async Task What_is_too_long_for_one_message_is_told_as_everything()
    {
        var (one, two) = (await NodeAsync(), await NodeAsync());
        await using var listening = await ListenAsync(one.Identity);
        var queues = Enumerable.Range(0, 100).Select(n => new QueueKey($"video|*|{new string('模', 40)}{n}", TeamId.Default, 5)).ToArray();
        await Store.Notices.SendAsync(two.Identity, new ChangeNotice { Queues = queues }, None);
        Assert.True((await listening.NextAsync()).All);
    }

    [Fact]
    public async Task A_connection_that_is_ended_ends_the_listening()
    {
        var one = await NodeAsync();
        await using var listening = await ListenAsync(one.Identity);
        await Database.RunAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gateway hints' AND datname = " +
                "current_database()");
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => listening.Task);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _patience.Dispose();
    }

    private async Task<Listening> ListenAsync(NodeIdentity self)
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var heard = Channel.CreateBounded<ChangeNotice>(100);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(_patience.Token);
        var listening = new Listening(
            Store.Notices.ListenAsync(self, ready.SetResult, notice => heard.Writer.TryWrite(notice), stop.Token), heard, stop);
        await await Task.WhenAny(ready.Task, listening.Task);
        return listening;
    }

    private sealed class Listening(Task task, Channel<ChangeNotice> heard, CancellationTokenSource stop) : IAsyncDisposable
    {
        public Task Task => task;

        public async Task<ChangeNotice> NextAsync() => await heard.Reader.ReadAsync(stop.Token);

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
        }
    }
}
