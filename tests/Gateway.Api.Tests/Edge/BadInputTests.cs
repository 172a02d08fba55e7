using System.Net.Sockets;
using System.Text;
using Gateway.Api.Tests.Support;

namespace Gateway.Api.Tests.Edge;

/// <summary>Whatever is sent, to whichever route: no 500, no unexpected 503, and the answer is in the route's own dialect.</summary>
public abstract class BadInputContract : GatewayTest
{
    private static readonly HashSet<int> Allowed = [200, 201, 202, 204, 400, 401, 403, 404, 405, 409, 413, 414, 415, 422, 429, 431, 501];

    private protected BadInputContract(TestData data)
        : base(data)
    {
    }

    private enum Dialect
    {
        Problem,
        Useapi,
        Native,
    }

    private static readonly (string Method, string Path, Dialect Dialect)[] Writes =
    [
        ("POST", "/v1/jobs", Dialect.Problem),
        ("POST", "/v1/minimax/accounts", Dialect.Useapi),
        ("POST", "/v1/minimax/accounts/42", Dialect.Useapi),
        ("POST", "/v1/text/chatcompletion_v2", Dialect.Native),
        ("POST", "/v1/video_generation", Dialect.Native),
        ("PATCH", "/v1/admin/accounts/1", Dialect.Problem),
        ("POST", "/v1/admin/teams", Dialect.Problem),
        ("POST", "/v1/admin/teams/default/tokens", Dialect.Problem),
    ];

    private static readonly (string Path, Dialect Dialect)[] Reads =
    [
        ("/v1/jobs?{0}", Dialect.Problem), ("/v1/jobs/{0}", Dialect.Problem), ("/v1/jobs/{0}?wait=0&after=0", Dialect.Problem),
        ("/v1/jobs/{0}/events", Dialect.Problem), ("/v1/jobs/{0}/result", Dialect.Problem),
        ("/v1/jobs?team={0}", Dialect.Problem), ("/v1/jobs?before={0}", Dialect.Problem), ("/v1/jobs?account={0}", Dialect.Problem),
        ("/v1/jobs?status={0}", Dialect.Problem), ("/v1/jobs?limit={0}", Dialect.Problem), ("/v1/jobs?kind={0}", Dialect.Problem),
        ("/v1/jobs/1?wait={0}", Dialect.Problem), ("/v1/jobs/1/events?after={0}", Dialect.Problem),
        ("/v1/admin/accounts/{0}", Dialect.Problem), ("/v1/minimax/accounts/{0}", Dialect.Useapi),
        ("/v1/query/video_generation?task_id={0}", Dialect.Native), ("/v1/files/retrieve?file_id={0}", Dialect.Native),
        ("/v1/query/video_generation?{0}", Dialect.Native), ("/v1/{0}", Dialect.Problem),
    ];

    private static readonly (string Method, string Path)[] Actions =
    [
        ("POST", "/v1/jobs/{0}/cancel"), ("DELETE", "/v1/minimax/accounts/{0}"), ("PATCH", "/v1/admin/accounts/{0}"),
        ("POST", "/v1/admin/accounts/{0}/drain"), ("POST", "/v1/admin/accounts/{0}/validate"),
        ("POST", "/v1/admin/accounts/1/leases/{0}/release"), ("POST", "/v1/admin/accounts/{0}/leases/1/release"),
        ("POST", "/v1/admin/teams/{0}/tokens"), ("POST", "/v1/minimax/accounts/{0}"),
    ];

