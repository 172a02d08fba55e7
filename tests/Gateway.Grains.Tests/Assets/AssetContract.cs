using Gateway.Grains.Assets;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Assets;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Tests.Assets;

/// <summary>What teams made on accounts is found again, by its owner and by whoever names it.</summary>
public abstract class AssetContract : StoreTest
{
    private static readonly TeamId Red = new("red");
    private static readonly TeamId Blue = new("blue");
    private AssetGrain _assets = null!;

    private protected AssetContract(TestDatabase database)
        : base(database)
    {
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var node = await NodeAsync();
        node.Start();
        _assets = new AssetGrain(node.Runner, Store.Assets);
    }

    [Fact]
    public async Task An_asset_reads_back_as_it_was_noted()
    {
        var noted = await _assets.RegisterAsync(
            File(1, Red) with { Purpose = "voice_clone", FileName = "Überprobe \"1\".mp3", Bytes = 12 }, None);
        Assert.Equal(noted, await Store.Assets.FindAsync(new AssetId(1), None));
        Assert.Equal(Clock.Now, noted.CreatedAt);
        Assert.Null(await Store.Assets.FindAsync(new AssetId(2), None));
    }

    [Fact]
    public async Task H16_who_made_a_voice_last_owns_it_unless_it_is_another_teams()
    {
        await _assets.RegisterAsync(Voice(1, Blue, "narrator"), None);
        var second = await _assets.RegisterAsync(Voice(2, Blue, "narrator"), None);

        Assert.Equal(new AssetId(2), second.Id);
        Assert.Null(await Store.Assets.FindAsync(new AssetId(1), None));
        Assert.Equal(second, await _assets.RegisterAsync(Voice(2, Blue, "narrator"), None)); // an obligation may be written twice
        Assert.Equal(second, await _assets.RegisterAsync(Voice(1, Blue, "narrator"), None)); // given again, it takes nothing back
        Assert.Equal(second, await _assets.RegisterAsync(Voice(4, Red, "narrator"), None));
        Assert.Equal(Blue, (await _assets.RegisterAsync(Voice(3, Blue, "narrator", account: "2"), None)).Team);
        Assert.Equal([2, 3], (await Store.Assets.NamedAsync(AssetKind.Voice, "narrator", None)).Select(voice => voice.Id.Value));
    }

    [Fact]
    public async Task A_team_lists_its_own_newest_first_and_never_a_copy()
    {
        await _assets.RegisterAsync(File(1, Red), None);
        await _assets.RegisterAsync(File(2, Blue), None);
        await _assets.RegisterAsync(File(3, Red), None);
        await _assets.RegisterAsync(File(4, Red) with { Account = new AccountId("2"), CopyOf = new AssetId(1) }, None);

        Assert.Equal([3, 1], (await Store.Assets.ListAsync(AssetKind.File, Red, 10, None)).Select(file => file.Id.Value));
        Assert.Equal([3], (await Store.Assets.ListAsync(AssetKind.File, Red, 1, None)).Select(file => file.Id.Value));
        Assert.Equal([3, 2, 1], (await Store.Assets.ListAsync(AssetKind.File, team: null, 10, None)).Select(file => file.Id.Value));
        Assert.Equal([4], (await Store.Assets.CopiesAsync(new AssetId(1), None)).Select(file => file.Id.Value));
    }

    [Fact]
    public async Task A_forgotten_asset_is_gone_with_its_copies_and_its_name_is_free()
    {
        await _assets.RegisterAsync(File(1, Red), None);
        await _assets.RegisterAsync(File(2, Red) with { UpstreamId = "copy", CopyOf = new AssetId(1) }, None);
        await _assets.ForgetAsync(new AssetId(1));

        Assert.Empty(await Store.Assets.ListAsync(AssetKind.File, team: null, 10, None));
        Assert.Null(await Store.Assets.FindAsync(new AssetId(2), None));
        Assert.Equal(Blue, (await _assets.RegisterAsync(File(3, Blue) with { UpstreamId = "up-1" }, None)).Team);
    }

    private static Asset File(long id, TeamId team) =>
        new() { Id = new AssetId(id), Team = team, Kind = AssetKind.File, Account = Make.AccountOne, UpstreamId = $"up-{id}" };

    private static Asset Voice(long id, TeamId team, string name, string account = "1") =>
        new()
        {
            Id = new AssetId(id),
            Team = team,
            Kind = AssetKind.Voice,
            Account = new AccountId(account),
            UpstreamId = name,
            Purpose = "voice_cloning",
        };
}

public sealed class SqliteAssetTests() : AssetContract(new SqliteTestDatabase());

public sealed class PostgresAssetTests() : AssetContract(new PostgresTestDatabase());
