using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Tests.Support;
using Gateway.Engine.Storage;

namespace Gateway.Api.Tests.Jobs;

/// <summary>A team's limits as its callers and an admin meet them.</summary>
public abstract class TeamLimitContract : GatewayTest
{
    private protected TeamLimitContract(TestData data)
        : base(data)
    {
    }

    [Fact]
    public async Task Q5_a_team_at_its_limit_waits_for_its_own_release_and_holds_nobody_back()
    {
        await AddAccountAsync("key-a", maxJobs: 3);
        var (limited, other) = (await AddTeamAsync("limited", limits: new { maxRunning = 1 }), await AddTeamAsync("other"));
        var first = await SubmitVideoAsync("first", by: limited);
        await WaitForAsync(first, "running");
        var second = await SubmitVideoAsync("second", by: limited);
        await WaitForAsync(await SubmitVideoAsync("other", by: other), "running");

        var why = (await limited.GetAsync($"/v1/jobs/{second}/explain")).Expect(200);
        Assert.Equal(("queued", "team_limit"), (why.Text("status"), why.Text("waitsFor")));
        Assert.Contains("The team is at its limit", why.Text("sentence"), StringComparison.Ordinal);

        (await limited.PostAsync("/v1/jobs", VideoJob(), ("Gateway-Queue", "off"))).ExpectProblem(429, "no_free_account");
        Sim.FinishAllTasks();
        await WaitForAsync(second, "running");
        Assert.Equal(["first", "other", "second"], Sim.Ledger.Tasks().Select(task => task.Prompt));
    }

    [Fact]
    public async Task D1_an_API_node_explains_what_holds_a_job_though_it_dispatches_none()
    {
        Gateway["Gateway:Role"] = "api";
        await Gateway.RestartAsync();
        await AddAccountAsync("key-a", maxJobs: 3);
        var (counted, spent) = (
            await AddTeamAsync("counted", limits: new { maxRunning = 1 }), await AddTeamAsync("spent", limits: new { dailyCredits = 30 }));
        foreach (var (team, why, words) in new[] { (counted, "The team is at its limit", "team at its limit"), (spent, "The team has no credits left today", "team has no credits left today") })
        {
            (await team.PostAsync("/v1/jobs", VideoJob(), ("Gateway-Queue", "off"))).Expect(202);
            var waits = await SubmitVideoAsync(by: team);
            var explained = (await team.GetAsync($"/v1/jobs/{waits}/explain")).Expect(200);
            Assert.Equal(("queued", "team_limit"), (explained.Text("status"), explained.Text("waitsFor")));
            Assert.StartsWith(why, explained.Text("sentence"), StringComparison.Ordinal);
            Assert.Equal(words, (await team.GetAsync($"/v1/jobs/{waits}")).Text("reason"));
            Assert.Equal(words, (await team.GetAsync("/v1/jobs?status=queued"))["jobs"]![0]!["reason"]!.ToString());
        }
    }

    [Fact]
    public async Task D1_a_dry_run_knows_the_teams_limits()
    {
        await AddAccountAsync("key-a", maxJobs: 3);
        var team = await AddTeamAsync("limited", limits: new { dailyCredits = 40, maxQueued = 1 });
        Assert.True((await DryRunAsync(team))["wouldStart"]!.GetValue<bool>());
        await WaitForAsync(await SubmitVideoAsync("30 of 40 credits", by: team), "running");

        var queues = await DryRunAsync(team);
        Assert.Equal(
            (false, true, null), (queues["wouldStart"]!.GetValue<bool>(), queues["wouldQueue"]!.GetValue<bool>(), queues["error"]));
        var refused = await DryRunAsync(team, ("Gateway-Queue", "off"));
        Assert.Equal(
            (false, false, "no_free_account"),
            (refused["wouldStart"]!.GetValue<bool>(), refused["wouldQueue"]!.GetValue<bool>(), refused["error"]!["code"]!.ToString()));
        Assert.Contains("no credits left today", refused["error"]!["message"]!.ToString(), StringComparison.Ordinal);

        await SubmitVideoAsync("queued", by: team);
        Assert.Equal("queue_full", (await DryRunAsync(team))["error"]!["code"]!.ToString());
    }

    [Fact]
    public async Task C1_a_team_without_credits_left_is_told_until_when()
    {
        await AddAccountAsync("key-a");
        var team = await AddTeamAsync("limited", limits: new { dailyCredits = 30 });
        await EndedAsync(await SubmitVideoAsync("all of it", by: team));
        var refused = await team.PostAsync("/v1/jobs", VideoJob(), ("Gateway-Queue", "off"));
        refused.ExpectProblem(429, "no_free_account");
        Assert.Contains("no credits left today", refused.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_team_with_a_full_queue_is_told_so_and_others_are_not()
    {
        var account = await AddAccountAsync("key-a");
        (await Admin.PostAsync($"/v1/admin/accounts/{account}/drain", new { })).Expect(200);
        var team = await AddTeamAsync("limited", limits: new { maxQueued = 3 });
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => team.PostAsync("/v1/jobs", VideoJob())));
        Assert.Equal(3, answers.Count(answer => answer.Status == 202));
        Assert.All(answers.Where(answer => answer.Status != 202), answer => answer.ExpectProblem(429, "queue_full"));
        await SubmitVideoAsync(by: await AddTeamAsync("other"));
    }

