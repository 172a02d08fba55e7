using System.Text;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Chat;

/// <summary>
/// Native chat in full (docs/minimax.md, "Chat", "Streams"): whatever a request or an answer holds passes through byte for byte.
/// </summary>
public sealed class ChatWireTests : NativeTest
{
    private const string Path = "/v1/text/chatcompletion_v2";
    private const string Hello = """{"model":"MiniMax-M2","messages":[{"role":"user","content":"hi"}]}""";
    private const string Streaming = """{"model":"MiniMax-M2","stream":true,"messages":[{"role":"user","content":"hi"}]}""";

    public static TheoryData<string> Requests =>
    [
        // Tools, a choice, and a tool's result.
        """
        {"model":"MiniMax-M2.7","tool_choice":"auto","tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"x":{"type":"number"}}}}}],
         "messages":[{"role":"user","name":"Ann","content":"x?"},{"role":"assistant","content":"","tool_calls":[{"id":"call_function_a_1","type":"function","function":{"name":"f","arguments":"{\"x\": 1.0}"}}]},
          {"role":"tool","tool_call_id":"call_function_a_1","content":"[1e2]"}]}
        """,
        // Parts, pictures as links and as data, sound.
        """{"model":"MiniMax-Text-01","messages":[{"role":"user","content":[{"type":"text","text":"what\u2019s this?"},{"type":"image_url","image_url":{"url":"https:\/\/example.com\/a.png","detail":"low"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}},{"type":"input_audio","input_audio":{"data":"AAA=","format":"pcm","sample_rate":16000,"bit_depth":16,"channel":1,"encode":"base64"}}]}]}""",
        // Structured answers, masking, legacy search and voice.
        """{"model":"MiniMax-Text-01","response_format":{"type":"json_schema","json_schema":{"name":"a_b","schema":{"type":"object","properties":{"x":{"type":"string"}},"required":["x"]}}},"mask_sensitive_info":true,"tools":[{"type":"web_search"}],"stream_options":{"speech_output":true,"include_usage":true},"voice_setting":{"voice_id":"x"},"messages":[{"role":"system","name":"MM"},{"role":"user","content":"x"}]}""",
        // Role-play.
        """{"model":"M2-her","top_p":0.95,"max_completion_tokens":2048,"messages":[{"role":"system","content":"s"},{"role":"user_system","content":"u"},{"role":"group","content":"g"},{"role":"sample_message_user","content":"a"},{"role":"sample_message_ai","content":"b"},{"role":"user","name":"Bo","content":"x"}]}""",
        // What nobody knows, numbers as written, names twice, an old name of a limit.
        """{"zzz":{"a":[1.50,1e3,-0.0,9007199254740993]},"model":"MiniMax-M2","temperature":1.0,"max_tokens":7,"stream":false,"top_p":0.5,"top_p":0.5,"messages":[{"role":"user","content":"\ud83d\ude00 mm_file://12 \\ud800"}]}""",
    ];

    public static TheoryData<string> Answers =>
    [
        // Reasoning, details of the usage, sensitive fields.
        """{"id":"04ec","choices":[{"finish_reason":"length","index":0,"message":{"content":"Hel","role":"assistant","name":"MiniMax AI","audio_content":"","reasoning_content":"OK\n"}}],"created":1755153113,"model":"MiniMax-M1","object":"chat.completion","usage":{"total_tokens":249,"total_characters":0,"prompt_tokens":26,"completion_tokens":223,"completion_tokens_details":{"reasoning_tokens":214},"prompt_tokens_details":{"cached_tokens":443}},"input_sensitive":true,"output_sensitive":false,"input_sensitive_type":3,"output_sensitive_type":0,"output_sensitive_int":0,"base_resp":{"status_code":0,"status_msg":""}}""",
        // Tool calls, and a warning under code 0, which is no error.
        """{"id":"04ec","choices":[{"finish_reason":"tool_calls","index":0,"message":{"content":"","role":"assistant","tool_calls":[{"id":"call_function_p_1","type":"function","function":{"name":"f","arguments":"{\"a\":1.0}"},"index":0}]}}],"base_resp":{"status_code":0,"status_msg":"Invalid parameters detected, json: unknown field \"zzz\""}}""",
        // The whole trace of a search, without base_resp.
        "{ \"choices\":[{\"messages\":[{\"role\":\"assistant\",\"annotations\":[{\"url\":\"https:\\/\\/x\"}]}]}],\r\n \"usage\":null }\n",
    ];

