using System.Text;
using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Accounts;

/// <summary>Accounts as admins see them: useapi.net's shape and the gateway's own.</summary>
public abstract class AccountContract : GatewayTest
{
    private const string Canary = "sk-api-CANARY-0123456789abcdef";

    private protected AccountContract(TestData data)
        : base(data)
    {
    }

    [Fact]
    public async Task A_new_account_is_answered_with_201_in_useapis_shape()
    {
        var answer = await Admin.PostAsync(
            "/v1/minimax/accounts",
            new { account = "331000000000000001", url = Sim.BaseUrl, driver = "platform", token = "key-a", maxJobs = 3, name = "first" });

        answer.Expect(201);
        Assert.Equal("331000000000000001", answer.Text("account"));
        Assert.Equal(3, answer["maxJobs"]!.GetValue<int>());
        Assert.True(answer["supportVideo"]!.GetValue<bool>());
        Assert.True(answer["supportChat"]!.GetValue<bool>());
        Assert.True(answer["supportAudio"]!.GetValue<bool>());
        Assert.True(answer["supportMusic"]!.GetValue<bool>());
        Assert.Equal("platform", answer.Text("driver"));
        Assert.Null(answer["jwt"]);
        Assert.Null(answer["error"]);
    }

    [Fact]
    public async Task The_list_is_an_object_keyed_by_account_id_and_one_is_the_same_object()
    {
        Assert.Equal("{}", (await Admin.GetAsync("/v1/minimax/accounts")).Expect(200).Body);
        var first = await AddAccountAsync("key-a");
        var second = await AddAccountAsync("key-b", 2);

        var list = (await Admin.GetAsync("/v1/minimax/accounts")).Expect(200);
        Assert.Equal(new[] { first, second }.Order(), list.Json.Select(entry => entry.Key).Order());
        var one = (await Admin.GetAsync($"/v1/minimax/accounts/{second}")).Expect(200);
        Assert.True(JsonNode.DeepEquals(list[second], one.Json));
    }

    [Fact]
    public async Task Deleting_answers_an_empty_object_and_afterwards_the_account_is_unknown()
    {
        var id = await AddAccountAsync("key-a");

        Assert.Equal("{}", (await Admin.DeleteAsync($"/v1/minimax/accounts/{id}")).Expect(200).Body);
        (await Admin.GetAsync($"/v1/minimax/accounts/{id}")).ExpectUseapi(404, "Configuration not found.");
        (await Admin.DeleteAsync($"/v1/minimax/accounts/{id}")).ExpectUseapi(404, "Configuration not found.");
        (await Admin.GetAsync($"/v1/admin/accounts/{id}")).ExpectProblem(404, "account_not_found", "account");
        Assert.Equal("{}", (await Admin.GetAsync("/v1/minimax/accounts")).Body);
    }

    [Fact]
    public async Task The_legacy_post_needs_the_same_id_in_path_and_body()
    {
        object Body(string? account) => new { account, url = Sim.BaseUrl, driver = "platform", token = "key-a", maxJobs = 1 };

        (await Admin.PostAsync("/v1/minimax/accounts/42", Body("42"))).Expect(201);
        (await Admin.PostAsync("/v1/minimax/accounts/42", Body("43"))).ExpectUseapi(400, "account", "path");
        (await Admin.PostAsync("/v1/minimax/accounts/42", new { url = Sim.BaseUrl, driver = "platform", token = "key-a", maxJobs = 1 })).ExpectUseapi(400, "account", "path");
        Assert.Equal(["42"], (await Admin.GetAsync("/v1/minimax/accounts")).Json.Select(entry => entry.Key));
    }

    [Fact]
    public async Task The_id_derived_from_a_key_is_digits_the_same_each_time_and_another_for_another_key()
    {
        var first = await AddAccountAsync("key-a");
        Assert.True(first.All(char.IsAsciiDigit), first);
        Assert.Equal(first, await AddAccountAsync("key-a"));
        Assert.NotEqual(first, await AddAccountAsync("key-b"));

        await Gateway.RestartAsync();
        Assert.Equal(first, await AddAccountAsync("key-a"));
    }

