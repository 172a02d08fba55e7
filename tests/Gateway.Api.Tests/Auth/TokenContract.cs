using Gateway.Api.Tests.Support;

namespace Gateway.Api.Tests.Auth;

/// <summary>The tokens of a team as an admin handles them, and what their revocation does to who holds one.</summary>
public abstract class TokenContract : GatewayTest
{
    private readonly ShiftedClock _clock;

    private protected TokenContract(TestData data)
        : this(data, new ShiftedClock())
    {
    }

    private TokenContract(TestData data, ShiftedClock clock)
        : base(data, clock) => _clock = clock;

    private protected override void Configure() => Gateway["Gateway:NodeLease"] = "00:10:00"; // clocks that jump are no reason to die

    [Fact]
    public async Task S2_a_revoked_token_is_refused_and_its_open_streams_end()
    {
        await AddAccountAsync("key-a");
        var (tokens, revoked) = await AddTokenAsync("blue");
        var kept = (await Admin.PostAsync(tokens, new { })).Expect(201);
        var team = As(revoked.Text("token"));
        var job = await SubmitVideoAsync(by: team);
        using var events = new SseReader(await team.OpenAsync(HttpMethod.Get, $"/v1/jobs/{job}/events"), Patience);
        Assert.Equal("1", (await events.NextAsync())!.Id);

        (await Admin.DeleteAsync($"{tokens}/{revoked.Text("id")}")).Expect(204);
        _clock.Advance(TimeSpan.FromSeconds(40)); // past what is kept of answers and the next keep-alive
        Assert.DoesNotContain(await events.AllAsync(), change => change.Name == "job.succeeded");
        (await team.GetAsync("/v1/jobs")).ExpectProblem(401, "unauthorized");
        (await As(kept.Text("token")).GetAsync($"/v1/jobs/{job}")).Expect(200);
        (await Admin.DeleteAsync($"{tokens}/{revoked.Text("id")}")).Expect(204); // it is revoked either way
    }

    [Fact]
    public async Task Tokens_are_listed_newest_first_and_never_with_their_secret()
    {
        var (tokens, first) = await AddTokenAsync("blue");
        await AddTokenAsync("green");
        var second = (await Admin.PostAsync(tokens, new { scopes = new[] { "admin" } })).Expect(201);
        (await Admin.DeleteAsync($"{tokens}/{first.Text("id")}")).Expect(204);

        var listed = (await Admin.GetAsync(tokens)).Expect(200)["tokens"]!.AsArray();
        Assert.Equal([second.Text("id"), first.Text("id")], listed.Select(token => token!["id"]!.ToString()));
        Assert.Equal("admin", listed[0]!["scopes"]![0]!.ToString());
        Assert.Null(listed[0]!["expiresAt"]);
        Assert.NotNull(listed[1]!["expiresAt"]);
        Assert.All(listed, token => Assert.False(token!.AsObject().ContainsKey("token")));
    }

    [Fact]
    public async Task A_token_is_revoked_under_its_own_team_by_admins_alone()
    {
        var (tokens, blue) = await AddTokenAsync("blue");
        var (others, _) = await AddTokenAsync("green");
        (await Admin.DeleteAsync($"{others}/{blue.Text("id")}")).ExpectProblem(404, "token_not_found", "token", "of the team");
        (await Admin.DeleteAsync($"/v1/admin/teams/team_none/tokens/{blue.Text("id")}")).ExpectProblem(404, "team_not_found");
        (await Admin.GetAsync("/v1/admin/teams/team_none/tokens")).ExpectProblem(404, "team_not_found");
        (await As(blue.Text("token")).DeleteAsync($"{tokens}/{blue.Text("id")}")).ExpectProblem(403, "forbidden");
        (await As(blue.Text("token")).GetAsync("/v1/jobs")).Expect(200);
    }

    private async Task<(string Tokens, Answer Token)> AddTokenAsync(string name)
    {
        var team = (await Admin.PostAsync("/v1/admin/teams", new { name })).Expect(201).Text("id");
        var tokens = $"/v1/admin/teams/{team}/tokens";
        return (tokens, (await Admin.PostAsync(tokens, new { })).Expect(201));
    }
}

public sealed class SqliteTokenTests() : TokenContract(new SqliteData());

public sealed class PostgresTokenTests() : TokenContract(new PostgresData());
