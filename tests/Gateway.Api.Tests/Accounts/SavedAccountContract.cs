using Gateway.Api.Tests.Support;
using Gateway.Silo.Chores;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Accounts;

/// <summary>
/// What a <c>POST</c> of an account finds out: whether the key works (A2), where the root is (V8), whether somebody has the token already
/// (V18).
/// </summary>
public abstract class SavedAccountContract : GatewayTest
{
    private protected SavedAccountContract(TestData data)
        : base(data)
    {
    }

    private Task<Answer> PostAsync(string key, string? account = null, object? more = null, int maxJobs = 1)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        body["url"] ??= Sim.BaseUrl.ToString();
        (body["driver"], body["token"], body["maxJobs"]) = ("platform", key, maxJobs);
        if (account is not null) body["account"] = account;
        return Admin.PostAsync("/v1/minimax/accounts", body);
    }

    private async Task<int> SlotsUsedAsync(string account) => (await AccountAsync(account))["leases"]!.AsArray().Count;

    [Fact]
    public async Task A2_a_key_that_works_is_told_to_work()
    {
        var answer = (await PostAsync("key-a")).Expect(201);
        Assert.Equal("""{"state":"ok"}""", answer["validation"]!.ToJsonString());
        Assert.Equal(1, Sim.Ledger.Count(Operation.Models, "key-a"));
        Assert.Null((await Admin.GetAsync($"/v1/minimax/accounts/{answer.Text("account")}"))["validation"]);
    }

    [Fact]
    public async Task A2_a_key_that_is_refused_is_kept_but_gets_no_work_and_both_answers_say_so()
    {
        Sim.SetKey("key-a", new KeySettings { Revoked = true });
        var answer = (await PostAsync("key-a")).Expect(201);
        Assert.Equal("refused", answer["validation"]!["state"]!.ToString());
        Assert.NotEmpty(answer["validation"]!["message"]!.ToString());
        Assert.Contains("refused the credential", answer.Text("error"), StringComparison.Ordinal);
        var id = answer.Text("account");
        Assert.Equal("auth_failed", (await AccountAsync(id))["health"]!["state"]!.ToString());
        Assert.Equal(answer.Text("error"), (await Admin.GetAsync($"/v1/minimax/accounts/{id}")).Text("error"));
        Assert.Equal("queued", (await JobAsync(await SubmitVideoAsync())).Text("status"));
        Assert.Equal(0, Sim.Ledger.Count(Operation.VideoSubmit));

        // The same id again, once the vendor takes the key: it heals, and what waited runs.
        Sim.SetKey("key-a", new KeySettings());
        var again = (await PostAsync("key-a")).Expect(201);
        Assert.Equal("ok", again["validation"]!["state"]!.ToString());
        Assert.Null(again["error"]);
        await EventuallyAsync(() => Task.FromResult(Sim.Ledger.Count(Operation.VideoSubmit) == 1));
    }

    [Fact]
    public async Task A2_an_account_that_is_there_is_asked_about_again()
    {
        (await PostAsync("key-a", "5")).Expect(201);
        Sim.SetKey("key-a", new KeySettings { Revoked = true });
        Assert.Equal("refused", (await PostAsync("key-a", "5")).Expect(201)["validation"]!["state"]!.ToString());
        Assert.Equal("auth_failed", (await AccountAsync("5"))["health"]!["state"]!.ToString());
    }

    [Fact]
    public async Task A2_nobody_is_asked_where_validate_is_false_or_there_is_nobody_to_ask()
    {
        Sim.SetKey("key-a", new KeySettings { Revoked = true });
        Assert.Equal("skipped", (await PostAsync("key-a", more: new { validate = false })).Expect(201)["validation"]!["state"]!.ToString());
        Assert.Equal(0, Sim.Ledger.Count(Operation.Models));
        (await PostAsync("key-b", more: new { validate = "no" })).ExpectUseapi(400, "validate", "true or false");
        var web = (
            await Admin.PostAsync(
                "/v1/minimax/accounts",
                new { account = "55", url = "https://hailuoai.video/v3/api/x?y=1", token = "eyJ.x.y", maxJobs = 2 })).Expect(201);
        Assert.Equal("skipped", web["validation"]!["state"]!.ToString());
    }

    [Fact]
    public async Task A2_an_upstream_that_is_away_or_answers_like_none_is_in_nobodys_way()
    {
        Assert.Equal(
            "unreachable",
            (await PostAsync("key-a", more: new { url = "http://127.0.0.1:1" })).Expect(201)["validation"]!["state"]!.ToString());
        await using var page = await RawUpstream.StartAsync(context =>
        {
            context.Response.StatusCode = 404;
            return context.Response.WriteAsync("<html>not here</html>");
        });
        var odd = (await PostAsync("key-b", more: new { url = page.BaseUrl })).Expect(201);
        Assert.Equal("unreachable", odd["validation"]!["state"]!.ToString());
        Assert.Null(odd["error"]);
    }

    [Fact]
    public async Task A2_the_upstreams_words_never_show_the_key()
    {
        Sim.Script.Always(Operation.Models, new FaultEffect.BaseResp(1004, "login fail: key CANARY-0123456789 is not known"));
        var answer = (await PostAsync("CANARY-0123456789")).Expect(201);
        Assert.Equal("refused", answer["validation"]!["state"]!.ToString());
        Assert.DoesNotContain("CANARY", answer.Body + (await AccountAsync(answer.Text("account"))).Body, StringComparison.Ordinal);
        Assert.DoesNotContain(Gateway.Journal.Lines, line => line.Contains("CANARY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task V8_an_endpoint_is_mended_to_its_root_and_the_answer_shows_it()
    {
        var root = Sim.BaseUrl.ToString().TrimEnd('/');
        var answer = (await PostAsync("key-a", more: new { url = $"{root}/v1/text/chatcompletion_v2" })).Expect(201);
        Assert.Equal((root, "ok"), (answer.Text("url"), answer["validation"]!["state"]!.ToString()));
        await WaitForAsync(await SubmitVideoAsync(), "running");
        (await PostAsync("key-b", more: new { url = $"{root}/v1?key=1" })).ExpectUseapi(400, "url", "without query and fragment", root);
        (await PostAsync("key-b", more: new { url = $"{root}/#top" })).ExpectUseapi(400, "url", "without query and fragment");
    }

    [Fact]
    public async Task V18_the_same_token_under_another_id_is_a_409_that_names_the_account()
    {
        (await PostAsync("key-a", "5")).Expect(201);
        (await PostAsync("key-a", "6")).ExpectUseapi(409, "token", "account 5's", "sharesToken");
        (await PostAsync("key-a")).ExpectUseapi(409, "account 5's"); // without an id it is made from the token
        (await PostAsync("key-a", "5")).Expect(201);

        // A token changes hands only when its account has let go of it.
        (await PostAsync("key-b", "6")).Expect(201);
        (await PostAsync("key-a", "6")).ExpectUseapi(409, "account 5's");
        (await PostAsync("key-c", "5")).Expect(201);
        (await PostAsync("key-a", "6")).Expect(201);
        (await Admin.DeleteAsync("/v1/minimax/accounts/6")).Expect(200);
        (await PostAsync("key-a", "7")).Expect(201);
        (await PostAsync("key-a", "6")).ExpectUseapi(409, "account 7's");
    }

    [Fact]
    public async Task V18_of_many_at_the_same_moment_one_is_first()
    {
        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(id => PostAsync("key-a", $"{id}", new { validate = false })));
        var first = Assert.Single(answers, answer => answer.Status == 201).Text("account");
        Assert.All(answers.Where(answer => answer.Status != 201), answer => answer.ExpectUseapi(409, $"account {first}'s"));
        Assert.Equal([first], (await Admin.GetAsync("/v1/minimax/accounts")).Json.Select(entry => entry.Key));
        Assert.Equal(["1"], await Data.ListAsync("SELECT count(*) FROM account_token"));
    }

    [Fact]
    public async Task V18_an_id_that_shares_the_token_is_another_name_for_the_account()
    {
        (await PostAsync("key-a", "5", new { dailyCredits = 100 })).Expect(201);
        var named = (await PostAsync("key-a", "6", new { sharesToken = true, name = "second" }, maxJobs: 3)).Expect(201);
        Assert.Equal(
            ("6", "5", "second", 1),
            (named.Text("account"), named.Text("sharesWith"), named.Text("name"), named["maxJobs"]!.GetValue<int>()));
        Assert.True(named["supportVideo"]!.GetValue<bool>());

        // One slot for both, whichever name it is asked by.
        object Pinned(string account) =>
            new { kind = "video", account, request = new { model = "MiniMax-Hailuo-02", prompt = "a calm sea" } };
        var running = (await Admin.PostAsync("/v1/jobs", Pinned("6"))).Expect(202).Text("id");
        await WaitForAsync(running, "running");
        var waiting = (await Admin.PostAsync("/v1/jobs", Pinned("5"))).Expect(202).Text("id");
        Assert.Equal("queued", (await JobAsync(waiting)).Text("status"));
        Assert.Equal("5", (await JobAsync(running)).Text("account"));
        Assert.Equal((1, 1), (await SlotsUsedAsync("5"), await SlotsUsedAsync("6")));
        Assert.Equal(30, (await AccountAsync("6"))["credits"]!["reserved"]!.GetValue<long>());
        Assert.Equal("5", (await AccountAsync("6")).Text("sharesWith"));
        foreach (var account in new[] { "5", "6" })
            Assert.Single((await Admin.GetAsync($"/v1/jobs?account={account}")).Expect(200)["jobs"]!.AsArray());

        // What is done to the name is done to the account.
        Assert.Equal(
            ("6", 2),
            ((await Admin.PatchAsync("/v1/admin/accounts/6", new { maxJobs = 2 })).Text("account"), (await AccountAsync("5"))["maxJobs"]!.GetValue<int>()));
        await WaitForAsync(waiting, "running");
        Assert.Equal(2, Sim.Ledger.Key("key-a").MaxConcurrentTasks);
        Assert.Single(
            (await Admin.GetAsync("/metrics")).Body.Split('\n'),
            line => line.StartsWith("gateway_account_slots_max{", StringComparison.Ordinal));
    }

    [Fact]
    public async Task V18_a_name_comes_and_goes_without_its_account()
    {
        (await PostAsync("key-a", "5")).Expect(201);
        (await PostAsync("key-a", "6", new { sharesToken = true })).Expect(201);
        (await Admin.DeleteAsync("/v1/minimax/accounts/6")).Expect(200);
        (await Admin.GetAsync("/v1/minimax/accounts/6")).ExpectUseapi(404, "Configuration not found.");
        (await Admin.GetAsync("/v1/minimax/accounts/5")).Expect(200);

        // A name whose account is gone says so, and is nobody's; posted again it stands for itself.
        (await PostAsync("key-a", "6", new { sharesToken = true })).Expect(201);
        (await Admin.DeleteAsync("/v1/minimax/accounts/5")).Expect(200);
        Assert.Contains("is gone", (await Admin.GetAsync("/v1/minimax/accounts/6")).Text("error"), StringComparison.Ordinal);
        (await Admin.PostAsync("/v1/jobs", VideoJob())).ExpectProblem(422, "no_account_can_serve");
        Assert.Null((await PostAsync("key-a", "6")).Expect(201)["sharesWith"]);
        await WaitForAsync(await SubmitVideoAsync(), "running");
    }

    [Fact]
    public async Task V18_an_account_with_work_of_its_own_becomes_no_other_name()
    {
        (await PostAsync("key-a", "5")).Expect(201);
        (await PostAsync("key-b", "6")).Expect(201);
        (await Admin.PostAsync("/v1/admin/accounts/5/drain")).Expect(200);
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        (await PostAsync("key-a", "6", new { sharesToken = true })).ExpectUseapi(400, "sharesToken", "own work");
        Sim.FinishAllTasks();
        await EndAsync(job);
        Assert.Equal("5", (await PostAsync("key-a", "6", new { sharesToken = true })).Expect(201).Text("sharesWith"));
        (await PostAsync("key-b", "7")).Expect(201); // what it had is free
    }

    [Fact]
    public async Task V18_accounts_older_than_the_rule_claim_their_tokens_at_a_start()
    {
        (await PostAsync("key-a", "5")).Expect(201);
        await Gateway.StopAsync();
        await Data.ListAsync("DELETE FROM account_token");
        await Gateway.StartAsync();
        (await PostAsync("key-a", "6")).ExpectUseapi(409, "account 5's");
    }

    [Fact]
    public async Task A4_a_jobs_end_and_an_admins_doing_are_a_line_each()
    {
        (await PostAsync("key-a", "5")).Expect(201);
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        Sim.FinishAllTasks();
        await EndAsync(job);
        (await Admin.PatchAsync("/v1/admin/accounts/5", new { maxJobs = 2 })).Expect(200);
        var lines = Gateway.Journal.Lines.Where(line => line.Contains(nameof(CommitLog), StringComparison.Ordinal)).ToList();
        Assert.Single(
            lines,
            line =>
                line.Contains($"Job {job} (video, team default) succeeded after ", StringComparison.Ordinal)
                    && line.Contains(", account 5, 30 credits.", StringComparison.Ordinal)
                    && line.StartsWith("Information", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("did account.save to 5.", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("did account.patch to 5.", StringComparison.Ordinal));
    }
}

public sealed class SqliteSavedAccounts() : SavedAccountContract(new SqliteData());

public sealed class PostgresSavedAccounts() : SavedAccountContract(new PostgresData());

/// <summary>V18 between nodes: the database alone decides who was first.</summary>
public sealed class SharedTokenAcrossNodesTests : Nodes.NodesTest
{
    [Fact]
    public async Task V18_of_two_nodes_at_the_same_moment_one_is_first()
    {
        for (var round = 1; round <= 10; round++)
        {
            object Body(int id) =>
                new
                {
                    account = $"{id}",
                    url = Sim.BaseUrl.ToString(),
                    driver = "platform",
                    token = $"key-{round}",
                    maxJobs = 1,
                    validate = false,
                };
            var answers = await Task.WhenAll(
                A.PostAsync("/v1/minimax/accounts", Body(round * 10)), C.PostAsync("/v1/minimax/accounts", Body((round * 10) + 1)));
            var first = Assert.Single(answers, answer => answer.Status == 201).Text("account");
            Assert.Single(answers, answer => answer.Status == 409).ExpectUseapi(409, $"account {first}'s");
        }
    }
}

/// <summary>An upstream that says nothing at all.</summary>
public sealed class SilentUpstreamTests : GatewayTest
{
    [Fact]
    public async Task A2_an_upstream_that_hangs_is_waited_for_five_seconds_at_most()
    {
        await using var silent = await RawUpstream.StartAsync(
            context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        var began = TimeProvider.System.GetTimestamp();
        var answer = (
            await Admin.PostAsync(
                "/v1/minimax/accounts", new { url = silent.BaseUrl, driver = "platform", token = "key-a", maxJobs = 1 })).Expect(201);
        Assert.Equal("""{"state":"unreachable","message":"no answer within 5 s"}""", answer["validation"]!.ToJsonString());
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(15));
    }
}
