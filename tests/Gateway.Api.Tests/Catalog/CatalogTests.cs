using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Catalog;

/// <summary>Models and what is left of plans (docs/minimax.md, "Models", "Plans").</summary>
public sealed class CatalogTests : NativeTest
{
    private async Task<IReadOnlyList<string>> ModelsAsync(Client? by = null)
    {
        var list = (await (by ?? Admin).GetAsync("/v1/models")).Expect(200);
        Assert.Equal("list", String(list["object"]));
        foreach (var model in list["data"]!.AsArray())
        {
            Assert.Equal(("model", "minimax"), (String(model!["object"]), String(model["owned_by"])));
            Number(model["created"]);
        }

        return [.. list["data"]!.AsArray().Select(model => String(model!["id"]))];
    }

    [Fact]
    public async Task Models_are_the_union_of_all_hosts_and_only_what_some_account_may_serve()
    {
        await using var second = await RawUpstream.StartAsync(context =>
            context.Response.WriteAsync(
                """{"object":"list","data":[{"id":"MiniMax-M2","object":"model","created":1,"owned_by":"minimax"},{"id":"MiniMax-M9","object":"model","created":1,"owned_by":"minimax"},{"id":17},3]}"""));
        await AddAccountAsync("key-a", 1, ("models", new[] { "MiniMax-M2", "MiniMax-M3" }));
        Assert.Equal(["MiniMax-M3", "MiniMax-M2"], await ModelsAsync(await AddTeamAsync("one")));

        (await Admin.PostAsync("/v1/minimax/accounts", new { url = second.BaseUrl, driver = "platform", token = "key", maxJobs = 1, models = new[] { "MiniMax-M9", "MiniMax-M2" } })).Expect(201);

        Assert.Equal(["MiniMax-M2", "MiniMax-M3", "MiniMax-M9"], (await ModelsAsync()).Order());
    }

    [Fact]
    public async Task Without_accounts_there_are_no_models_and_a_new_account_has_them_at_once()
    {
        Assert.Empty(await ModelsAsync());
        await AddAccountAsync("key-a");
        Assert.Equal(8, (await ModelsAsync()).Count);
    }

    [Fact]
    public async Task A_dead_key_hides_no_models_of_others_and_trouble_is_told()
    {
        Sim.SetKey("key-a", new KeySettings { Revoked = true });
        await AddAccountAsync("key-a");
        (await Admin.GetAsync("/v1/models")).Expect(503);
        await AddAccountAsync("key-b");
        await AddAccountAsync("key-c");
        Assert.Equal(8, (await ModelsAsync()).Count);
    }

    [Fact]
    public async Task Models_are_asked_for_once_a_minute()
    {
        await AddAccountAsync("key-a");
        var before = Sim.Ledger.Count(Operation.Models);
        for (var i = 0; i < 5; i++) await ModelsAsync();
        Assert.Equal(before + 1, Sim.Ledger.Count(Operation.Models));
    }

    [Theory]
    [InlineData("/v1/token_plan/remains")]
    [InlineData("/v1/api/openplatform/coding_plan/remains?GroupId=4711")]
    public async Task A_team_sees_the_vendors_shape_and_no_account(string path)
    {
        var account = await AddAccountAsync("key-a", 1, ("dailyCredits", 17), ("name", "the-main-account"));
        Sim.SetKey("key-a", new KeySettings { GeneralRemainingPercent = 31 });

        var remains = (await (await AddTeamAsync("one")).GetAsync(path)).ExpectBaseResp(200, 0);

        Assert.Equal(["base_resp", "model_remains"], remains.Json.Select(member => member.Key).Order());
        Assert.Equal(["general", "video"], remains["model_remains"]!.AsArray().Select(row => String(row!["model_name"])));
        foreach (var row in remains["model_remains"]!.AsArray())
        {
            foreach (var member in new[] { "start_time", "end_time", "remains_time", "current_interval_total_count", "current_interval_usage_count", "current_interval_remaining_percent", "current_interval_status", "weekly_start_time", "weekly_end_time", "weekly_remains_time", "current_weekly_total_count", "current_weekly_usage_count", "current_weekly_remaining_percent", "current_weekly_status" })
                Number(row![member]);
            Assert.Equal(
                long.Parse(Number(row!["end_time"])) - long.Parse(Number(row["start_time"])),
                (long)TimeSpan.FromHours(5).TotalMilliseconds);
        }

        foreach (var secret in new[] { account, "key-a", "the-main-account", "31", "17," })
            Assert.DoesNotContain($"\"{secret}\"", remains.Body, StringComparison.Ordinal);
        Assert.Equal(0, Sim.Ledger.Count(Operation.Remains));
    }

    [Fact]
    public async Task An_admin_sees_each_account()
    {
        var (one, two, dead) = (
            await AddAccountAsync("key-a", 1, ("dailyCredits", 17)), await AddAccountAsync("key-b"), await AddAccountAsync("key-c"));
        Sim.SetKey("key-a", new KeySettings { GeneralRemainingPercent = 31 });
        Sim.SetKey("key-c", new KeySettings { Revoked = true });

        var accounts = (await Admin.GetAsync("/v1/token_plan/remains")).ExpectBaseResp(200, 0)["accounts"]!
            .AsArray()
            .ToDictionary(account => String(account!["account"]));

        Assert.Equal(new[] { one, two, dead }.Order(), accounts.Keys.Order());
        Assert.Equal(
            ("31", "17", "0"),
            (Number(accounts[one]!["model_remains"]![0]!["current_interval_remaining_percent"]), Number(accounts[one]!["credits"]!["budget"]), Number(accounts[one]!["credits"]!["used"])));
        Assert.Null(accounts[two]!["credits"]!["budget"]);
        Assert.Null(accounts[two]!["error"]);
        Assert.Null(accounts[dead]!["model_remains"]);
        Assert.Contains("invalid api key", String(accounts[dead]!["error"]), StringComparison.Ordinal);
        Assert.DoesNotContain("key-c", accounts[dead]!.ToJsonString(), StringComparison.Ordinal);
    }
}
