using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;

namespace Gateway.Api.Tests.Auth;

/// <summary>Who may do what, and what others may know of it.</summary>
public sealed class AuthTests : GatewayTest
{
    private readonly ShiftedClock _clock;

    public AuthTests()
        : this(new ShiftedClock())
    {
    }

    private AuthTests(ShiftedClock clock)
        : base(new SqliteData(), clock) => _clock = clock;

    private protected override void Configure() => Gateway["Gateway:NodeLease"] = "00:10:00"; // clocks that jump are no reason to die

    [Fact]
    public async Task A_token_is_taken_as_bearer_in_any_case_and_as_x_api_key()
    {
        (await Nobody.GetAsync("/v1/jobs", ("Authorization", $"Bearer {GatewayUnderTest.AdminToken}"))).Expect(200);
        (await Nobody.GetAsync("/v1/jobs", ("Authorization", $"bearer  {GatewayUnderTest.AdminToken} "))).Expect(200);
        (await Nobody.GetAsync("/v1/jobs", ("x-api-key", GatewayUnderTest.AdminToken))).Expect(200);
        (await Nobody.GetAsync("/v1/jobs", ("Authorization", $"Basic {GatewayUnderTest.AdminToken}"), ("x-api-key", GatewayUnderTest.AdminToken))).Expect(401);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    [InlineData("the-admin-token-of-the-test")]
    [InlineData("THE-ADMIN-TOKEN-OF-THE-TESTS")]
    public async Task Without_a_valid_token_every_surface_answers_401_in_its_own_dialect(string? token)
    {
        var caller = As(token);
        (await caller.GetAsync("/v1/jobs")).ExpectProblem(401, "unauthorized", "Authorization", "valid token");
        (await caller.PostAsync("/v1/jobs", "{")).ExpectProblem(401, "unauthorized");
        (await caller.GetAsync("/v1/admin/accounts/1")).ExpectProblem(401, "unauthorized");
        (await caller.PostAsync("/v1/text/chatcompletion_v2", "{")).ExpectBaseResp(401, 1004, "Unauthorized");
        (await caller.PostAsync("/v1/video_generation", "{")).ExpectBaseResp(401, 1004);
        (await caller.GetAsync("/v1/query/video_generation?task_id=1")).ExpectBaseResp(401, 1004);
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse("""{"error":"Unauthorized","code":401}"""),
                (await caller.GetAsync("/v1/minimax/accounts")).Expect(401).Json));
    }

    [Fact]
    public async Task An_overlong_token_is_no_token() => (await As(new string('x', 4000)).GetAsync("/v1/jobs")).Expect(401);

    [Fact]
    public async Task A_team_token_on_an_admin_route_is_a_403_in_the_routes_dialect()
    {
        var team = await AddTeamAsync("blue");
        (await team.GetAsync("/v1/minimax/accounts")).ExpectUseapi(403, "admin");
        (await team.PostAsync("/v1/minimax/accounts", "{")).ExpectUseapi(403, "admin");
        (await team.DeleteAsync("/v1/minimax/accounts/1")).ExpectUseapi(403, "admin");
        (await team.GetAsync("/v1/admin/accounts/1")).ExpectProblem(403, "forbidden", "Authorization", "admin");
        (await team.PostAsync("/v1/admin/teams", new { name = "green" })).ExpectProblem(403, "forbidden");
        (await team.PostAsync("/v1/admin/accounts/1/leases/1/release")).ExpectProblem(403, "forbidden");
    }

    [Fact]
    public async Task A_token_with_scope_admin_is_let_in_and_sees_accounts()
    {
        var id = await AddAccountAsync("key-a");
        var admin = await AddTeamAsync("ops", new { scopes = new[] { "admin" } });
        (await admin.GetAsync($"/v1/admin/accounts/{id}")).Expect(200);
        var job = (await admin.PostAsync("/v1/jobs", VideoJob())).Expect(202).Text("id");
        await WaitForAsync(job, "running");
        Assert.Equal(id, (await admin.GetAsync($"/v1/jobs/{job}")).Text("account"));
    }

    [Fact]
    public async Task Another_teams_job_looks_on_every_surface_like_one_that_never_was()
    {
        await AddAccountAsync("key-a", 3);
        var (blue, green) = (await AddTeamAsync("blue"), await AddTeamAsync("green"));
        var job = await SubmitVideoAsync("secret plan", by: blue);
        await WaitForAsync(job, "running");
        Sim.FinishAllTasks();
        await EndAsync(job);
        const string Unknown = "424242424242";

        foreach (var (method, path) in new[]
        {
            (HttpMethod.Get, "/v1/jobs/{0}"), (HttpMethod.Get, "/v1/jobs/{0}?wait=5"), (HttpMethod.Get, "/v1/jobs/{0}/result"),
            (HttpMethod.Get, "/v1/jobs/{0}/events"),
            (HttpMethod.Post, "/v1/jobs/{0}/cancel"), (HttpMethod.Get, "/v1/query/video_generation?task_id={0}"),
            (HttpMethod.Get, "/v1/files/retrieve?file_id={0}"),
        })
        {
            var foreign = await green.SendAsync(method, string.Format(path, job), null, []);
            var unknown = await green.SendAsync(method, string.Format(path, Unknown), null, []);
            Assert.Equal((unknown.Status, Untraced(unknown.Body)), (foreign.Status, Untraced(foreign.Body)));
            Assert.NotEqual((unknown.Status, Untraced(unknown.Body)), await Own(method, path));
        }

        Assert.Empty((await green.GetAsync("/v1/jobs")).Json["jobs"]!.AsArray());
        Assert.Single((await blue.GetAsync("/v1/jobs")).Json["jobs"]!.AsArray());
        Assert.Empty((await green.GetAsync($"/v1/jobs?team=default&before={long.MaxValue}")).Json["jobs"]!.AsArray());

        async Task<(int, string)> Own(HttpMethod method, string path)
        {
            var own = await blue.SendAsync(method, string.Format(path, job), null, []);
            return (own.Status, own.Body);
        }
    }

    [Fact]
    public async Task A_team_never_sees_accounts_and_may_not_pin_or_filter_by_them()
    {
        var id = await AddAccountAsync("key-a");
        var team = await AddTeamAsync("blue");
        var job = await SubmitVideoAsync(by: team);
        await WaitForAsync(job, "running");
        using var events = new SseReader(await team.OpenAsync(HttpMethod.Get, $"/v1/jobs/{job}/events"), Patience);
        Sim.FinishAllTasks();
        await EndAsync(job);

        Assert.DoesNotContain(id, (await team.GetAsync($"/v1/jobs/{job}")).Body, StringComparison.Ordinal);
        Assert.Null((await team.GetAsync($"/v1/jobs/{job}"))["account"]);
        Assert.DoesNotContain(id, (await team.GetAsync("/v1/jobs")).Body, StringComparison.Ordinal);
        Assert.All(await events.AllAsync(), change => Assert.DoesNotContain(id, change.Data, StringComparison.Ordinal));
        Assert.Equal(id, (await JobAsync(job)).Text("account"));
        (await team.GetAsync($"/v1/jobs?account={id}")).ExpectProblem(403, "forbidden", "account");
        (await team.PostAsync("/v1/jobs", new { kind = "video", account = id, request = new { model = "MiniMax-Hailuo-02", prompt = "x" } })).ExpectProblem(403, "forbidden", "account");
    }

    [Fact]
    public async Task The_admins_submits_belong_to_team_default_and_its_reads_span_teams()
    {
        await AddAccountAsync("key-a", 3);
        var blue = await AddTeamAsync("blue");
        var (mine, theirs) = (await SubmitVideoAsync("mine"), await SubmitVideoAsync("theirs", by: blue));

        string[] Ids(Answer page) => [.. page.Json["jobs"]!.AsArray().Select(job => job!["id"]!.ToString())];
        Assert.Equal(new[] { mine, theirs }.Order(), Ids(await Admin.GetAsync("/v1/jobs")).Order());
        Assert.Equal([mine], Ids(await Admin.GetAsync("/v1/jobs?team=default")));
        Assert.Equal([theirs], Ids(await blue.GetAsync("/v1/jobs")));
    }

    [Fact]
    public async Task S2_a_token_stops_working_at_most_five_seconds_after_it_expired()
    {
        var soon = _clock.GetUtcNow().AddMinutes(1);
        var team = await AddTeamAsync("blue", new { expiresAt = soon.ToString("O") });
        (await team.GetAsync("/v1/jobs")).Expect(200);

        _clock.Advance(TimeSpan.FromSeconds(56));
        (await team.GetAsync("/v1/jobs")).Expect(200);
        _clock.Advance(TimeSpan.FromSeconds(9));
        (await team.GetAsync("/v1/jobs")).ExpectProblem(401, "unauthorized");
    }

    [Fact]
    public async Task S2_an_open_stream_ends_when_its_token_has_expired()
    {
        await AddAccountAsync("key-a");
        var team = await AddTeamAsync("blue", new { expiresAt = _clock.GetUtcNow().AddSeconds(30).ToString("O") });
        var job = await SubmitVideoAsync(by: team);
        await WaitForAsync(job, "running");
        using var events = new SseReader(await team.OpenAsync(HttpMethod.Get, $"/v1/jobs/{job}/events"), Patience);
        Assert.Equal("1", (await events.NextAsync())!.Id);

        _clock.Advance(TimeSpan.FromSeconds(40));
        Assert.DoesNotContain(await events.AllAsync(), change => change.Name == "job.succeeded");
    }

    [Fact]
    public async Task Teams_and_tokens_say_what_is_wrong_with_them()
    {
        (await Admin.PostAsync("/v1/admin/teams", new { })).ExpectProblem(400, "invalid_request", "name", "string");
        (await Admin.PostAsync("/v1/admin/teams", new { name = new string('x', 101) })).ExpectProblem(400, "invalid_request", "name", "100");
        (await Admin.PostAsync("/v1/admin/teams", new { name = "a", weight = 0 })).ExpectProblem(400, "invalid_request", "weight", "1 to 1000");
        (await Admin.PostAsync("/v1/admin/teams", new { name = "a", limits = 7 })).ExpectProblem(400, "invalid_request", "limits", "object");
        (await Admin.PostAsync("/v1/admin/teams", new { name = "a", colour = "red" })).ExpectProblem(400, "invalid_request", "colour", "no field");
        var team = (await Admin.PostAsync("/v1/admin/teams", new { name = "a", weight = 7 })).Expect(201);
        Assert.Equal(("a", 7), (team.Text("name"), team["weight"]!.GetValue<int>()));
        (await Admin.PostAsync("/v1/admin/teams", new { name = "a" })).ExpectProblem(409, "team_name_taken", "name", "unique");

        var tokens = $"/v1/admin/teams/{team.Text("id")}/tokens";
        (await Admin.PostAsync(tokens, new { scopes = new[] { "root" } })).ExpectProblem(400, "invalid_request", "scopes", "admin");
        (await Admin.PostAsync(tokens, new { expiresAt = "yesterday" })).ExpectProblem(400, "invalid_request", "expiresAt", "ISO 8601");
        (await Admin.PostAsync(tokens, new { expiresAt = "2020-01-01T00:00:00Z" })).ExpectProblem(400, "invalid_request", "expiresAt", "future");
        (await Admin.PostAsync("/v1/admin/teams/team_none/tokens", new { })).ExpectProblem(404, "team_not_found", "team");
        var token = (await Admin.PostAsync(tokens)).Expect(201);
        Assert.NotEmpty(token.Text("id"));
        (await As(token.Text("token")).GetAsync("/v1/jobs")).Expect(200);
        Assert.DoesNotContain(token.Text("token"), (await Admin.GetAsync("/v1/admin/teams")).Expect(200).Body, StringComparison.Ordinal);
    }

    // The trace id of a problem differs from request to request.
    private static string Untraced(string body)
    {
        var json = JsonNode.Parse(body)!.AsObject();
        json.Remove("traceId");
        return json.ToJsonString();
    }
}