    [Fact]
    public async Task Posting_again_keeps_what_is_left_out_and_null_takes_away()
    {
        var id = await AddAccountAsync(
            "key-a", 2, ("name", "first"), ("dailyCredits", 500), ("timeZone", "Europe/Berlin"), ("models", new[] { "MiniMax-Hailuo-02" }));

        await AddAccountAsync("key-a", 3);
        var kept = await AccountAsync(id);
        Assert.Equal(3, kept["maxJobs"]!.GetValue<int>());
        Assert.Equal("first", kept.Text("name"));
        Assert.Equal(500, kept["credits"]!["budget"]!.GetValue<long>());
        Assert.Equal("Europe/Berlin", kept.Text("timeZone"));
        Assert.Equal(["MiniMax-Hailuo-02"], kept["models"]!.AsArray().Select(model => model!.ToString()));

        await AddAccountAsync("key-a", 3, ("name", null), ("dailyCredits", null), ("models", null));
        var taken = await AccountAsync(id);
        Assert.Null(taken["name"]);
        Assert.Null(taken["credits"]!["budget"]);
        Assert.Null(taken["models"]);
    }

    [Fact]
    public async Task L9_maxJobs_outside_1_to_10_is_a_400_that_names_field_and_rule()
    {
        foreach (var wrong in new[] { "0", "11", "-1", "\"3\"", "2.5", "1e1", "99999999999999999999", "null", "true", "[1]" })
            (await Admin.PostAsync("/v1/minimax/accounts", $$"""{"url":"{{Sim.BaseUrl}}","driver":"platform","token":"k","maxJobs":{{wrong}}}""")).ExpectUseapi(400, "maxJobs", "integer from 1 to 10");
        (await Admin.PostAsync("/v1/minimax/accounts", new { url = Sim.BaseUrl, driver = "platform", token = "k" })).ExpectUseapi(400, "maxJobs", "integer from 1 to 10");

        var id = await AddAccountAsync("key-a", 10);
        (await Admin.PatchAsync($"/v1/admin/accounts/{id}", new { maxJobs = 11 })).ExpectProblem(400, "invalid_request", "maxJobs", "1 to 10");
        Assert.Equal(10, (await AccountAsync(id))["maxJobs"]!.GetValue<int>());
    }

    [Fact]
    public async Task What_is_wrong_with_an_account_is_named()
    {
        async Task Wrong(object change, string field, string rule)
        {
            var body = new JsonObject { ["url"] = Sim.BaseUrl.ToString(), ["driver"] = "platform", ["token"] = "key", ["maxJobs"] = 1 };
            foreach (var (name, value) in System.Text.Json.JsonSerializer.SerializeToNode(change)!.AsObject())
                body[name] = value?.DeepClone();
            (await Admin.PostAsync("/v1/minimax/accounts", body)).ExpectUseapi(400, field, rule);
        }

        await Wrong(new { colour = "red" }, "colour", "no field of an account");
        await Wrong(new { enabled = true }, "enabled", "no field of an account");
        await Wrong(new { url = "ftp://x" }, "url", "http");
        await Wrong(new { url = "http://user:pass@host/" }, "url", "user info");
        await Wrong(new { token = "" }, "token", "characters");
        await Wrong(new { token = "two words" }, "token", "printable ASCII");
        await Wrong(new { token = "schlüssel" }, "token", "printable ASCII");
        await Wrong(new { token = new string('x', 8193) }, "token", "8192");
        await Wrong(new { driver = "fax" }, "driver", "platform");
        await Wrong(new { account = "12a" }, "account", "digits");
        await Wrong(new { account = new string('1', 33) }, "account", "32");
        await Wrong(new { account = 12 }, "account", "string");
        await Wrong(new { timeZone = "Mars/Olympus" }, "timeZone", "IANA");
        await Wrong(new { dailyCredits = -1 }, "dailyCredits", "integer from 0");
        await Wrong(new { dailyCredits = "10" }, "dailyCredits", "integer from 0");
        await Wrong(new { models = "all" }, "models", "list");
        await Wrong(new { models = new[] { 1 } }, "models", "list");
        await Wrong(new { name = "a\u0000b" }, "name", "control");
        (await Admin.PostAsync("/v1/minimax/accounts", new { url = "https://example.com", token = "k", maxJobs = 1 })).ExpectUseapi(400, "url", "driver");
        Assert.Equal("{}", (await Admin.GetAsync("/v1/minimax/accounts")).Body);
    }

