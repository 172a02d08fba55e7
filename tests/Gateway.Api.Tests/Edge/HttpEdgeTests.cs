using System.Net.Sockets;
using System.Text;
using Gateway.Api.Tests.Support;

namespace Gateway.Api.Tests.Edge;

/// <summary>The small print of HTTP: broken framing, headers that no server sends, and what answers say of us.</summary>
public sealed class HttpEdgeTests : GatewayTest
{
    private const string Chat = """{"model":"MiniMax-M2","messages":[{"role":"user","content":"hi"}]}""";

    private protected override void Configure() => Gateway["Gateway:Webhooks:AllowedNetworks:0"] = "10.0.0.0/8";

    [Theory]
    [InlineData("ffffffffffffffff")]
    [InlineData("7fffffffffffffff")]
    [InlineData("80000000")]
    [InlineData("-1")]
    [InlineData("0x10")]
    [InlineData("zz")]
    [InlineData("")]
    public async Task H16_a_chunk_of_a_size_that_is_none_is_a_400(string size)
    {
        await AddAccountAsync("key-a");
        foreach (var (path, type) in new[]
        {
            ("/v1/jobs", "application/json"), ("/v1/text/chatcompletion_v2", "application/json"),
            ("/v1/video_generation", "application/json"),
            ("/v1/minimax/accounts", "application/json"), ("/v1/files/upload", "multipart/form-data; boundary=b"),
        })
        {
            var answer = await RawAsync(
                $"POST {path} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\nAuthorization: Bearer " +
                    $"{GatewayUnderTest.AdminToken}\r\nContent-Type: {type}\r\nTransfer-Encoding: " +
                        $"chunked\r\n\r\n{size}\r\n{{\"a\":1}}\r\n0\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task H16_a_header_that_no_server_sends_costs_no_paid_answer()
    {
        await using var upstream = await RawUpstream.StartAsync(
            async context =>
            {
                context.Response.Headers["trace-id"] = "tr\u00e4ce";
                context.Response.Headers["minimax-request-id"] = "r-7";
                context.Response.Headers.ContentDisposition = "attachment; filename=\"\u00fcber.mp3\"";
                var isFile = context.Request.Path.Value!.Contains("content", StringComparison.Ordinal);
                context.Response.ContentType = isFile ? "text/html; name=\"\u00fc\"" : "application/json; x=\"\u00fc\"";
                await context.Response.WriteAsync(
                    isFile ? "<script>" : context.Request.Path.Value.Contains("upload", StringComparison.Ordinal)
                        ? """{"file":{"file_id":7,"bytes":1,"filename":"a.mp3","purpose":"voice_clone"},"base_resp":{"status_code":0}}"""
                        : """{"choices":[{"message":{"content":"hi"}}],"usage":{"total_tokens":3},"base_resp":{"status_code":0}}""");
            },
            Encoding.Latin1);
        await Admin.PostAsync(
            "/v1/minimax/accounts", new { url = upstream.BaseUrl, driver = "platform", validate = false, token = "key-raw", maxJobs = 3 });

        var answer = (await Admin.PostAsync("/v1/text/chatcompletion_v2", Chat)).Expect(200);
        Assert.Equal(
            ((string?)null, "r-7", "application/json"),
            (answer.Header("trace-id"), answer.Header("minimax-request-id"), answer.Header("Content-Type")));
        Assert.Contains("\"total_tokens\":3", answer.Body, StringComparison.Ordinal);

        var form = new MultipartFormDataContent
        {
            { new StringContent("voice_clone"), "purpose" },
            { new ByteArrayContent([1]), "file", "a.mp3" },
        };
        var uploaded = await UploadAsync(form);
        var file = (await Admin.GetAsync($"/v1/files/retrieve_content?file_id={uploaded.Expect(200)["file"]!["file_id"]}")).Expect(200);
        Assert.Equal(
            ("<script>", "nosniff", "attachment"), (file.Body, file.Header("X-Content-Type-Options"), file.Header("Content-Disposition")));
        Assert.Contains("sandbox", file.Header("Content-Security-Policy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task H16_a_callers_header_that_cannot_be_sent_on_is_a_400()
    {
        await AddAccountAsync("key-a");
        var answer = await RawAsync(
            $"POST /v1/files/upload HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\nAuthorization: Bearer " +
                $"{GatewayUnderTest.AdminToken}\r\nContent-Type: multipart/form-data; boundary=\"\u00fc\"\r\nContent-Length: 3\r\n\r\nabc");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task H16_no_answer_names_the_server_and_what_was_made_is_not_sniffed()
    {
        await AddAccountAsync("key-a");
        var job = (
            await Admin.PostAsync(
                "/v1/jobs", new { kind = "image", request = new { model = "image-01", prompt = "a cat" } })).Expect(202).Text("id");
        await WaitForAsync(job, "succeeded");
        foreach (var path in new[] { $"/v1/jobs/{job}/content", $"/v1/jobs/{job}/result" })
            Assert.Equal("nosniff", (await Admin.GetAsync(path)).Expect(200).Header("X-Content-Type-Options"));
        foreach (var path in new[] { "/healthz", "/v1/jobs", "/v1/nothing", $"/v1/jobs/{job}/content" })
            Assert.Null((await Admin.GetAsync(path)).Header("Server"));
        Assert.DoesNotContain("Kestrel", await RawAsync("GET / HTTP/9\r\n\r\n"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task H16_a_test_call_tells_no_name_without_address_from_one_that_leads_inside()
    {
        var (nowhere, inside) = (await TestAsync("http://no-such-name.invalid/"), await TestAsync("http://localhost/"));
        Assert.Equal((nowhere.Status, nowhere.Body), (inside.Status, inside.Body));
        Assert.Equal("its host is not at a public address", inside.Text("why"));

        Task<Answer> TestAsync(string url) => Admin.PostAsync("/v1/webhooks/test", new { url });
    }

    private async Task<Answer> UploadAsync(HttpContent form)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Gateway.Address, "/v1/files/upload")) { Content = form };
        request.Headers.Authorization = new("Bearer", GatewayUnderTest.AdminToken);
        using var response = await http.SendAsync(request, Patience);
        return await Client.ReadAsync(response, Patience);
    }

    /// <summary>Bytes on a connection of their own, and all that is answered.</summary>
    private async Task<string> RawAsync(string request)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(Gateway.Address.Host, Gateway.Address.Port, Patience);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), Patience);
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, Patience);
        }
        catch (IOException)
        {
            // The server cuts what it refuses; what it said before is here.
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
