using System.Text;
using Gateway.Engine.Accounts;
using Gateway.Engine.Jobs;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Grains.Tests.Storage;

/// <summary>A job's stream: one body that only grows, whose writer loses its right to it with its attempt (P4).</summary>
public abstract class StreamContract : StoreTest
{
    private TestNode _node = null!;

    private protected StreamContract(TestDatabase database)
        : base(database)
    {
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _node = await NodeAsync();
        await _node.RunAsync(new SaveAccountTurn(Make.Spec(maxJobs: 5), "test"));
    }

    private async Task<JobState> DispatchedAsync()
    {
        var job = Make.Job() with { IsStreamed = true };
        await _node.RunAsync(Make.Submit(job));
        return (await _node.RunAsync(Make.Dispatch(job, Make.AccountOne))).Job!;
    }

    private Task<bool> AppendAsync(JobState job, long start, string data, int attempt = 1) =>
        Store.Streams.AppendAsync(job.Id, attempt, start, Encoding.UTF8.GetBytes(data), None);

    private async Task<string> ReadAsync(JobState job, long after = 0, int limit = 100) =>
        string.Join(
            '|',
            (await Store.Streams.ReadAsync(job.Id, after, limit, None)).Select(
                chunk => $"{chunk.Start}-{chunk.End}@{chunk.Attempt}:{Encoding.UTF8.GetString(chunk.Data)}"));

    [Fact]
    public async Task P4_what_is_appended_is_read_from_any_byte_on()
    {
        var (job, other) = (await DispatchedAsync(), await DispatchedAsync());
        Assert.Equal(0, await Store.Streams.EndAsync(job.Id, None));
        Assert.Equal("", await ReadAsync(job));
        Assert.True(await AppendAsync(job, 0, "one"));
        Assert.True(await AppendAsync(other, 0, "other"));
        Assert.True(await AppendAsync(job, 3, "three"));
        Assert.True(await AppendAsync(job, 8, "\0nul"));

        Assert.Equal(12, await Store.Streams.EndAsync(job.Id, None));
        Assert.Equal("0-3@1:one|3-8@1:three|8-12@1:\0nul", await ReadAsync(job));
        Assert.Equal("0-3@1:one|3-8@1:three", await ReadAsync(job, limit: 2));
        Assert.Equal("0-3@1:one|3-8@1:three|8-12@1:\0nul", await ReadAsync(job, after: 2));
        Assert.Equal("3-8@1:three|8-12@1:\0nul", await ReadAsync(job, after: 3));
        Assert.Equal("3-8@1:three|8-12@1:\0nul", await ReadAsync(job, after: 7));
        Assert.Equal("8-12@1:\0nul", await ReadAsync(job, after: 8));
        Assert.Equal("", await ReadAsync(job, after: 12));
        Assert.Equal("", await ReadAsync(job, after: 99));
    }

    [Fact]
    public async Task P4_only_the_end_can_be_appended_to()
    {
        var job = await DispatchedAsync();
        Assert.False(await AppendAsync(job, 1, "a gap"));
        Assert.True(await AppendAsync(job, 0, "one"));
        Assert.False(await AppendAsync(job, 0, "one"));
        Assert.False(await AppendAsync(job, 2, "an overlap"));
        Assert.False(await AppendAsync(job, 4, "a gap"));
        Assert.Equal("0-3@1:one", await ReadAsync(job));
    }

    [Fact]
    public async Task P4_of_many_writers_at_one_place_one_gets_through()
    {
        var job = await DispatchedAsync();
        var written = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => AppendAsync(job, 0, $"{i}"))));
        Assert.Single(written, isWritten => isWritten);
        Assert.Equal(1, await Store.Streams.EndAsync(job.Id, None));
    }

    [Fact]
    public async Task P4_the_writer_of_another_attempt_or_of_a_job_that_has_ended_is_fenced_off()
    {
        var job = await DispatchedAsync();
        Assert.True(await AppendAsync(job, 0, "first"));
        await _node.RunAsync(new LoseSightTurn(job.Id, 1, "nobody knows"));
        Assert.True(await AppendAsync(job, 5, " on")); // it may know better
        await _node.RunAsync(new ResubmitTurn(job.Id, "operator"));
        Assert.False(await AppendAsync(job, 8, "zombie"));
        await _node.RunAsync(Make.Dispatch(job, Make.AccountOne, attempt: 2));
        Assert.False(await AppendAsync(job, 8, "zombie"));
        Assert.True(await AppendAsync(job, 8, "second", attempt: 2));
        Assert.Equal("0-5@1:first|5-8@1: on|8-14@2:second", await ReadAsync(job));

        await _node.RunAsync(new BeginAnswerTurn(Make.AccountOne, new LeaseId("none"), job.Id, 2));
        Assert.True(await AppendAsync(job, 14, "!", attempt: 2));
        await _node.RunAsync(new CancelJobTurn(job.Id));
        Assert.False(await AppendAsync(job, 15, "late", attempt: 2));
        Assert.False(await AppendAsync(Make.Job(), 0, "nobody's"));
        Assert.Equal(15, await Store.Streams.EndAsync(job.Id, None));
    }

    [Fact]
    public async Task P4_a_stream_goes_with_its_job()
    {
        var (old, kept) = (await DispatchedAsync(), await DispatchedAsync());
        foreach (var job in new[] { old, kept }) Assert.True(await AppendAsync(job, 0, "data"));
        await _node.RunAsync(new LoseSightTurn(old.Id, 1, "nobody knows"));
        await _node.RunAsync(new CancelJobTurn(old.Id));
        Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal([old.Id], (await Store.Retention.PruneJobsAsync(Clock.Now, 10, None)).Select(job => job.Id));
        Assert.Equal($"{kept.Id.Value}", Assert.Single(await Database.ListAsync("SELECT job FROM job_stream")));
    }
}

public sealed class SqliteStreams() : StreamContract(new SqliteTestDatabase());

public sealed class PostgresStreams() : StreamContract(new PostgresTestDatabase());