    private static byte[][] Bodies(Uri upstream)
    {
        string[] values =
        [
            "null", "true", "0", "-1", "1e400", "99999999999999999999999999", "0.1", "\"\"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"",
            "\"\\udc00\\ud800\"", "[]", "[[]]", "{}", "{\"a\":1}", $"\"{new string('x', 5000)}\"",
            new string('[', 100) + new string(']', 100),
            string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100),
            "[\"\\ud800\"]",
            "[\"\\u0000\"]",
            "\"2020-01-01\"",
            "\"9999-12-31T23:59:59Z\"",
            "\"0001-01-01T00:00:00Z\"",
        ];
        string[] fields =
        [
            "kind", "request", "account", "priority", "url", "token", "maxJobs", "driver", "name", "dailyCredits", "timeZone", "models",
            "enabled", "reservedForCalls", "model", "messages", "prompt", "stream", "callback_url", "weight", "scopes", "expiresAt",
            "\\ud800", "", "__proto__"
        ];
        List<string> texts =
        [
            "", " ", "{", "}", "[", "[]", "null", "1", "\"x\"", "{}", "{}{}", "{} x", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
            "{'a':1}", "{\"a\":01}", "{\"a\":NaN}", "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "\ufeff{}", "// c\n{}",
            new string('[', 200),
            string.Concat(Enumerable.Repeat("{\"a\":", 200)),
            string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200),
            $"{{\"{new string('k', 10_000)}\":1}}",
            "{\"kind\":\"video\",\"request\":{\"model\":\"m\",\"model\":\"n\"}}", "{\"kind\":\"video\",\"kind\":\"chat\",\"request\":{}}",
        ];
        foreach (var field in fields)
            foreach (var value in values)
                texts.Add($"{{\"{field}\":{value}}}");
        // What is right in all but one place.
        foreach (var value in values)
        {
            texts.Add($"{{\"kind\":\"video\",\"request\":{{\"model\":{value},\"prompt\":\"x\"}}}}");
            texts.Add($"{{\"kind\":\"chat\",\"request\":{{\"model\":\"MiniMax-M2\",\"messages\":{value}}}}}");
            texts.Add($"{{\"model\":\"MiniMax-M2\",\"messages\":{value}}}");
            texts.Add($"{{\"model\":{value},\"messages\":[]}}");
            texts.Add($"{{\"url\":{value},\"driver\":\"platform\",\"token\":\"k\",\"maxJobs\":1}}");
            texts.Add($"{{\"url\":\"{upstream}\",\"driver\":\"platform\",\"token\":{value},\"maxJobs\":1}}");
        }

        byte[][] raw =
        [
            [0xff, 0xfe], [0], [.. "{\"a\":\""u8, 0xc3, 0x28, .. "\"}"u8], [.. "{\""u8, 0xff, .. "\":1}"u8], [.. "{\"name\":\""u8, 0xed, 0xa0, 0x80, .. "\"}"u8], [.. "{\"model\":\""u8, 0xff, .. "\"}"u8], [.. "{\"kind\":\""u8, 0xff, .. "\",\"request\":{}}"u8],
            [.. "{\"kind\":\"video\",\"request\":{\"model\":\"m\",\"prompt\":\""u8, 0xff, 0xfe, .. "\"}}"u8], [
                .. "{\"model\":\"MiniMax-M2\",\"messages\":[{\"role\":\"user\",\"content\":\""u8,
                0xff,
                .. "\"}]}"u8], [.. "{\"scopes\":[\""u8, 0xff, .. "\"]}"u8], [.. "{\"models\":[\""u8, 0xff, .. "\"]}"u8],
        ];
        return [.. texts.Select(Encoding.UTF8.GetBytes), .. raw];
    }

    private static readonly string[] Odd =
    [
        "", "0", "-1", "abc", "%00", "a%00b", "%ff", "%ed%a0%80", "%F0%9F%98%80", "1%20", "99999999999999999999999", "9223372036854775807",
        "9223372036854775808", "..", "%2e%2e%2f", "a=b&a=c", "&&&=", "%", "%zz", "+", "'", "\"", "1;DROP TABLE job", "%0d%0aX:%20y",
        new string('9', 2000), "%C3%28", "[]", "*", "|",
    ];

    [Fact]
    public async Task No_body_makes_any_route_fail()
    {
        await AddAccountAsync("key-a", 10, ("account", "1"));
        Sim.ManualTasks = false;
        foreach (var (method, path, dialect) in Writes)
            foreach (var body in Bodies(Sim.BaseUrl))
                Check(
                    await Admin.SendAsync(new HttpMethod(method), path, body, [("Prefer", "wait=0")]),
                    dialect,
                    $"{method} {path} {Shown(body)}");
    }

    [Fact]
    public async Task No_path_or_query_makes_any_route_fail()
    {
        await AddAccountAsync("key-a", 1, ("account", "1"));
        foreach (var odd in Odd)
        {
            // "/v1/jobs/../events" is the team's feed, which does not end.
            foreach (var (path, dialect) in Reads.Where(read => odd != ".." || !read.Path.Contains("{0}/events", StringComparison.Ordinal)))
                Check(await RawAsync("GET", string.Format(path, odd)), dialect, $"GET {string.Format(path, odd)}");
            foreach (var (method, path) in Actions)
                Check(await RawAsync(method, string.Format(path, odd), "{}"), null, $"{method} {string.Format(path, odd)}");
        }
    }

    [Fact]
    public async Task No_header_makes_any_route_fail()
    {
        await AddAccountAsync("key-a", 1);
        string[] values =
        [
            "", " ", "wait", "wait=", "wait=-1", "wait=99999999999", "WAIT=1;x", "wait=0, wait=1", ",,,", "x\ty", "\u00e9",
            new string('x', 3000), "'", "\"", "\"\"", "%00"
        ];
        foreach (var name in new[] { "Prefer", "Idempotency-Key", "Gateway-Queue", "Last-Event-ID", "Content-Type", "Content-Encoding", "Accept", "x-api-key", "If-None-Match", "Range", "Expect" })
        {
            foreach (var value in values)
            {
                foreach (var (method, path, dialect) in Writes)
                    Check(
                        await RawAsync(
                            method, path, """{"model":"nothing","kind":"video","request":{"model":1}}""", $"{name}: {value}",
                            name == "Prefer" ? "" : "Prefer: wait=0"),
                        dialect,
                        $"{method} {path} {name}: {value}");
                Check(await RawAsync("GET", "/v1/jobs/1/events", null, $"{name}: {value}"), Dialect.Problem, $"events {name}: {value}");
            }
        }
    }

    [Fact]
    public async Task Malformed_JSON_is_a_400_in_the_dialect_that_says_where()
    {
        foreach (var (method, path, dialect) in Writes)
        {
            foreach (var body in new[] { "{", "nonsense", "{\"a\":1}{", "[1]", "{\"a\":1,}" })
            {
                var answer = await Admin.SendAsync(new HttpMethod(method), path, body, []);
                if (dialect == Dialect.Problem) answer.ExpectProblem(400, "malformed_json", "body", "object");
                else if (dialect == Dialect.Useapi) answer.ExpectUseapi(400, "JSON", "body");
                else answer.ExpectBaseResp(400, 2013, "JSON", "body");
            }
        }
    }

    [Fact]
    public async Task A_body_above_the_limit_is_a_413_in_the_dialect_with_and_without_a_length()
    {
        Gateway["Gateway:Bodies:Own"] = "2000";
        Gateway["Gateway:Bodies:Native"] = "3000";
        await Gateway.RestartAsync();
        await AddAccountAsync("key-a");
        foreach (var (method, path, dialect) in Writes)
        {
            var size = path.Contains("admin", StringComparison.Ordinal) || path.Contains("accounts", StringComparison.Ordinal)
                ? 70_000
                : 3001;
            var body = Encoding.UTF8.GetBytes($"{{\"model\":\"MiniMax-M2\",\"x\":\"{new string('x', size)}\"}}");
            foreach (var answer in new[] { await Admin.SendAsync(new HttpMethod(method), path, body, []), await RawAsync(method, path, Encoding.UTF8.GetString(body), "Transfer-Encoding: chunked") })
            {
                if (dialect == Dialect.Problem) answer.ExpectProblem(413, "body_too_large", "body", "Gateway:Bodies");
                else if (dialect == Dialect.Useapi) answer.ExpectUseapi(413, "body");
                else answer.ExpectBaseResp(413, 2013, "body");
            }
        }

        // and a client that sends on for long sees the answer too
        (await Admin.PostAsync("/v1/jobs", new byte[20_000_000])).ExpectProblem(413, "body_too_large");
        var fits = $"{{\"model\":\"MiniMax-M2\",\"messages\":[{{\"role\":\"user\",\"content\":\"{new string('x', 2500)}\"}}]}}";
        (await Admin.PostAsync("/v1/text/chatcompletion_v2", fits)).Expect(200);
    }

    [Fact]
    public async Task What_there_is_not_is_said_in_the_dialect_of_its_neighbourhood()
    {
        (await Admin.GetAsync("/v1/nothing")).ExpectProblem(404, "not_found");
        (await Admin.DeleteAsync("/v1/jobs")).ExpectProblem(405, "method_not_allowed");
        (await Admin.GetAsync("/v1/text/chatcompletion_v2")).ExpectBaseResp(405, 2013, "GET");
        (await Admin.GetAsync("/v1/video_generation")).ExpectBaseResp(405, 2013, "GET");
        (await Admin.PostAsync("/v1/files/retrieve", "{}")).ExpectBaseResp(405, 2013, "POST");
        (await Admin.DeleteAsync("/v1/minimax/accounts")).ExpectUseapi(405, "DELETE");
        (await Admin.GetAsync("/v1/minimax/nothing")).ExpectUseapi(404, "/v1/minimax/nothing");
    }

    private static void Check(Answer answer, Dialect? dialect, string what)
    {
        Assert.True(Allowed.Contains(answer.Status), $"{what} → {answer.Status} {answer.Body}");
        // The server itself refuses what is not HTTP before any route is chosen.
        if (answer.Status < 400 || answer.Body.Length == 0) return;
        var json = answer.Json;
        switch (dialect)
        {
            case Dialect.Problem:
                Assert.True(
                    json["code"] is not null
                        && json["title"] is not null
                        && answer.Header("Content-Type")!.StartsWith("application/problem+json", StringComparison.Ordinal),
                    $"{what} → {answer.Body}");
                Assert.True(
                    answer.Status is not 400 || json["errors"] is not null || json["code"]!.ToString() == "bad_request",
                    $"{what} names no field: {answer.Body}");
                break;
            case Dialect.Useapi:
                Assert.True(json["error"] is not null && json["code"]!.GetValue<int>() == answer.Status, $"{what} → {answer.Body}");
                break;
            case Dialect.Native:
                Assert.True(json["base_resp"]?["status_code"]?.GetValue<int>() is > 0, $"{what} → {answer.Body}");
                break;
        }
    }

    private static string Shown(byte[] body) => Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 120)));

    /// <summary>A request as bytes on a connection of its own: no client corrects what is odd about it.</summary>
    private async Task<Answer> RawAsync(string method, string target, string? body = null, params string[] headers)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(Gateway.Address.Host, Gateway.Address.Port, Patience);
        var chunked = headers.Contains("Transfer-Encoding: chunked");
        var bytes = Encoding.UTF8.GetBytes(body ?? "");
        var text = new StringBuilder(
            $"{method} {target} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\nAuthorization: Bearer {GatewayUnderTest.AdminToken}\r\n");
        if (!headers.Any(header => header.StartsWith("Content-Type", StringComparison.Ordinal)))
            text.Append("Content-Type: application/json\r\n");
        foreach (var header in headers.Where(header => header.Length > 0)) text.Append(header).Append("\r\n");
        text.Append(chunked ? "\r\n" : $"Content-Length: {bytes.Length}\r\n\r\n");

        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text.ToString()), Patience);
        if (chunked)
            await stream.WriteAsync(
                (byte[])[.. Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"), .. bytes, .. "\r\n0\r\n\r\n"u8], Patience);
        else await stream.WriteAsync(bytes, Patience);
        return await ReadAsync(stream);
    }

    private async Task<Answer> ReadAsync(NetworkStream stream)
    {
        using var all = new MemoryStream();
        try
        {
            await stream.CopyToAsync(all, Patience);
        }
        catch (IOException) when (all.Length > 0)
        {
            // Refused before all of the body was read: the answer is here, the connection is gone.
        }

        var text = Encoding.UTF8.GetString(all.ToArray());
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end > 0, $"No answer: {text}");
        var head = text[..end].Split("\r\n");
        var headers = head[1..].Select(line => line.Split(": ", 2)).ToDictionary(
            pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var body = text[(end + 4)..];
        if (headers.TryGetValue("Transfer-Encoding", out var coding) && coding == "chunked") body = Unchunked(body);
        return new Answer(int.Parse(head[0].Split(' ')[1]), body, [], headers);
    }

    private static string Unchunked(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body).AsSpan();
        var whole = new List<byte>();
        while (bytes.IndexOf("\r\n"u8) is var line and > 0)
        {
            var length = Convert.ToInt32(Encoding.ASCII.GetString(bytes[..line]), 16);
            if (length == 0) break;
            whole.AddRange(bytes.Slice(line + 2, length));
            bytes = bytes[(line + 4 + length)..];
        }

        return Encoding.UTF8.GetString([.. whole]);
    }
}

public sealed class SqliteBadInputTests() : BadInputContract(new SqliteData());

public sealed class PostgresBadInputTests() : BadInputContract(new PostgresData());