    public static TheoryData<string> Streams =>
    [
        // Deltas and the summary, no [DONE].
        """
        data: {"id":"1","choices":[{"index":0,"delta":{"content":"","role":"assistant","name":"MiniMax AI","audio_content":"","reasoning_content":"OK"}}],"object":"chat.completion.chunk","usage":{"total_tokens":0,"total_characters":0}}

        data: {"id":"1","choices":[{"finish_reason":"stop","index":0,"delta":{"content":"é你","role":""}}],"object":"chat.completion.chunk"}

        data: {"id":"1","choices":[{"finish_reason":"stop","index":0,"message":{"content":"é你","role":"assistant"}}],"object":"chat.completion","usage":{"total_tokens":73},"base_resp":{"status_code":0,"status_msg":""}}


        """,
        // A comment first, tool calls in fragments, a frame of the usage alone, a frame without delta, and [DONE].
        ": hello\n\ndata: " +
            "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"call_1\",\"type\":\"function\",\"index\":0,\"function\":{\"name\":\"Bash\",\"arguments\":\"{\\\"command\\\": \"}}]}}]}\n\n"
            + ": still there\n\ndata: " +
                "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"type\":\"function\",\"function\":{\"arguments\":\"1}\"}}]}}]}\n\ndata: {\"choices\":[{\"finish_reason\":\"tool_calls\",\"index\":0,\"delta\":{}}]}\n\n"
            + "data: {\"choices\":[{\"index\":0,\"delta\":null}]}\n\ndata: {\"choices\":[],\"usage\":{\"total_tokens\":885}}\n\ndata: " +
                "[DONE]\n\n",
        // CR LF, no space, a last line without an end.
        "data:{\"choices\":[]}\r\n\r\nevent: x\r\nid: 7\r\ndata:{\"choices\":[]}\r\n\r\ndata: {\"cut",
    ];

