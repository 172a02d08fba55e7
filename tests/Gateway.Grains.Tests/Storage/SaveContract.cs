using Gateway.Engine.Turns;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Teams;

namespace Gateway.Grains.Tests.Storage;

/// <summary>
/// The last line behind the locks: a batch is saved only over the rows it loaded. Whatever changed one behind its back, an operator's
/// hand or a mistake of ours, is not overwritten, and nothing of the batch is kept.
/// </summary>
public abstract class SaveContract : StoreTest
{
    private static readonly TeamId Red = new("red");
    private ITurnStore _turns = null!;

    private protected SaveContract(TestDatabase database)
        : base(database)
    {
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _turns = Store.OpenTurnStore(await Store.Nodes.RegisterAsync(None));
    }

    public override async ValueTask DisposeAsync()
    {
        await _turns.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task T4_An_account_is_saved_only_as_it_was_loaded()
    {
        foreach (var meanwhile in new[] { "UPDATE account SET version = version + 1", "DELETE FROM account" })
        {
            await Database.RunAsync("DELETE FROM account");
            await SaveAsync(changes => changes.Accounts.Add(Make.AccountOne, Make.Account()));
            var loaded = await AccountAsync();
            await Database.RunAsync(meanwhile);

            await RefusedAsync(changes => changes.Accounts.Add(loaded.Id, loaded with { MaxJobs = 9 }));
            Assert.NotEqual(9, (await Queries.AccountAsync(loaded.Id, None))?.MaxJobs);
        }
    }

    [Fact]
    public async Task T4_A_job_is_saved_only_as_it_was_loaded()
    {
        foreach (var meanwhile in new[] { "UPDATE job SET version = version + 1", "DELETE FROM job" })
        {
            var job = Make.Job() with { Seq = 1 };
            await SaveAsync(changes => changes.Jobs.Add(job.Id, job));
            var loaded = await JobAsync(job);
            await Database.RunAsync(meanwhile);

            await RefusedAsync(changes => changes.Jobs.Add(loaded.Id, loaded with { Seq = 9 }));
            Assert.NotEqual(9, (await Queries.JobAsync(job.Id, None))?.Seq);
        }
    }

    [Fact]
    public async Task T4_One_row_of_many_that_is_not_as_it_was_loaded_keeps_all_from_being_saved()
    {
        JobState[] jobs = [Make.Job() with { Seq = 1 }, Make.Job() with { Seq = 1 }, Make.Job() with { Seq = 1 }];
        await SaveAsync(changes => AddAll(changes, jobs));
        JobState[] loaded = [await JobAsync(jobs[0]), await JobAsync(jobs[1]), await JobAsync(jobs[2])];
        await Database.RunAsync($"UPDATE job SET version = 7 WHERE id = {jobs[1].Id.Value}");

        await RefusedAsync(changes => AddAll(changes, [.. loaded.Select(job => job with { Seq = 9 })]));

        Assert.Equal([1L, 1, 1], (await Task.WhenAll(jobs.Select(JobAsync))).Select(job => job.Seq));
        Assert.Equal(["1", "7", "1"], await Database.ListAsync("SELECT version FROM job ORDER BY id"));
    }

    [Fact]
    public async Task T4_A_new_job_never_replaces_another()
    {
        var job = Make.Job() with { Seq = 1 };
        await SaveAsync(changes => changes.Jobs.Add(job.Id, job));

        await RefusedAsync(changes => changes.Jobs.Add(job.Id, job with { Seq = 9 }));

        Assert.Equal(1, (await JobAsync(job)).Seq);
    }

    [Fact]
    public async Task T4_What_a_team_uses_is_saved_only_where_it_was_loaded()
    {
        await SaveAsync(changes => changes.Teams.Add(new TeamState(Red, "red", 1, Clock.Now)));
        await RefusedAsync(
            changes => changes.TeamUses.Add(new TeamId("nobody"), TeamUse.Nothing with { Day = new DateOnly(2026, 1, 15), Used = 1 }));
        await RefusedAsync(
            changes =>
                changes.TeamUses.Add(Red, TeamUse.Nothing with { Day = new DateOnly(2026, 1, 15), Used = 1, Counted = [LeaseId.New()] }));

        Assert.Equal(["0"], await Database.ListAsync("SELECT used FROM team WHERE id = 'red'"));
    }

    [Fact]
    public async Task What_was_loaded_and_is_as_it_was_is_saved_again_and_again()
    {
        var job = Make.Job() with { Seq = 1 };
        await SaveAsync(changes => changes.Jobs.Add(job.Id, job));
        await SaveAsync(changes => changes.Accounts.Add(Make.AccountOne, Make.Account()));
        for (var time = 2; time <= 4; time++)
        {
            var (account, loaded) = (await AccountAsync(), await JobAsync(job));
            await SaveAsync(changes =>
            {
                changes.Accounts.Add(account.Id, account with { MaxJobs = time });
                changes.Jobs.Add(loaded.Id, loaded with { Seq = time });
            });
        }

        Assert.Equal((4, 4L, 4L), ((await AccountAsync()).MaxJobs, (await JobAsync(job)).Seq, (await JobAsync(job)).Version));
    }

    private static void AddAll(BatchChanges changes, IEnumerable<JobState> jobs)
    {
        foreach (var job in jobs) changes.Jobs.Add(job.Id, job);
    }

    private async Task SaveAsync(Action<BatchChanges> change)
    {
        var changes = new BatchChanges();
        change(changes);
        await _turns.BeginAsync(new RowSet(), None);
        await _turns.CommitAsync(changes, None);
    }

    // The whole batch: a charge in it is not kept either.
    private async Task RefusedAsync(Action<BatchChanges> change)
    {
        var lease = LeaseId.New();
        var failure = await Assert.ThrowsAsync<StoreException>(() => SaveAsync(changes =>
        {
            change(changes);
            changes.Charges.Add(
                lease, new Charge(lease, Make.AccountOne, new DateOnly(2026, 1, 15), JobKind.Video, 1, 1, Job: null, Clock.Now));
        }));
        Assert.True(failure.Failure is StoreFailure.Refused or StoreFailure.Taken, $"{failure.Failure}: {failure.Message}");
        await _turns.RollbackAsync(None);
        Assert.Equal(0, await Database.CountAsync($"SELECT count(*) FROM charge WHERE lease_id = '{lease.Value}'"));
    }
}

public sealed class SqliteSaves() : SaveContract(new SqliteTestDatabase());

public sealed class PostgresSaves() : SaveContract(new PostgresTestDatabase());
