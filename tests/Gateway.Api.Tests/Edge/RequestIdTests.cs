using Gateway.Api.Http;
using Gateway.Api.Surfaces.MiniMax.Answers;
using Gateway.Api.Surfaces.Useapi;
using Gateway.Api.Tests.Support;

namespace Gateway.Api.Tests.Edge;

/// <summary>Each answer names its request, and so does each line that the log has of it.</summary>
public sealed class RequestIdTests : GatewayTest
{
    private const string Name = "X-Request-Id";

    // lines of requests that go well
    private protected override void Configure() => Gateway["Logging:LogLevel:Microsoft.AspNetCore"] = "Information";

    [Fact]
    public async Task D6_every_answer_carries_the_callers_id_errors_streams_and_native_ones_too()
    {
        await AddAccountAsync("key-a", 3);
        Sim.ManualTasks = false;
        var job = await SubmitVideoAsync();
        await EndAsync(job);
        foreach (var (method, path, body) in new (HttpMethod, string, object?)[]
        {
            (HttpMethod.Get, "/v1/jobs", null), (HttpMethod.Get, $"/v1/jobs/{job}/events", null), (HttpMethod.Get, "/v1/jobs/1", null),
            (HttpMethod.Get, "/v1/nothing", null), (HttpMethod.Delete, "/v1/jobs", null),
            (HttpMethod.Get, "/v1/minimax/accounts/9", null), (HttpMethod.Get, "/livez", null), (HttpMethod.Post, "/v1/jobs", "{"),
            (HttpMethod.Get, "/v1/ws", null),
            (HttpMethod.Post, "/v1/text/chatcompletion_v2", Chat(stream: false)),
            (HttpMethod.Post, "/v1/text/chatcompletion_v2", Chat(stream: true)), (HttpMethod.Get, "/v2/query/video_generation/1", null),
        })
        {
            var answer = await Admin.SendAsync(method, path, body, [(Name, "Trace_1.a:b-c")]);
            Assert.True(answer.Header(Name) == "Trace_1.a:b-c", $"{method} {path} → {answer.Status} {answer.Header(Name)}");
            Assert.Equal("Trace_1.a:b-c", (await Nobody.SendAsync(method, path, body, [(Name, "Trace_1.a:b-c")])).Header(Name));
        }
    }

    [Fact]
    public async Task D6_an_id_that_is_missing_or_not_sane_is_replaced_by_a_fresh_one()
    {
        List<string> ids = [(await Admin.GetAsync("/v1/jobs")).Header(Name)!];
        foreach (var odd in new[] { "", "two words", "<script>", "a,b", new string('x', RequestIds.MaxLength + 1) })
            ids.Add((await Admin.GetAsync("/v1/jobs", (Name, odd))).Header(Name)!);
        ids.Add((await Admin.GetAsync("/v1/jobs", (Name, "a"), (Name, "b"))).Header(Name)!);
        Assert.All(ids, id => Assert.Matches("^[0-9a-f]{32}$", id));
        Assert.Equal(ids.Count, ids.Distinct().Count());
        var longest = new string('x', RequestIds.MaxLength);
        Assert.Equal(longest, (await Admin.GetAsync("/v1/jobs", (Name, longest))).Header(Name));
    }

    [Fact]
    public async Task D6_each_log_line_of_a_request_has_its_id()
    {
        await Admin.GetAsync("/v1/jobs", (Name, "find-me"));
        await EventuallyAsync(
            () =>
                Task.FromResult(
                    Gateway.Journal.Lines.Any(
                        line =>
                            line.Contains("Request finished", StringComparison.Ordinal)
                                && line.Contains("/v1/jobs ", StringComparison.Ordinal))));
        var lines = Gateway.Journal.ScopedLines.Where(line => line.Scope.Contains("find-me", StringComparison.Ordinal))
            .Select(line => line.Text)
            .ToList();
        Assert.Contains(lines, line => line.Contains("Request starting", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("Executing endpoint", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("Request finished", StringComparison.Ordinal));
    }

    [Fact]
    public async Task D9_what_nobody_foresaw_is_a_500_in_every_dialect_that_names_the_request_and_invites_nobody_to_send_again()
    {
        ExpectedError = "Request find-me failed unexpectedly";
        foreach (var dialect in new Dialect[] { ProblemDialect.Instance, MiniMaxDialect.Instance, MiniMaxV2Dialect.Instance, UseapiDialect.Instance })
        {
            var (context, body) = await FailAsync(dialect);
            Assert.Equal(500, context.Response.StatusCode);
            Assert.False(context.Response.Headers.ContainsKey("Retry-After"));
            Assert.Equal("find-me", context.Response.Headers[Name]);
            Assert.Contains("find-me", body, StringComparison.Ordinal);
            Assert.DoesNotContain("a bug", body, StringComparison.Ordinal);
        }

        Assert.Contains("\"code\":\"unexpected\"", (await FailAsync(ProblemDialect.Instance)).Body, StringComparison.Ordinal);
        Assert.Contains("\"status_code\":1000", (await FailAsync(MiniMaxDialect.Instance)).Body, StringComparison.Ordinal);
    }

    private async Task<(HttpContext Context, string Body)> FailAsync(Dialect dialect)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = Gateway.Services, TraceIdentifier = "find-me" };
        context.Response.Body = body;
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(dialect), "any"));
        await new ErrorBoundary(
            _ => throw new InvalidOperationException("a bug"), Gateway.Services.GetRequiredService<Failures>(),
            Gateway.Services.GetRequiredService<UnmatchedRoutes>()).InvokeAsync(context);
        return (context, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }

    private static object Chat(bool stream) =>
        new { model = "MiniMax-M2", stream, messages = new[] { new { role = "user", content = "Hello" } } };
}
