using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.Api.Tests.Support;

namespace Gateway.Api.Tests.Edge;

/// <summary>What real clients send that differs from the book, and can mean one thing only (V21).</summary>
public sealed class ForgivenInputTests : GatewayTest
{
    private static readonly object Chat = new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "Hello" } } };

    private protected override void Configure()
    {
        Gateway["Gateway:Bodies:Own"] = "20000";
        Gateway["Gateway:Bodies:Upload"] = "20000";
    }

    [Theory]
    [InlineData("//v1/jobs")]
    [InlineData("/v1//jobs")]
    [InlineData("///v1///jobs//")]
    public async Task V21_slashes_that_stand_twice_count_once(string path) =>
        (await Admin.GetAsync($"http://{Gateway.Address.Authority}{path}")).Expect(200);

    [Fact]
    public async Task V21_a_path_with_two_slashes_is_answered_in_its_own_dialect_and_needs_a_token()
    {
        await AddAccountAsync("key-a");
        (await Admin.PostAsync($"http://{Gateway.Address.Authority}//v1/text/chatcompletion_v2", Chat)).Expect(200);
        (await Nobody.PostAsync($"http://{Gateway.Address.Authority}//v1/text/chatcompletion_v2", Chat)).ExpectBaseResp(401, 1004);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("Bearer")]
    [InlineData("bearer ")]
    public async Task V21_an_empty_Authorization_leaves_the_word_to_x_api_key(string authorization)
    {
        (await Nobody.GetAsync("/v1/jobs", ("Authorization", authorization), ("x-api-key", GatewayUnderTest.AdminToken))).Expect(200);
        (await Nobody.GetAsync("/v1/jobs", ("Authorization", authorization), ("x-api-key", "wrong"))).Expect(401);
        (await Nobody.GetAsync("/v1/jobs", ("Authorization", authorization))).Expect(401);
    }

    [Fact]
    public async Task D5_a_401_says_how_to_authenticate()
    {
        foreach (var path in new[] { "/v1/jobs", "/v1/files/list", "/v2/query/video_generation", "/v1/minimax/accounts", "/v1/admin/queue" })
            Assert.Equal("Bearer", (await Nobody.GetAsync(path)).Expect(401).Header("WWW-Authenticate"));
        Assert.Equal("Bearer", (await Nobody.GetAsync("/metrics", ("X-Forwarded-For", "10.0.0.1"))).Expect(401).Header("WWW-Authenticate"));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("x-gzip")]
    public async Task V21_a_body_that_is_gzipped_is_read_as_what_it_says(string coding)
    {
        await AddAccountAsync("key-a", 2);
        (await PostAsync("/v1/text/chatcompletion_v2", Zipped(JsonSerializer.SerializeToUtf8Bytes(Chat)), coding)).Expect(200);
        (await PostAsync("/v1/jobs", Zipped(JsonSerializer.SerializeToUtf8Bytes(VideoJob())), coding)).Expect(202);
        (await PostAsync("/v1/jobs", JsonSerializer.SerializeToUtf8Bytes(VideoJob()), "identity")).Expect(202);
    }

    [Fact]
    public async Task V21_a_key_stands_for_what_was_said_however_it_was_packed()
    {
        await AddAccountAsync("key-a", 2);
        var body = JsonSerializer.SerializeToUtf8Bytes(VideoJob());
        var first = (await PostAsync("/v1/jobs", body, null, ("Idempotency-Key", "one"))).Expect(202);
        var again = (await PostAsync("/v1/jobs", Zipped(body), "gzip", ("Idempotency-Key", "one"))).Expect(202);
        Assert.Equal((first.Text("id"), "true"), (again.Text("id"), again.Header("Idempotency-Replayed")));
    }

    [Fact]
    public async Task V21_what_comes_out_of_a_gzip_counts_against_the_limit_and_so_does_what_goes_in()
    {
        var bomb = Zipped(new byte[50_000_000]);
        Assert.True(bomb.Length > 20_000);
        (await PostAsync("/v1/jobs", bomb, "gzip")).ExpectProblem(413, "body_too_large", "body");
        (await PostAsync("/v1/jobs", Zipped(new byte[20_001]), "gzip")).ExpectProblem(413, "body_too_large", "body");
        // Blocks that decode to nothing: no output would ever reach a limit.
        byte[] endless =
        [
            0x1f,
            0x8b,
            8,
            0,
            0,
            0,
            0,
            0,
            0,
            255,
            .. Enumerable.Repeat<byte[]>([0, 0, 0, 0xff, 0xff], 10_000).SelectMany(block => block)
        ];
        (await PostAsync("/v1/jobs", endless, "gzip", ("Transfer-Encoding", "chunked"))).ExpectProblem(413, "body_too_large", "body");
    }

    [Fact]
    public async Task V21_an_upload_that_is_gzipped_reaches_the_upstream_unpacked_and_within_the_limit()
    {
        await AddAccountAsync("key-a");
        (await PostFormAsync(1_000)).Expect(200);
        (await PostFormAsync(30_000)).ExpectBaseResp(413, 2013, "body");
    }

    [Fact]
    public async Task V21_another_coding_or_a_broken_gzip_is_refused_with_the_cure()
    {
        foreach (var coding in new[] { "br", "deflate", "zstd", "gzip, gzip", "nonsense" })
            (await PostAsync("/v1/jobs", [1, 2, 3], coding)).ExpectProblem(415, "unsupported_coding", "Content-Encoding", "must be gzip");
        (await PostAsync("/v1/text/chatcompletion_v2", [1, 2, 3], "br")).ExpectBaseResp(415, 2013, "Content-Encoding", "must be gzip");
        (await PostAsync("/v1/minimax/accounts", [1, 2, 3], "br")).ExpectUseapi(415, "Content-Encoding", "must be gzip");
        (await PostAsync("/v1/jobs", "{}"u8.ToArray(), "gzip")).ExpectProblem(400, "invalid_request", "Content-Encoding", "no valid gzip");
    }

    [Fact]
    public async Task V21_a_model_in_another_case_is_refused_with_the_near_name()
    {
        await AddAccountAsync("key-a", 1, ("models", new[] { "MiniMax-M2", "MiniMax-Hailuo-02" }));
        (await Admin.PostAsync("/v1/text/chatcompletion_v2", new { model = "minimax-m2", messages = Array.Empty<object>() })).ExpectBaseResp(422, 2013, "Did you mean 'MiniMax-M2'?");
        Assert.Contains(
            "Did you mean 'MiniMax-Hailuo-02'?",
            (await Admin.PostAsync("/v1/jobs", VideoJob(model: "MINIMAX-HAILUO-02"))).ExpectProblem(422, "no_account_can_serve").Text("detail"),
            StringComparison.Ordinal);
        Assert.DoesNotContain(
            "Did you mean",
            (await Admin.PostAsync("/v1/jobs", VideoJob(model: "Sora"))).ExpectProblem(422, "no_account_can_serve").Text("detail"),
            StringComparison.Ordinal);
    }

    private Task<Answer> PostAsync(string path, byte[] body, string? coding, params (string Name, string Value)[] headers) =>
        SendAsync(
            path, new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } }, coding, headers);

    private async Task<Answer> PostFormAsync(int length)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("voice_clone"), "purpose" },
            { new ByteArrayContent(Encoding.ASCII.GetBytes(new string('x', length))), "file", "a.mp3" },
        };
        var content = new ByteArrayContent(Zipped(await form.ReadAsByteArrayAsync(Patience)));
        content.Headers.ContentType = form.Headers.ContentType;
        return await SendAsync("/v1/files/upload", content, "gzip");
    }

    private async Task<Answer> SendAsync(string path, HttpContent content, string? coding, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Gateway.Address, path)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", GatewayUnderTest.AdminToken);
        if (coding is not null) content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        foreach (var (name, value) in headers)
            if (name == "Transfer-Encoding") request.Headers.TransferEncodingChunked = true;
            else request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request, Patience);
        return await Client.ReadAsync(response, Patience);
    }

    private static byte[] Zipped(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Optimal)) zip.Write(plain);
        return packed.ToArray();
    }
}
