using Gateway.Engine.Accounts;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Content;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Storage;

/// <summary>
/// What is to be copied is written with the job's end, is claimed by one node at a time, and comes back when that one dies.
/// </summary>
public abstract class ResultStoreContract : StoreTest
{
    private protected ResultStoreContract(TestDatabase database)
        : base(database)
    {
    }

    private IResultStore Results => Store.Results;

    private TestNode Node { get; set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Node = await NodeAsync();
        await Node.RunAsync(new SaveAccountTurn(Make.Spec(maxJobs: 10), "test"));
    }

    private async Task<JobId> EndedAsync(AttemptEnd end, JobKind kind = JobKind.Video, bool copies = true)
    {
        var job = Make.Job(kind: kind);
        await Node.RunAsync(Make.Submit(job));
        var lease = (await Node.RunAsync(Make.Dispatch(job, Make.AccountOne, ceiling: 0))).Lease!;
        await Node.RunAsync(new EndAttemptTurn(Make.AccountOne, lease.Id, job.Id, 1, end, copiesResults: copies));
        return job.Id;
    }

    private Task<IReadOnlyList<DueCopy>> ClaimAsync(int limit = 10) =>
        Results.ClaimAsync(limit, Clock.Now, Clock.Now + TimeSpan.FromMinutes(10), None);

    [Fact]
    public async Task Only_the_success_of_what_has_assets_is_to_be_copied_and_only_where_that_is_wanted()
    {
        var video = await EndedAsync(Make.Success());
        await EndedAsync(Make.Success(), copies: false);
        await EndedAsync(Make.Success(), JobKind.Chat);
        await EndedAsync(new AttemptEnd.Failed(Make.Error(ErrorClass.Caller)));

        Assert.Equal(new DueCopy(video, Clock.Now, Tries: 1), Assert.Single(await ClaimAsync()));
    }

    [Fact]
    public async Task L5_a_claim_of_a_node_that_died_lapses_and_a_finished_one_is_forgotten()
    {
        var (first, second) = (await EndedAsync(Make.Success()), await EndedAsync(Make.Success()));
        Assert.Equal(Clock.Now, await Results.NextDueAsync(None));
        Assert.Equal([first], (await ClaimAsync(limit: 1)).Select(due => due.Job));
        Assert.Equal([second], (await ClaimAsync()).Select(due => due.Job));
        Assert.Empty(await ClaimAsync());

        await Results.EndAsync(second, None);
        Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((first, 2), Assert.Single((await ClaimAsync()).Select(due => (due.Job, due.Tries))));
        await Results.PostponeAsync(first, Clock.Now + TimeSpan.FromSeconds(5), None);
        Assert.Equal(Clock.Now + TimeSpan.FromSeconds(5), await Results.NextDueAsync(None));
        await Results.EndAsync(first, None);
        Assert.Null(await Results.NextDueAsync(None));
    }

    [Fact]
    public async Task Copies_are_counted_found_by_job_and_by_age_and_removed_one_by_one()
    {
        var (one, other) = (Make.JobId(), Make.JobId());
        ResultCopy[] copies =
        [
            new(one, 1, 20, "image/png", Clock.Now),
            new(one, 0, 10, "image/jpeg", Clock.Now),
            new(other, 0, 1L << 40, "video/mp4", Clock.Now.AddHours(1))
        ];
        foreach (var copy in copies) await Results.AddAsync(copy, None);
        await Results.AddAsync(copies[0], None);

        Assert.Equal([copies[1], copies[0]], await Results.OfAsync(one, None));
        Assert.Equal((1L << 40) + 30, await Results.BytesAsync(None));
        Assert.Equal([one, other], (await Results.KnownAsync([other, Make.JobId(), one], None)).Order());
        Assert.Equal([one, one], (await Results.OldAsync(Clock.Now.AddMinutes(1), 10, None)).Select(copy => copy.Job));
        Assert.Single(await Results.OldAsync(Clock.Now.AddMinutes(1), 1, None));

        await Results.RemoveAsync([copies[0], copies[2]], None);
        Assert.Equal([copies[1]], await Results.OfAsync(one, None));
        Assert.Empty(await Results.OfAsync(other, None));
    }
}

public sealed class SqliteResultStoreTests() : ResultStoreContract(new SqliteTestDatabase());

public sealed class PostgresResultStoreTests() : ResultStoreContract(new PostgresTestDatabase());
