using Gateway.Engine.Assets;
using Gateway.Engine.Jobs;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Assets;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Storage;

/// <summary>A node number is used again as soon as its holder is dead; the ids of its holders never are.</summary>
public abstract class NodeNumberContract : StoreTest
{
    private protected NodeNumberContract(TestDatabase database)
        : base(database)
    {
    }

    [Fact]
    public async Task Whoever_gets_a_number_again_makes_no_id_its_last_holder_made_ahead_of_the_clock()
    {
        var (first, firstIds) = await RegisterAsync();
        List<JobId> stored = [];
        // 64 fit a millisecond: the clock stands, so the rest is ahead of it
        for (var i = 0; i < 300; i++) stored.Add(await SubmitAsync(first, firstIds.Next()));
        Assert.True(JobIdSource.MadeAt(stored[^1]) > Clock.Now);

        await LeaveAsync(first);
        var (second, secondIds) = await RegisterAsync();
        Assert.Equal(first.Identity.Number, second.Identity.Number);
        var next = await SubmitAsync(second, secondIds.Next());
        Assert.True(next.CompareTo(stored[^1]) > 0, $"{next} after {stored[^1]}");
    }

    [Fact]
    public async Task Files_count_as_jobs_do_and_whole_ids_as_short_ones()
    {
        var (first, ids) = await RegisterAsync(isShort: false);
        Clock.Advance(TimeSpan.FromHours(1));
        var file = new Asset
        {
            Id = new AssetId(ids.Next().Value),
            Team = TeamId.Default,
            Kind = AssetKind.File,
            Account = Make.AccountOne,
            UpstreamId = "up",
        };
        Clock.Set(Clock.Now.AddHours(-1));
        await first.RunAsync(new NoteAssetTurn(file));
        await LeaveAsync(first);

        var (second, secondIds) = await RegisterAsync();
        Assert.Equal(JobIdSource.MadeAt(new JobId(file.Id.Value)), second.Identity.IdsAfter);
        Assert.True(JobIdSource.MadeAt(secondIds.Next()) > second.Identity.IdsAfter);
    }

    [Fact]
    public async Task A_node_whose_clock_is_wrong_does_not_lead_others_astray()
    {
        var (wrong, ids) = await RegisterAsync();
        Clock.Advance(TimeSpan.FromHours(1));
        var ahead = ids.Next();
        Clock.Set(Clock.Now.AddHours(-1));
        await SubmitAsync(wrong, ahead);

        var (other, _) = await RegisterAsync();
        Assert.NotEqual(wrong.Identity.Number, other.Identity.Number);
        Assert.Equal(Clock.Now, other.Identity.IdsAfter);
    }

    [Fact]
    public async Task A_node_of_an_older_version_is_known_by_its_number()
    {
        var (node, _) = await RegisterAsync();
        var now = Database.IsPostgres ? "clock_timestamp(), clock_timestamp()" : "0, 0";
        await Database.RunAsync(
            $"INSERT INTO node (incarnation, number, status, started_at, heartbeat_at) VALUES ('old', 0, 'live', {now})");

        Assert.Equal(
            [(node.Incarnation, true), ("old", false)],
            (await Store.Nodes.LiveAsync(None)).Select(
                live => (live.Incarnation, live.ReadsShortIds)).OrderByDescending(live => live.ReadsShortIds));
    }

    private async Task<(TestNode Node, JobIdSource Ids)> RegisterAsync(bool isShort = true)
    {
        var node = await NodeAsync();
        return (node, new JobIdSource(Clock, node.Identity) { MayShorten = isShort });
    }

    private async Task LeaveAsync(TestNode node)
    {
        await node.StopAsync();
        await Store.Nodes.LeaveAsync(node.Incarnation, None);
    }

    private static async Task<JobId> SubmitAsync(TestNode node, JobId id)
    {
        Assert.IsType<SubmitResult.Created>(await node.RunAsync(Make.Submit(Make.Job(id))));
        return id;
    }
}

public sealed class SqliteNodeNumbers() : NodeNumberContract(new SqliteTestDatabase());

public sealed class PostgresNodeNumbers() : NodeNumberContract(new PostgresTestDatabase());