    [Fact]
    public async Task Secrets_stand_in_no_answer_no_log_and_no_file()
    {
        var jwt =
            $"eyJhbGciOiJIUzI1NiJ9.{Convert.ToBase64String("{\"exp\":4102444800.5,\"iat\":1700000000,\"c\":\"JWTCANARY\"}"u8).TrimEnd('=')}.SIGCANARY";
        List<Answer> answers = [];
        var id = await AddAccountAsync(Canary, 2);
        var withJwt = await AddAccountAsync(jwt, 2);
        Sim.Script.Next(Operation.VideoSubmit, new FaultEffect.BaseResp(1008, "insufficient balance"));
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        Sim.Script.Always(Operation.Models, new FaultEffect.BaseResp(1004, "login fail"));
        foreach (var account in new[] { id, withJwt })
        {
            answers.Add(await Admin.GetAsync($"/v1/minimax/accounts/{account}"));
            answers.Add(await AccountAsync(account));
            answers.Add(await Admin.PatchAsync($"/v1/admin/accounts/{account}", new { name = "n" }));
            answers.Add(await Admin.PostAsync($"/v1/admin/accounts/{account}/validate"));
        }

        answers.Add(await Admin.GetAsync("/v1/minimax/accounts"));
        answers.Add(
            await Admin.PostAsync("/v1/minimax/accounts", new { url = Sim.BaseUrl, driver = "platform", token = Canary, maxJobs = 0 }));
        answers.Add(await Admin.GetAsync($"/v1/jobs/{job}"));
        answers.Add(await Admin.GetAsync("/metrics"));

        string[] secrets = [Canary, jwt, "JWTCANARY", "SIGCANARY", GatewayUnderTest.AdminToken];
        foreach (var secret in secrets)
        {
            Assert.All(
                answers,
                answer => Assert.DoesNotContain(secret, answer.Body + string.Join('\n', answer.Headers.Values), StringComparison.Ordinal));
            Assert.All(Gateway.Journal.Lines, line => Assert.DoesNotContain(secret, line, StringComparison.Ordinal));
        }