    private async Task AddAsync(RawUpstream upstream) =>
        (await Admin.PostAsync("/v1/minimax/accounts", new { url = upstream.BaseUrl, driver = "platform", validate = false, token = "key", maxJobs = 3 })).Expect(201);

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_reaches_the_vendor_byte_for_byte(string body)
    {
        await AddAccountAsync("key-a");
        (await Admin.PostAsync($"{Path}?GroupId=4711", body)).ExpectBaseResp(200, 0);
        Assert.Equal((body, "", Path), (Latest(Operation.Chat).Body, Latest(Operation.Chat).Query, Latest(Operation.Chat).Path));
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_reaches_the_caller_byte_for_byte(string answer)
    {
        await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, new FaultEffect.HttpStatus(200, answer, "application/json"));
        Assert.Equal(Encoding.UTF8.GetBytes(answer), (await Admin.PostAsync(Path, Hello)).Expect(200).Bytes);
        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task A_stream_reaches_the_caller_byte_for_byte_however_it_is_cut(string stream)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        await using var upstream = await RawUpstream.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream; charset=utf-8";
            foreach (var one in bytes.Chunk(7))
            {
                await context.Response.Body.WriteAsync(one);
                await context.Response.Body.FlushAsync();
            }
        });
        await AddAsync(upstream);

        var answer = (await Admin.PostAsync(Path, Streaming)).Expect(200);

        Assert.Equal(bytes, answer.Bytes);
        Assert.Equal("text/event-stream; charset=utf-8", answer.Header("Content-Type"));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task What_the_vendor_streams_is_what_the_caller_gets(bool done, bool tools)
    {
        await AddAccountAsync("key-a");
        Sim.Chat = new ChatSettings { DoneMarker = done, ToolCalls = tools ? 2 : 0, ReasoningFrames = 3 };
        const string Body =
            """{"model":"MiniMax-M2","stream":true,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}],"messages":[{"role":"user","content":"hi"}]}""";

        var frames = (await Admin.PostAsync(Path, Body)).Expect(200).Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(done, frames[^1] == "data: [DONE]");
        Assert.Equal(tools, frames.Any(frame => frame.Contains("\"tool_calls\"", StringComparison.Ordinal)));
        Assert.Contains("\"object\":\"chat.completion\"", frames[done ? ^2 : ^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""data: {"choices":null,"base_resp":{"status_code":2056,"status_msg":"plan usage limit reached"}}""")]
    [InlineData("""data: {"type":"error","error":{"type":"rate_limit_error","message":"rate limit (1002)","http_code":"429"}}""")]
    [InlineData("""{"base_resp":{"status_code":1002,"status_msg":"rate limit exceeded(RPM)"}}""")]
    public async Task J10_An_error_before_anything_else_is_not_seen_where_another_account_is_free(string error)
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        var isFrame = error.StartsWith("data", StringComparison.Ordinal);
        Sim.Script.Next(
            Operation.Chat,
            new FaultEffect.HttpStatus(
                200, isFrame ? $": wait\n\n{error}\n\n" : error, isFrame ? "text/event-stream" : "application/json"));

        var answer = (await Admin.PostAsync(Path, Streaming)).Expect(200);

        Assert.StartsWith("data: {", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("limit", answer.Body, StringComparison.Ordinal);
        Assert.Equal(2, Sim.Ledger.Count(Operation.Chat));
    }

    [Theory]
    [InlineData(404, null)]
    [InlineData(502, null)]
    [InlineData(520, null)]
    [InlineData(200, "")]
    [InlineData(200, "<html>maintenance</html>")]
    public async Task An_edges_page_is_no_answer(int status, string? body)
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        foreach (var request in new[] { Hello, Streaming })
        {
            Sim.Script.Next(Operation.Chat, new FaultEffect.HttpStatus(status, body));
            Assert.DoesNotContain("<html", (await Admin.PostAsync(Path, request)).Expect(200).Body, StringComparison.Ordinal);
        }

        Sim.Script.Always(Operation.Chat, new FaultEffect.HttpStatus(status, body));
        Assert.DoesNotContain("<html", (await Admin.PostAsync(Path, Hello)).ExpectBaseResp(503, 1033).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_none_is_refused_before_anybody_is_asked()
    {
        await AddAccountAsync("key-a");
        foreach (var body in new[] { "", "[]", "{", "\"x\"", "{\"model\":17}", "{\"messages\":[]}", "{\"model\":\"\"}" })
            (await Admin.PostAsync(Path, body)).ExpectBaseResp(400, 2013);
        Assert.Equal(0, Sim.Ledger.Count(Operation.Chat));
    }

    [Fact]
    public async Task The_vendors_trace_headers_come_back_and_nothing_that_tells_the_account()
    {
        var account = await AddAccountAsync("key-a");
        foreach (var body in new[] { Hello, Streaming })
        {
            var answer = (await Admin.PostAsync(Path, body)).Expect(200);
            Assert.NotNull(answer.Header("trace-id"));
            Assert.NotNull(answer.Header("minimax-request-id"));
            Assert.All(answer.Headers, header => Assert.DoesNotContain(account, header.Value, StringComparison.Ordinal));
            Assert.DoesNotContain("key-a", answer.Body, StringComparison.Ordinal);
        }
    }
}
