using System.Text.Json;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Prices;

/// <summary>
/// What a request may cost is reserved before it is sent, and what the vendor says of its cost empties no budget: over HTTP, on every way
/// in.
/// </summary>
public sealed class PriceOfRequestTests : GatewayTest
{
    private const long Budget = 10;

    public static TheoryData<string> OddNumbers => ["9.0", "9e0", "\"9\"", "[9]", "90", "true", "{}", "0", "-9", "1e99"];

    /// <summary>The ways to ask for a picture.</summary>
    private enum Way
    {
        Call,
        KeyedCall,
        Job,
        Batch,
    }

    private async Task<Answer> AskAsync(Way way, string fields)
    {
        var body = $$"""{"model":"image-01","prompt":"a lamp",{{fields}}}""";
        var job = $$"""{"kind":"image","request":{{body}}}""";
        return way switch
        {
            Way.Call => await Admin.PostAsync("/v1/image_generation", body, ("Gateway-Queue", "off")),
            Way.KeyedCall =>
                await Admin.PostAsync(
                    "/v1/image_generation", body, ("Gateway-Queue", "off"), ("Idempotency-Key", Guid.NewGuid().ToString())),
            Way.Job => await Admin.PostAsync("/v1/jobs", job, ("Prefer", "wait=20"), ("Gateway-Queue", "off")),
            _ => await Admin.PostAsync("/v1/jobs/batch", $$"""{"jobs":[{{job}}]}"""),
        };
    }

    private async Task<long> UsedAsync(string account)
    {
        await SlotsAsync(account, 0);
        return (await AccountAsync(account))["credits"]!["used"]!.GetValue<long>();
    }

    [Theory]
    [MemberData(nameof(OddNumbers))]
    public async Task H2_an_odd_number_is_refused_on_every_way_in_and_nothing_is_sent(string odd)
    {
        await AddAccountAsync("key-a", 5, ("dailyCredits", Budget));
        Sim.Media = Sim.Media with { ReadsLeniently = true };
        foreach (var name in new[] { "n", "N" })
        {
            var field = $"\"{name}\":{odd}";
            (await AskAsync(Way.Call, field)).ExpectBaseResp(400, 2013, "n: must be an integer from 1 to 9");
            (await AskAsync(Way.KeyedCall, field)).ExpectBaseResp(400, 2013, "n: must be an integer from 1 to 9");
            (await AskAsync(Way.Job, field)).ExpectProblem(400, "invalid_request", "request.n", "integer from 1 to 9");
            Assert.Contains("request.n", (await AskAsync(Way.Batch, field)).Expect(200).Body, StringComparison.Ordinal);
        }

        Assert.Empty(Sim.Ledger.Requests(Operation.Image));
    }

    [Theory]
    [InlineData("\"n\":1,\"N\":9")]
    [InlineData("\"N\":1,\"n\":9")]
    [InlineData("\"n\":9,\"\\u006e\":1")]
    [InlineData("\"n\":null,\"n\":9")]
    public async Task H2_a_decisive_name_stands_once_on_every_way_in(string fields)
    {
        await AddAccountAsync("key-a", 5, ("dailyCredits", Budget));
        foreach (var way in new[] { Way.Call, Way.KeyedCall })
            (await AskAsync(way, fields)).ExpectBaseResp(400, 2013, "n: must stand once");
        (await AskAsync(Way.Job, fields)).ExpectProblem(400, "invalid_request", "request.n", "once");
        Assert.Empty(Sim.Ledger.Requests(Operation.Image));
    }

    [Fact]
    public async Task H2_a_number_under_another_case_is_reserved_for_and_passed_on_as_it_came()
    {
        var account = await AddAccountAsync("key-a", 5, ("dailyCredits", Budget));
        Sim.Media = Sim.Media with { ReadsLeniently = true };
        (await AskAsync(Way.Call, "\"N\":9")).Expect(200);
        Assert.Equal(9, await UsedAsync(account));
        Assert.Contains("\"N\":9", Sim.Ledger.Requests(Operation.Image)[^1].Body, StringComparison.Ordinal);

        foreach (var way in new[] { Way.Call, Way.KeyedCall }) (await AskAsync(way, "\"N\":2")).ExpectBaseResp(429, 1002, "over budget");
        Assert.Contains(
            "over budget",
            (await AskAsync(Way.Job, "\"N\":2")).ExpectProblem(429, "no_free_account").Text("detail"),
            StringComparison.Ordinal);
        Assert.Equal(9, await UsedAsync(account));
    }