        await Gateway.StopAsync();
        if (Data is not SqliteData files) return;
        foreach (var file in Directory.EnumerateFiles(files.Directory))
            foreach (var secret in secrets)
                Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.ASCII.GetBytes(secret)) < 0, $"{file} has {secret}");
    }

    [Fact]
    public async Task A_JWT_shows_its_dates_and_not_itself()
    {
        var jwt = $"eyJhbGciOiJIUzI1NiJ9.{Convert.ToBase64String("{\"exp\":4102444800.864,\"iat\":1732266598.864}"u8).TrimEnd('=')}.sig";
        var id = await AddAccountAsync(jwt);

        var shown = (await Admin.GetAsync($"/v1/minimax/accounts/{id}"))["jwt"]!;
        Assert.Equal(4102444800.864, shown["exp"]!.GetValue<double>(), 3);
        Assert.Equal(1732266598.864, shown["iat"]!.GetValue<double>(), 3);
        Assert.Equal("2024-11-22T09:09:58.864Z", shown["iat_Issued"]!.ToString());
        Assert.Equal(Sim.BaseUrl.Host, shown["host"]!.ToString());
        Assert.Contains("…secured…", shown["token"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_admins_view_has_the_fields_of_the_contract()
    {
        var id = await AddAccountAsync("key-a", 2, ("dailyCredits", 100));
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");

        var view = await AccountAsync(id);
        Assert.Equal(id, view.Text("account"));
        Assert.Equal("platform", view.Text("driver"));
        Assert.Equal(2, view["maxJobs"]!.GetValue<int>());
        Assert.True(view["enabled"]!.GetValue<bool>());
        Assert.False(view["draining"]!.GetValue<bool>());
        var lease = Assert.Single(view["leases"]!.AsArray())!;
        Assert.Equal(job, lease["job"]!.ToString());
        Assert.Equal(1, lease["attempt"]!.GetValue<int>());
        Assert.Equal(TimeSpan.FromMinutes(45), lease["hardEnd"]!.GetValue<DateTimeOffset>() - lease["since"]!.GetValue<DateTimeOffset>());
        Assert.NotEmpty(lease["id"]!.ToString());
        var credits = view["credits"]!;
        Assert.Equal(
            (100, 0, 30), (credits["budget"]!.GetValue<long>(), credits["used"]!.GetValue<long>(), credits["reserved"]!.GetValue<long>()));
        var day = DateOnly.Parse(credits["day"]!.ToString());
        Assert.Equal(new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero), credits["resetsAt"]!.GetValue<DateTimeOffset>());
        Assert.Equal("ok", view["health"]!["state"]!.ToString());
    }

    [Fact]
    public async Task Patch_changes_what_it_names_and_answers_like_the_view()
    {
        var id = await AddAccountAsync("key-a", 2);

        var patched = (
            await Admin.PatchAsync(
                $"/v1/admin/accounts/{id}",
                new
                {
                    maxJobs = 4,
                    dailyCredits = 90,
                    timeZone = "Asia/Shanghai",
                    name = "n",
                    models = new[] { "m" },
                    enabled = false,
                    reservedForCalls = 1,
                })).Expect(200);
        Assert.True(JsonNode.DeepEquals(patched.Json, (await AccountAsync(id)).Json));
        Assert.Equal(4, patched["maxJobs"]!.GetValue<int>());
        Assert.Equal(90, patched["credits"]!["budget"]!.GetValue<long>());
        Assert.Equal("Asia/Shanghai", patched.Text("timeZone"));
        Assert.False(patched["enabled"]!.GetValue<bool>());
        Assert.Equal(1, patched["reservedForCalls"]!.GetValue<int>());

        (await Admin.PatchAsync($"/v1/admin/accounts/{id}", new { reservedForCalls = 5 })).ExpectProblem(400, "invalid_request", "reservedForCalls", "maxJobs");
        (await Admin.PatchAsync($"/v1/admin/accounts/{id}", new { token = "x" })).ExpectProblem(400, "invalid_request", "token", "cannot be changed");
        (await Admin.PatchAsync($"/v1/admin/accounts/{id}", new { enabled = "yes" })).ExpectProblem(400, "invalid_request", "enabled", "true or false");
        (await Admin.PatchAsync("/v1/admin/accounts/77", new { maxJobs = 1 })).ExpectProblem(404, "account_not_found", "account");
    }

    [Fact]
    public async Task Drain_takes_no_new_work_and_resume_takes_the_waiting_job_at_once()
    {
        var id = await AddAccountAsync("key-a", 2);
        var first = await SubmitVideoAsync("first");
        await WaitForAsync(first, "running");

        Assert.True((await Admin.PostAsync($"/v1/admin/accounts/{id}/drain")).Expect(200)["draining"]!.GetValue<bool>());
        var second = await SubmitVideoAsync("second");
        Assert.Equal("queued", (await JobAsync(second)).Text("status"));
        Assert.Equal("running", (await JobAsync(first)).Text("status"));

        Assert.False((await Admin.PostAsync($"/v1/admin/accounts/{id}/resume")).Expect(200)["draining"]!.GetValue<bool>());
        await WaitForAsync(second, "running");
        (await Admin.PostAsync("/v1/admin/accounts/77/drain")).ExpectProblem(404, "account_not_found");
    }

    [Fact]
    public async Task Reset_touches_health_only()
    {
        var id = await AddAccountAsync("key-a", 2, ("dailyCredits", 100));
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        Sim.Script.Next(Operation.Chat, new FaultEffect.BaseResp(1002, "rate limit exceeded(RPM)"));
        await Admin.PostAsync("/v1/text/chatcompletion_v2", ChatBody(), ("Prefer", "wait=0"));
        await EventuallyAsync(async () => (await AccountAsync(id))["health"]!["state"]!.ToString() == "cooling");
        await SlotsAsync(id, 1);
        var before = await AccountAsync(id);
        Assert.NotNull(before["health"]!["until"]);
        Assert.Contains("1002", before["health"]!["reason"]!.ToString(), StringComparison.Ordinal);

        var after = (await Admin.PostAsync($"/v1/admin/accounts/{id}/reset")).Expect(200);
        Assert.Equal("ok", after["health"]!["state"]!.ToString());
        Assert.True(JsonNode.DeepEquals(before["leases"], after["leases"]));
        Assert.True(JsonNode.DeepEquals(before["credits"], after["credits"]));
    }

    [Fact]
    public async Task Validate_asks_the_upstream_and_health_learns_the_answer()
    {
        var id = await AddAccountAsync("key-a");

        Assert.Equal("ok", (await Admin.PostAsync($"/v1/admin/accounts/{id}/validate")).Expect(200)["health"]!["state"]!.ToString());
        Assert.Equal(1, Sim.Ledger.Count(Operation.Models, "key-a"));

        Sim.SetKey("key-a", new KeySettings { Revoked = true });
        var dead = (await Admin.PostAsync($"/v1/admin/accounts/{id}/validate")).Expect(200);
        Assert.Equal("auth_failed", dead["health"]!["state"]!.ToString());
        Assert.NotEmpty((await Admin.GetAsync($"/v1/minimax/accounts/{id}")).Text("error"));

        Sim.SetKey("key-a", new KeySettings());
        Assert.Equal("ok", (await Admin.PostAsync($"/v1/admin/accounts/{id}/validate")).Expect(200)["health"]!["state"]!.ToString());
        Assert.Null((await Admin.GetAsync($"/v1/minimax/accounts/{id}"))["error"]);
    }

    [Fact]
    public async Task L3_shrinking_maxJobs_cuts_no_running_work_and_gives_no_new_slot()
    {
        var id = await AddAccountAsync("key-a", 2);
        foreach (var prompt in new[] { "first", "second" }) await WaitForAsync(await SubmitVideoAsync(prompt), "running");
        (await Admin.PatchAsync($"/v1/admin/accounts/{id}", new { maxJobs = 1 })).Expect(200);

        var third = await SubmitVideoAsync("third");
        Assert.Equal("queued", (await JobAsync(third)).Text("status"));
        Assert.Equal(2, (await AccountAsync(id))["leases"]!.AsArray().Count);

        Sim.FinishTask(Sim.Ledger.Tasks()[0].TaskId);
        await SlotsAsync(id, 1);
        Assert.Equal("queued", (await JobAsync(third)).Text("status"));
        Sim.FinishTask(Sim.Ledger.Tasks()[1].TaskId);
        await WaitForAsync(third, "running");
        Assert.Equal(2, Sim.Ledger.Key("key-a").MaxConcurrentTasks);
    }

    [Fact]
    public async Task L4_an_operator_frees_a_slot_by_hand()
    {
        var id = await AddAccountAsync("key-a", 1, ("dailyCredits", 100));
        var stuck = await SubmitVideoAsync("stuck");
        await WaitForAsync(stuck, "running");
        var waiting = await SubmitVideoAsync("waiting");
        var lease = (await AccountAsync(id))["leases"]![0]!["id"]!.ToString();

        (await Admin.PostAsync($"/v1/admin/accounts/{id}/leases/{lease}/release")).Expect(200);

        var failed = await EndAsync(stuck);
        Assert.Equal(("failed", "released_by_operator"), (failed.Text("status"), failed["error"]!["code"]!.ToString()));
        await WaitForAsync(waiting, "running");
        var credits = (await AccountAsync(id))["credits"]!;
        Assert.Equal((30, 30), (credits["used"]!.GetValue<long>(), credits["reserved"]!.GetValue<long>()));
        (await Admin.PostAsync($"/v1/admin/accounts/{id}/leases/{lease}/release")).ExpectProblem(404, "lease_not_found", "lease");
    }

    [Fact]
    public async Task L8_a_deleted_accounts_running_job_is_followed_to_its_end()
    {
        var id = await AddAccountAsync("key-a", 1, ("dailyCredits", 100));
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        (await Admin.DeleteAsync($"/v1/minimax/accounts/{id}")).Expect(200);

        (await Admin.PostAsync("/v1/jobs", VideoJob("another"))).ExpectProblem(422, "no_account_can_serve");
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(job)).Text("status"));

        // The day's ledger survives the deletion: posting again spends from the same day.
        await AddAccountAsync("key-a");
        Assert.Equal(30, (await AccountAsync(id))["credits"]!["used"]!.GetValue<long>());
    }

    [Fact]
    public async Task L8_posting_again_revives_the_account_with_its_running_work()
    {
        var id = await AddAccountAsync("key-a");
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        (await Admin.DeleteAsync($"/v1/minimax/accounts/{id}")).Expect(200);

        await AddAccountAsync("key-a");
        Assert.Equal(job, Assert.Single((await AccountAsync(id))["leases"]!.AsArray())!["job"]!.ToString());
        var next = await SubmitVideoAsync("next");
        Assert.Equal("queued", (await JobAsync(next)).Text("status"));
        Sim.FinishAllTasks();
        await WaitForAsync(next, "running");
        Assert.Equal(1, Sim.Ledger.Key("key-a").MaxConcurrentTasks);
    }

    [Fact]
    public async Task L8_another_host_is_refused_while_work_runs_and_accepted_when_it_has_ended()
    {
        await using var other = await MiniMaxSimulator.StartAsync(new SimulatorOptions { ManualTasks = true }, Patience);
        var id = await AddAccountAsync("key-a");
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        object Moved() => new { account = id, url = other.BaseUrl, driver = "platform", token = "key-a", maxJobs = 1 };

        (await Admin.PostAsync("/v1/minimax/accounts", Moved())).ExpectUseapi(400, "url", "driver and host");
        (await Admin.DeleteAsync($"/v1/minimax/accounts/{id}")).Expect(200);
        (await Admin.PostAsync("/v1/minimax/accounts", Moved())).ExpectUseapi(400, "url", "driver and host");

        Sim.FinishAllTasks();
        await EndAsync(job);
        (await Admin.PostAsync("/v1/minimax/accounts", Moved())).Expect(201);
        await WaitForAsync(await SubmitVideoAsync("there"), "running");
        Assert.Equal(1, other.Ledger.Accepted);
    }

    [Fact]
    public async Task L8_queued_jobs_pinned_to_a_deleted_account_fail_with_account_deleted()
    {
        await AddAccountAsync("key-b", 5);
        var id = await AddAccountAsync("key-a");
        object Pinned(string prompt) => new { kind = "video", account = id, request = new { model = "MiniMax-Hailuo-02", prompt } };
        var running = (await Admin.PostAsync("/v1/jobs", Pinned("running"))).Expect(202).Text("id");
        await WaitForAsync(running, "running");
        var queued = (await Admin.PostAsync("/v1/jobs", Pinned("queued"))).Expect(202).Text("id");

        (await Admin.DeleteAsync($"/v1/minimax/accounts/{id}")).Expect(200);

        var failed = await EndAsync(queued);
        Assert.Equal(("failed", "account_deleted"), (failed.Text("status"), failed["error"]!["code"]!.ToString()));
        Assert.Equal("running", (await JobAsync(running)).Text("status"));
    }

    [Fact]
    public async Task An_account_whose_driver_is_off_is_stored_and_its_error_names_the_setting()
    {
        var web = (
            await Admin.PostAsync(
                "/v1/minimax/accounts",
                new { account = "55", url = "https://hailuoai.video/v3/api/x?y=1", token = "eyJ.x.y", maxJobs = 2 })).Expect(201);
        Assert.Equal("hailuo-web", web.Text("driver"));
        Assert.Contains("Gateway:DisabledDrivers", web.Text("error"), StringComparison.Ordinal);
        Assert.False(web["supportVideo"]!.GetValue<bool>());
        (await Admin.PostAsync("/v1/jobs", VideoJob())).ExpectProblem(422, "no_account_can_serve");
        (await Admin.PostAsync("/v1/admin/accounts/55/validate")).ExpectProblem(409, "driver_off");

        var id = await AddAccountAsync("key-a");
        Gateway["Gateway:DisabledDrivers:0"] = "platform";
        await Gateway.RestartAsync();
        Assert.Contains(
            "Gateway:DisabledDrivers", (await Admin.GetAsync($"/v1/minimax/accounts/{id}")).Text("error"), StringComparison.Ordinal);
        (await Admin.PostAsync("/v1/jobs", VideoJob())).ExpectProblem(422, "no_account_can_serve");
    }

    [Fact]
    public async Task A_proxy_of_the_upstream_may_serve_it_under_a_path()
    {
        string? asked = null;
        await using var proxy = await RawUpstream.StartAsync(context =>
        {
            asked = context.Request.Path + context.Request.QueryString;
            return context.Response.WriteAsync(
                """{"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":"hi"}}],"base_resp":{"status_code":0}}""");
        });
        var url = new Uri(proxy.BaseUrl, "/minimax/eu/").ToString();
        (await Admin.PostAsync("/v1/minimax/accounts", new { account = "7", url, driver = "platform", token = "key-a", maxJobs = 1, groupId = "12", validate = false })).Expect(201);
        (await Admin.PostAsync("/v1/text/chatcompletion_v2", new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } })).Expect(200);
        Assert.Equal("/minimax/eu/v1/text/chatcompletion_v2?GroupId=12", asked);
    }

    [Fact]
    public async Task Where_hosts_are_listed_no_other_is_taken()
    {
        Gateway["Gateway:AccountHosts:0"] = Sim.BaseUrl.Authority;
        await Gateway.RestartAsync();
        await AddAccountAsync("key-a");
        (await Admin.PostAsync("/v1/minimax/accounts", new { url = "http://127.0.0.1:1", driver = "platform", token = "k", maxJobs = 1 })).ExpectUseapi(400, "url", "Gateway:AccountHosts");
    }

    private static object ChatBody() => new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } };
}

public sealed class SqliteAccounts() : AccountContract(new SqliteData());

public sealed class PostgresAccounts() : AccountContract(new PostgresData());