    [Fact]
    public async Task J11_a_native_submit_of_a_team_at_its_limit_is_answered_at_once()
    {
        await AddAccountAsync("key-a", maxJobs: 3);
        var team = await AddTeamAsync("limited", limits: new { maxRunning = 1 });
        await WaitForAsync(await SubmitVideoAsync("first", by: team), "running");
        var second = (
            await team.PostAsync(
                "/v1/video_generation", new { model = "MiniMax-Hailuo-02", prompt = "second" })).Expect(200).Text("task_id");
        Assert.Equal("queued", (await JobAsync(second)).Text("status"));
    }

    [Fact]
    public async Task A_team_that_sends_too_fast_is_told_when_to_come_back_and_may_still_read()
    {
        await AddAccountAsync("key-a");
        var team = await AddTeamAsync("limited", limits: new { requestsPerMinute = 2 });
        await SubmitVideoAsync(by: team);
        await SubmitVideoAsync(by: team);
        var refused = await team.PostAsync("/v1/jobs", VideoJob());
        refused.ExpectProblem(429, "team_rate_limit");
        Assert.InRange(int.Parse(refused.Header("Retry-After")!), 1, 66);
        (await team.GetAsync("/v1/jobs")).Expect(200);
    }

    [Fact]
    public async Task Of_requests_at_the_same_instant_no_more_pass_than_a_team_may_send()
    {
        await AddTeamAsync("limited", limits: new { requestsPerMinute = 50 });
        var team = (await Gateway.Services.GetRequiredService<IQueryStore>().TeamsAsync(Patience)).Single(row => row.Name == "limited").Id;
        var rates = Gateway.Services.GetRequiredService<TeamRates>();
        var passed = 0;
        Parallel.For(0, 5_000, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Patience }, _ =>
        {
            try
            {
                rates.Count(team);
                Interlocked.Increment(ref passed);
            }
            catch (ApiException refused)
            {
                Assert.Equal("team_rate_limit", refused.Error.Code);
            }
        });
        Assert.Equal(50, passed);
    }

    [Fact]
    public async Task An_admin_changes_a_team_and_hears_of_each_mistake_by_its_field()
    {
        var team = (await Admin.PostAsync("/v1/admin/teams", new { name = "a", limits = new { maxRunning = 2 } })).Expect(201).Text("id");
        var changed = (
            await Admin.PatchAsync(
                $"/v1/admin/teams/{team}", new { name = "b", weight = 4, limits = new { dailyCredits = 9 } })).Expect(200);
        Assert.Equal(
            ("b", 4, 9, 2),
            (changed.Text("name"), changed["weight"]!.GetValue<int>(), changed["limits"]!["dailyCredits"]!.GetValue<int>(), changed["limits"]!["maxRunning"]!.GetValue<int>()));

        (await Admin.PostAsync("/v1/admin/teams", new { name = "taken" })).Expect(201);
        (await Admin.PatchAsync($"/v1/admin/teams/{team}", new { name = "taken" })).ExpectProblem(409, "team_name_taken");
        (await Admin.PatchAsync("/v1/admin/teams/team_none", new { weight = 1 })).ExpectProblem(404, "team_not_found");
        foreach (var (limits, field) in new (object, string)[]
        {
            (7, "limits"), (new { maxRunning = 0 }, "limits.maxRunning"), (new { maxQueued = -1 }, "limits.maxQueued"),
            (new { dailyCredits = "9" }, "limits.dailyCredits"), (new { requestsPerMinute = 1.5 }, "limits.requestsPerMinute"),
            (new { running = 1 }, "limits.running"),
        }) (await Admin.PatchAsync($"/v1/admin/teams/{team}", new { limits })).ExpectProblem(400, "invalid_request", field, "");
    }

    [Fact]
    public async Task A3_a_changed_limit_leaves_the_others_and_null_takes_one_away()
    {
        var team = (
            await Admin.PostAsync(
                "/v1/admin/teams",
                new
                {
                    name = "a",
                    limits = new { maxRunning = 2, maxQueued = 3, dailyCredits = 40, requestsPerMinute = (int?)null },
                })).Expect(201).Text("id");
        async Task<string> LimitsAfterAsync(object limits) =>
            (await Admin.PatchAsync($"/v1/admin/teams/{team}", new { limits })).Expect(200)["limits"]!.ToJsonString();

        Assert.Equal(
            """{"maxRunning":5,"maxQueued":3,"dailyCredits":40,"requestsPerMinute":null,"class":null}""",
            await LimitsAfterAsync(new { maxRunning = 5 }));
        Assert.Equal(
            """{"maxRunning":5,"maxQueued":null,"dailyCredits":40,"requestsPerMinute":60,"class":null}""",
            await LimitsAfterAsync(new { maxQueued = (int?)null, requestsPerMinute = 60 }));
        Assert.Equal(
            """{"maxRunning":5,"maxQueued":null,"dailyCredits":40,"requestsPerMinute":60,"class":null}""", await LimitsAfterAsync(new { }));
        Assert.Equal(
            """{"maxRunning":null,"maxQueued":null,"dailyCredits":null,"requestsPerMinute":null,"class":null}""",
            (await Admin.PatchAsync($"/v1/admin/teams/{team}", """{"limits":null}""")).Expect(200)["limits"]!.ToJsonString());
    }

    private static async Task<Answer> DryRunAsync(Client team, params (string Name, string Value)[] headers) =>
        (await team.PostAsync("/v1/jobs?dryRun=true", VideoJob(), headers)).Expect(200);

    private async Task EndedAsync(string id)
    {
        await WaitForAsync(id, "running");
        Sim.FinishAllTasks();
        await WaitForAsync(id, "succeeded");
    }
}

public sealed class SqliteTeamLimitTests() : TeamLimitContract(new SqliteData());

public sealed class PostgresTeamLimitTests() : TeamLimitContract(new PostgresData());
