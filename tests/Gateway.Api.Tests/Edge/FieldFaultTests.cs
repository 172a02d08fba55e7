using System.Text.Json.Nodes;
using Gateway.Api.Http;
using Gateway.Api.Tests.Support;
using Gateway.Model;

namespace Gateway.Api.Tests.Edge;

/// <summary>A caller hears of all that is wrong at once, each by its field, its rule and the cure.</summary>
public sealed class FieldFaultTests : GatewayTest
{
    [Fact]
    public async Task D5_all_faults_of_a_body_are_told_at_once_and_joined_in_the_detail()
    {
        var job = await Admin.PostAsync(
            "/v1/jobs",
            new
            {
                kind = "fax",
                priority = 10,
                request = 7,
                runAt = "now",
                startBy = 1,
                color = "red",
                replyEvents = new[] { "job.done" },
                account = "x",
            });
        Names(job, "kind", "priority", "request", "runAt", "startBy", "color", "replyEvents", "account");
        foreach (var error in job.Json["errors"]!.AsArray())
            Assert.Contains($"{error!["field"]}: {error["rule"]}", job.Text("detail"), StringComparison.Ordinal);
        Names(await Admin.PostAsync("/v1/jobs", new { }), "kind", "request");
        Names(
            await Admin.PostAsync("/v1/jobs", new { kind = "chat", priority = -1, request = new { messages = 1 } }),
            "priority",
            "request.model");
        Names(
            await Admin.PostAsync(
                "/v1/jobs",
                new
                {
                    kind = "video",
                    request = new { model = "m" },
                    runAt = "2030-01-03T00:00:00Z",
                    startBy = "2030-01-02T00:00:00Z",
                    finishBy = "2030-01-01T00:00:00Z",
                }),
            "startBy",
            "finishBy");
        Names(await Admin.PostAsync("/v1/jobs/batch", new { jobs = 1, more = 2 }), "jobs", "more");
        Names(await Admin.PostAsync("/v1/jobs/cancel", new { status = "failed", kind = "fax", until = 1 }), "status", "kind", "until");
        Names(await Admin.PostAsync("/v1/webhooks/test", new { uri = "https://a.example" }), "uri", "url");
        Names(
            await Admin.PostAsync("/v1/admin/teams", new { name = "", weight = 0, limits = new { maxRunning = 0, running = 1 } }),
            "name",
            "weight",
            "limits.maxRunning",
            "limits.running");
        Names(
            await Admin.PostAsync("/v1/admin/teams/default/tokens", new { scopes = "admin", expiresAt = "soon", name = "x" }),
            "scopes",
            "expiresAt",
            "name");
        Names(
            await Admin.PatchAsync(
                $"/v1/admin/accounts/{await AddAccountAsync("key-a")}", new { maxJobs = 11, timeZone = "Mars", color = 1 }),
            "maxJobs",
            "timeZone",
            "color");
        (await Admin.PostAsync("/v1/minimax/accounts", new { url = "x", maxJobs = 0, color = 1 })).ExpectUseapi(400, "url: ", "maxJobs: ", "color: ", "token: ");
        (await Admin.PostAsync("/v1/minimax/accounts", new { })).ExpectUseapi(400, "url: ", "maxJobs: ", "token: ");
    }

    [Fact]
    public async Task D5_all_faults_of_a_query_are_told_at_once()
    {
        Names(
            await Admin.GetAsync("/v1/jobs?status=done&kind=fax&limit=0&before=x&account=y&error=Z"),
            "status",
            "kind",
            "limit",
            "before",
            "account",
            "error");
        Names(await Admin.GetAsync("/v1/jobs/1?wait=x&after=y"), "wait", "after");
        Names(await Admin.GetAsync("/v1/webhooks/deliveries?job=x&limit=0"), "job", "limit");
    }

    [Fact]
    public async Task D5_a_body_of_nothing_but_faults_names_no_more_than_a_screen_of_them()
    {
        var body = new JsonObject();
        for (var i = 0; i < JsonObjectReader.MostFields; i++) body[$"f{i}"] = i;
        var answer = (await Admin.PostAsync("/v1/jobs", body)).ExpectProblem(400, "invalid_request", "f0");
        Assert.Equal(FieldFaults.Most, answer.Json["errors"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("/v1/jobs?state=queued", "state", "Did you mean 'status'?")]
    [InlineData("/v1/jobs?limits=5", "limits", "Did you mean 'limit'?")]
    [InlineData("/v1/jobs?status=queued&x=1", "x", "the parameters are status, kind")]
    [InlineData("/v1/jobs/1?wiat=5", "wiat", "Did you mean 'wait'?")]
    [InlineData("/v1/jobs/1/events?from=5", "from", "the parameters are after")]
    [InlineData("/v1/jobs/1/stream?after=5", "after", "the parameters are offset")]
    [InlineData("/v1/jobs/1/explain?verbose=1", "verbose", "takes none")]
    [InlineData("/v1/events?team=default&since=5", "since", "the parameters are after, team")]
    [InlineData("/v1/webhooks/deliveries?jobs=1", "jobs", "Did you mean 'job'?")]
    [InlineData("/v1/admin/teams?limit=1", "limit", "takes none")]
    [InlineData("/v1/admin/queue?lane=x", "lane", "takes none")]
    [InlineData("/v1/ws?token=x", "token", "takes none")]
    public async Task D4_an_unknown_parameter_is_refused_by_name(string path, string field, string rule) =>
        (await Admin.GetAsync(path)).ExpectProblem(400, "invalid_request", field, rule);

    [Fact]
    public async Task D4_all_unknown_parameters_are_named_posts_have_them_too_and_native_paths_stay_lenient()
    {
        Names(await Admin.GetAsync("/v1/jobs?state=queued&sort=asc"), "state", "sort");
        (await Admin.PostAsync("/v1/jobs?dryrun=maybe", VideoJob())).ExpectProblem(400, "invalid_request", "dryRun");
        (await Admin.PostAsync("/v1/jobs?dry_run=true", VideoJob())).ExpectProblem(
            400, "invalid_request", "dry_run", "Did you mean 'dryRun'?");
        (await Nobody.GetAsync("/v1/jobs?state=queued")).Expect(401);
        (await Admin.GetAsync("/v1/files/list?anything=1")).Expect(200);
        (await Admin.GetAsync("/v1/minimax/accounts?anything=1")).Expect(200);
        (await Nobody.GetAsync("/livez?probe=1")).Expect(200);
    }

    [Theory]
    [InlineData("state", "status")]
    [InlineData("STATUS", "status")]
    [InlineData("minimax-m2", "MiniMax-M2")]
    [InlineData("MiniMaxM2", "MiniMax-M2")]
    [InlineData("m", null)]
    [InlineData("", null)]
    [InlineData("colour", null)]
    public void The_near_name_is_the_nearest_and_not_just_any(string name, string? near) =>
        Assert.Equal(near, NearName.Of(name, ["status", "MiniMax-Text-01", "MiniMax-M2"]));

    private static void Names(Answer answer, params string[] fields)
    {
        answer.ExpectProblem(400, "invalid_request");
        Assert.Equal(fields.Order(), answer.Json["errors"]!.AsArray().Select(error => error!["field"]!.ToString()).Order());
    }
}
