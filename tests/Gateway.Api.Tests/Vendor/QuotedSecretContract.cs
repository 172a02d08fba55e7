using System.Text;
using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;
using Gateway.Model.Answers;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>
/// A vendor that quotes the key it was sent, in every spelling, with escapes for the operator's terminal and five megabytes of it. Nothing
/// of that is in an answer, a job, an event, a webhook, the log or the database.
/// </summary>
public abstract class QuotedSecretContract : GatewayTest
{
    private const string Key = "sk-api-9fK2mQ7xWvB4nT8zLrYc5HdJ3sPgE6uA";
    private const string Video = """{"model":"MiniMax-Hailuo-02","prompt":"a calm sea"}""";
    private const string Chat = """{"model":"MiniMax-M2","messages":[{"role":"user","content":"hi"}]}""";
    private const string ChatStream = """{"model":"MiniMax-M2","stream":true,"messages":[{"role":"user","content":"hi"}]}""";
    private const string Frame =
        """{"id":"1","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"}}],"object":"chat.completion.chunk"}""";

    // With the words the test looks for, so that what is shown is known to be the vendor's.
    private static readonly string Quotes = string.Join(
        " / ",
        "said by the vendor",
        Key,
        $"Bearer {Key}",
        Key.ToUpperInvariant(),
        Key[5..15],
        string.Concat(Key.Select(letter => $"%{(int)letter:X2}")),
        string.Concat(Key.Select(letter => $"\\u{(int)letter:x4}")),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Key)),
        string.Join('\u200b', Key.ToCharArray()),
        "\u001b]0;owned\u0007\u001b[2J\u202edetrevni\u0000");

    private static readonly string FiveMegabytes = Quotes + string.Concat(Enumerable.Repeat(Key, 5_000_000 / Key.Length));

    private static readonly UpstreamWords Words = new(Key);

    private readonly List<string> _heard = [];

    private protected QuotedSecretContract(TestData data)
        : base(data)
    {
    }

    private protected override void Configure()
    {
        Gateway["Gateway:Webhooks:AllowedNetworks:0"] = "127.0.0.0/8";
        Gateway["Gateway:Results:LookEvery"] = "";
    }

    private static FaultEffect.Answer[] Errors(string said) =>
    [
        Says.Json(Says.BaseResp(2013, said)),
        Says.Stream(Says.BaseResp(2013, said)),
        Says.Stream(Frame, Says.BaseResp(1008, said)),
        Says.Json(Says.Envelope("bad_request_error", $"{said} (2013)", 400), 400),
        Says.Stream(Frame, Says.BaseResp(1000, said)),
        Says.Line(400, said),
        Says.Json($$$"""{"error":{"{{{Key}}}":"said by the vendor","message":"no (2013)"}}""", 400),
        Says.Json(Says.BaseResp(1000, said), 500),
        Says.Json(Says.BaseResp(1004, said)),
    ];

    private string Heard(Answer answer)
    {
        _heard.Add(answer.Body);
        _heard.AddRange(answer.Headers.Select(header => $"{header.Key}: {header.Value}"));
        return answer.Body;
    }

    private async Task HearJobAsync(string id, Client team)
    {
        foreach (var by in new[] { team, Admin })
        {
            Heard(await by.GetAsync($"/v1/jobs/{id}"));
            Heard(await by.GetAsync($"/v1/jobs/{id}/explain"));
            Heard(await by.GetAsync($"/v1/jobs?limit=10"));
            using var events = new SseReader(await by.OpenAsync(HttpMethod.Get, $"/v1/jobs/{id}/events"), Patience);
            _heard.AddRange((await events.AllAsync()).Select(change => change.Data));
        }

        Heard(await team.GetAsync($"/v1/query/video_generation?task_id={id}"));
    }

    private async Task<IReadOnlyList<string>> StoredAsync()
    {
        if (Data is SqliteData sqlite)
        {
            await Gateway.StopAsync(); // whatever is in memory is written
            return [.. Directory.GetFiles(sqlite.Directory, "*.db*").Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file)))];
        }

        List<string> all = [];
        foreach (var table in await Data.ListAsync("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"))
            all.AddRange(await Data.ListAsync($"SELECT t::text FROM \"{table}\" t"));
        return all;
    }

    private void NothingIsTold()
    {
        foreach (var text in _heard.Concat(Gateway.Journal.Lines))
        {
            Assert.False(Words.FindSecret(text), text[..Math.Min(text.Length, 2000)]);
            Assert.DoesNotContain(text, letter => letter is '\u001b' or '\u0000' or '\u0007' or '\u202e' or '\u200b');
            foreach (var escaped in new[] { "\\u001b", "\\u0000", "\\u202e" })
                Assert.DoesNotContain(escaped, text, StringComparison.OrdinalIgnoreCase);
            Assert.InRange(text.Length, 0, 20_000);
        }
    }

    private async Task NothingIsKeptAsync()
    {
        foreach (var text in await StoredAsync())
        {
            Assert.DoesNotContain(Key[5..15], text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Key[..8], text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Key[^8..], text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Key))[4..20], text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task H5_a_vendor_that_quotes_the_key_in_calls_tells_nobody()
    {
        var team = await AddTeamAsync("a");
        foreach (var error in Errors(Quotes).Concat(Errors(FiveMegabytes).Take(4)))
        {
            // An account of its own for each: what one learns must not spare the next.
            Sim.Script.Clear();
            Sim.Script.Always(
                Operation.Chat,
                error with { Headers = new Dictionary<string, string> { ["trace-id"] = $"t-{Key}", ["minimax-request-id"] = "r-1" } });
            foreach (var body in new[] { Chat, ChatStream })
            {
                var account = await AddAccountAsync($"{Key}-{_heard.Count}", 5);
                var answer = await team.PostAsync("/v1/text/chatcompletion_v2", body, ("Prefer", "wait=0"));
                Assert.True(Reading.IsError(answer), Reading.Start(answer));
                Heard(answer);
                Heard(await AccountAsync(account));
                (await Admin.DeleteAsync($"/v1/minimax/accounts/{account}")).Expect(200);
            }
        }

        await AddAccountAsync(Key, 5);
        foreach (var said in new[] { Quotes, FiveMegabytes })
        {
            Sim.Script.Clear();
            Sim.Script.Always(Operation.Chat, Says.Json(Says.BaseResp(2013, said)));
            Assert.Contains(
                "said by the vendor",
                Heard((await team.PostAsync("/v1/text/chatcompletion_v2", Chat)).ExpectBaseResp(200, 2013)),
                StringComparison.Ordinal);
            Sim.Script.Clear();
            Sim.Script.Always(Operation.Chat, Says.Stream(Frame, Says.BaseResp(1000, said)));
            Assert.Contains(
                "said by the vendor",
                Heard((await team.PostAsync("/v1/text/chatcompletion_v2", ChatStream, ("Idempotency-Key", $"k{said.Length}"))).Expect(200)),
                StringComparison.Ordinal);
        }

        NothingIsTold();
        await NothingIsKeptAsync();
    }

    [Fact]
    public async Task H5_a_vendor_that_quotes_the_key_in_tasks_tells_nobody()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await AddAccountAsync(Key, 10);
        var team = await AddTeamAsync("a");
        using var feed = new SseReader(await team.OpenAsync(HttpMethod.Get, "/v1/events"), Patience);
        await feed.BeginAsync();
        var spoken = 0;
        foreach (var said in new[] { Quotes, FiveMegabytes })
        {
            foreach (var (operation, error) in new (Operation, FaultEffect)[]
            {
                (Operation.VideoSubmit, Says.Json(Says.BaseResp(2013, said))),
                (Operation.VideoQuery, new FaultEffect.Answer($$$"""{"task_id":"1","status":"Fail","file_id":"","base_resp":{"status_code":1027,"status_msg":{{{JsonValue.Create(said).ToJsonString()}}}}}""")),
                (Operation.VideoQuery, new FaultEffect.Answer($$$"""{"task_id":"1","status":"Fail","error":{"code":2013,"message":{{{JsonValue.Create(said).ToJsonString()}}}}}""")),
            })
            {
                Sim.Script.Clear();
                Sim.Script.Always(operation, error);
                var submitted = await team.PostAsync(
                    "/v1/jobs", $$"""{"kind":"video","request":{{Video}},"replyUrl":"{{receiver.Url}}"}""");
                var id = submitted.Expect(202).Text("id");
                Assert.Equal("failed", (await EndAsync(id)).Text("status"));
                await HearJobAsync(id, team);
                _heard.Add(Encoding.UTF8.GetString((await receiver.NextAsync(Patience)).Body));
                if (_heard[^1].Contains("said by the vendor", StringComparison.Ordinal)) spoken++;
            }
        }

        Assert.Equal(6, spoken);
        for (var ends = 0; ends < 6;)
        {
            var change = (await feed.NextAsync())!;
            _heard.Add(change.Data);
            if (change.Name == "job.failed") ends++;
        }

        NothingIsTold();
        await NothingIsKeptAsync();
    }

    [Fact]
    public async Task H5_words_about_a_running_task_and_an_account_are_cleaned_too()
    {
        var account = await AddAccountAsync(Key, 10);
        var team = await AddTeamAsync("a");
        var id = await SubmitVideoAsync(by: team);
        await WaitForAsync(id, "running");
        Sim.Script.Always(Operation.VideoQuery, new FaultEffect.TaskSays($"Rendering {Key}\u001b[2J"));
        await EventuallyAsync(async () => Heard(await team.GetAsync($"/v1/jobs/{id}")).Contains("rendering", StringComparison.Ordinal));
        Sim.Script.Clear();
        Sim.Script.Always(Operation.VideoQuery, Says.Json(Says.BaseResp(4711, Quotes)));
        await EventuallyAsync(async () => Heard(await team.GetAsync($"/v1/jobs/{id}")).Contains("4711", StringComparison.Ordinal));
        Sim.Script.Clear();
        Sim.Script.Always(Operation.VideoSubmit, Says.Json(Says.BaseResp(1008, $"insufficient balance of {Quotes}")));
        var waiting = await SubmitVideoAsync(by: team);
        await EventuallyAsync(async () => (await AccountAsync(account)).Body.Contains("insufficient balance", StringComparison.Ordinal));
        Heard(await AccountAsync(account));
        Heard(await Admin.GetAsync("/v1/minimax/accounts"));
        var explained = Heard(
            (await team.GetAsync($"/v1/jobs/{waiting}/explain")).Expect(200)) + Heard(await team.GetAsync($"/v1/jobs/{waiting}"));
        Assert.DoesNotContain("balance", explained, StringComparison.Ordinal);
        Assert.DoesNotContain("1008", explained, StringComparison.Ordinal);
        Assert.Contains("account_unavailable", explained, StringComparison.Ordinal);
        Assert.Contains("balance", Heard((await Admin.GetAsync($"/v1/jobs/{waiting}/explain")).Expect(200)), StringComparison.Ordinal);

        Sim.Script.Always(Operation.Models, Says.Json(Says.BaseResp(1004, Quotes)));
        Heard(
            await Admin.PostAsync(
                "/v1/minimax/accounts", new { url = Sim.BaseUrl.ToString(), driver = "platform", token = Key + "-2", maxJobs = 1 }));
        Assert.Contains("said by the vendor", _heard[^1] + string.Join(' ', _heard.TakeLast(12)), StringComparison.Ordinal);
        NothingIsTold();
        await NothingIsKeptAsync();
    }

    [Fact]
    public async Task H5_a_failure_that_concerns_the_account_is_told_to_admins_alone()
    {
        await AddAccountAsync(Key, 10);
        var team = await AddTeamAsync("a");
        Sim.Script.Always(
            Operation.VideoQuery,
            new FaultEffect.Answer(
                """{"task_id":"1","status":"Fail","file_id":"","base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}"""));
        var id = await SubmitVideoAsync(by: team);
        await WaitForAsync(id, "failed");

        var (shown, native) = (
            (await team.GetAsync($"/v1/jobs/{id}")).Expect(200),
            (await team.GetAsync($"/v1/query/video_generation?task_id={id}")).Expect(200));
        Assert.Equal(("upstream_error", (string?)null), (shown["error"]!["code"]!.ToString(), shown["error"]!["upstreamCode"]?.ToString()));
        Assert.Contains("account_unavailable", shown["error"]!["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(1000, native.BaseResp);
        Assert.DoesNotContain("balance", shown.Body + native.Body, StringComparison.Ordinal);
        var told = (await JobAsync(id))["error"]!;
        Assert.Equal(("1008 insufficient balance", "1008"), (told["message"]!.ToString(), told["upstreamCode"]!.ToString()));
    }
}

public sealed class SqliteQuotedSecretTests() : QuotedSecretContract(new SqliteData());

public sealed class PostgresQuotedSecretTests() : QuotedSecretContract(new PostgresData());