    [Theory]
    [InlineData("/v1/text/chatcompletion_v2", """{"model":"a","Model":"b","messages":[]}""", "model")]
    [InlineData("/v1/text/chatcompletion_v2", """{"model":"a","model":"b","messages":[]}""", "model")]
    [InlineData("/v1/t2a_v2", """{"model":"a","text":"x","te\u0078t":"a longer one"}""", "text")]
    [InlineData("/v1/voice_clone", """{"file_id":1,"voice_id":"a","VOICE_ID":"b"}""", "voice_id")]
    [InlineData("/v1/t2a_v2", """{"model":"a","text":"x","voice_setting":{"voice_id":"a","Voice_Id":"b"}}""", "voice_setting.voice_id")]
    [InlineData(
        "/v1/video_generation", """{"model":"a","prompt":"x","callback_url":"https://a.example","Callback_URL":null}""", "callback_url")]
    [InlineData("/v1/t2a_async_v2", """{"model":"a","text_file_id":1,"Text_File_Id":2}""", "text_file_id")]
    [InlineData("/v2/video_generation", """{"model":"a","content":[],"duration":4,"Duration":15}""", "duration")]
    public async Task H2_what_decides_stands_once_on_every_path(string path, string body, string field)
    {
        await AddAccountAsync("key-a");
        var refused = (await Admin.PostAsync(path, body)).Expect(400);
        Assert.Contains($"{field}: must stand once", refused.Body, StringComparison.Ordinal);
        Assert.Contains("2013", refused.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("\"9223372036854775807\"")]
    [InlineData("99999999999999999999999")]
    [InlineData("1e30")]
    [InlineData("90")]
    public async Task H15_whatever_the_vendor_reports_the_reserve_is_the_most_that_is_charged_and_it_is_told(string reported)
    {
        var account = await AddAccountAsync("key-a", 5, ("dailyCredits", Budget));
        var answer =
            $$$"""{"data":{"image_urls":["https://x.example/1"]},"metadata":{"success_count":{{{reported}}},"failed_count":"0"},"base_resp":{"status_code":0}}""";
        Sim.Script.Always(Operation.Image, new FaultEffect.HttpStatus(200, answer, "application/json"));

        (await AskAsync(Way.Call, "\"n\":2")).Expect(200);
        Assert.Equal(2, await UsedAsync(account));
        (await AskAsync(Way.KeyedCall, "\"n\":3")).Expect(200);
        Assert.Equal(5, await UsedAsync(account));
        Assert.Equal(4, (await AskAsync(Way.Job, "\"n\":4")).Expect(200)["credits"]!["charged"]!.GetValue<long>());
        Assert.Equal(9, await UsedAsync(account));

        Assert.Contains("gateway_upstream_excess_reports_total 3\n", (await Admin.GetAsync("/metrics")).Body, StringComparison.Ordinal);
        Assert.Single(Gateway.Journal.Lines, line => line.Contains("reports a cost of", StringComparison.Ordinal));
    }

    [Fact]
    public async Task H2_a_text_in_a_file_is_reserved_for_by_the_files_length()
    {
        var account = await AddAccountAsync("key-a", 1, ("dailyCredits", 10_000));
        using var form = new MultipartFormDataContent
        {
            { new StringContent("t2a_async_input"), "purpose" },
            { new ByteArrayContent(new byte[4500]), "file", "long.txt" },
        };
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue(
            "Bearer", GatewayUnderTest.AdminToken);
        using var uploaded = await http.PostAsync(new Uri(Gateway.Address, "/v1/files/upload"), form, Patience);
        var file = JsonElement.Parse(await uploaded.Content.ReadAsStringAsync(Patience))
            .GetProperty("file")
            .GetProperty("file_id")
            .GetRawText();

        await WaitForAsync(
            (await Admin.PostAsync("/v1/jobs", $$$"""{"kind":"speech","request":{"model":"speech-2.8-turbo","text_file_id":{{{file}}}}}""")).Expect(202).Text("id"),
            "running");
        Assert.Equal(5 * 2, (await AccountAsync(account))["credits"]!["reserved"]!.GetValue<long>());
    }
}
