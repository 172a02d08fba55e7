using Gateway.Api.Tests.Seams.ToyDriver;
using Gateway.Api.Tests.Seams.ToySurface;
using Gateway.Api.Tests.Support;
using Gateway.Engine.Upstreams;

namespace Gateway.Api.Tests.Seams;

/// <summary>
/// A new upstream is one folder and one line of registration, a new surface is one folder of three files: each of them is tried with
/// the other, and with those there are.
/// </summary>
public sealed class SeamTests : GatewayTest
{
    private readonly ToyVendor _vendor = new();

    private protected override void Configure()
    {
        Gateway.Register = services => services.AddSingleton<IUpstream>(new ToyUpstream(_vendor));
        Gateway.Map = ToyApi.Map;
    }

    [Fact]
    public async Task A_new_driver_serves_chat_with_its_own_credential()
    {
        await AddToyAsync();

        var whole = (await Admin.PostAsync("/v1/text/chatcompletion_v2", Chat())).Expect(200);
        Assert.Equal("olleh dlrow", whole.Json["choices"]![0]!["message"]!["content"]!.ToString());
        var streamed = (await Admin.PostAsync("/v1/text/chatcompletion_v2", Chat(stream: true))).Expect(200);
        Assert.Equal("""
            data: {"choices":[{"delta":{"content":"olleh"}}]}

            data: {"choices":[{"delta":{"content":"dlrow"}}]}


            """.ReplaceLineEndings("\n"), streamed.Body);
        Assert.Equal(["toy-secret", "toy-secret"], _vendor.Callers);
    }

    [Fact]
    public async Task Each_account_is_asked_through_its_own_driver()
    {
        await AddToyAsync(("models", new[] { "toy-1" }));
        await AddAccountAsync("key-a", 1, ("models", new[] { "MiniMax-M2" }));

        (await Admin.PostAsync("/v1/text/chatcompletion_v2", Chat("MiniMax-M2"))).Expect(200);
        Assert.Empty(_vendor.Callers);
        (await Admin.PostAsync("/v1/text/chatcompletion_v2", Chat("toy-1"))).Expect(200);
        Assert.Equal(["toy-secret"], _vendor.Callers);
        Assert.All(Sim.Ledger.Requests(Simulator.Operation.Chat), request => Assert.Equal("key-a", request.Key));
    }

    [Fact]
    public async Task A_new_driver_serves_video_as_a_job_that_is_followed_and_paid_by_its_own_price()
    {
        var account = await AddToyAsync(("dailyCredits", 10));

        var job = (
            await Admin.PostAsync(
                "/v1/jobs",
                new { kind = "video", request = new { model = "toy-1", prompt = "a cat" } },
                ("Prefer", "wait=20"))).Expect(200);
        Assert.Equal("succeeded", job.Text("status"));
        Assert.Equal("a film of a cat", (await Admin.GetAsync($"/v1/jobs/{job.Text("id")}/content")).Expect(200).Body);
        var credits = (await Admin.GetAsync($"/v1/admin/accounts/{account}")).Expect(200).Json["credits"]!;
        Assert.Equal(7, credits["used"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_new_driver_keeps_files()
    {
        await AddToyAsync();

        using var form = new MultipartFormDataContent
        {
            { new StringContent("toy"), "purpose" },
            { new ByteArrayContent("wooden"u8.ToArray()), "file", "toy.txt" },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Gateway.Address, "/v1/files/upload")) { Content = form };
        request.Headers.Authorization = new("Bearer", GatewayUnderTest.AdminToken);
        using var http = new HttpClient();
        using var uploaded = await http.SendAsync(request, Patience);
        var file = System.Text.Json.Nodes.JsonNode.Parse(
            await uploaded.Content.ReadAsStringAsync(Patience))!["file"]!["file_id"]!.ToString();

        (await Admin.GetAsync($"/v1/files/retrieve?file_id={file}")).Expect(200);
        var content = (await Admin.GetAsync($"/v1/files/retrieve_content?file_id={file}")).Expect(200);
        Assert.Contains("wooden", content.Body, StringComparison.Ordinal);
        Assert.Equal("text/toy", content.Header("Content-Type"));
    }

    [Fact]
    public async Task A_new_surface_reaches_every_driver_in_its_own_words()
    {
        await AddToyAsync(("models", new[] { "toy-1" }));
        await AddAccountAsync("key-a", 1, ("models", new[] { "MiniMax-M2" }));

        Assert.Equal("olleh dlrow", (await Admin.PostAsync("/toy/say", new { say = "hello world" })).Expect(200).Text("said"));
        Assert.Equal(
            "olleh\n\ndlrow\n\nbye\n\n", (await Admin.PostAsync("/toy/say", new { say = "hello world", slowly = true })).Expect(200).Body);
        Assert.NotEmpty((await Admin.PostAsync("/toy/say", new { say = "hello", who = "MiniMax-M2" })).Expect(200).Text("said"));
        Assert.EndsWith(
            "bye\n\n",
            (await Admin.PostAsync("/toy/say", new { say = "hello", who = "MiniMax-M2", slowly = true })).Expect(200).Body,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_surface_tells_errors_in_its_own_words()
    {
        await AddToyAsync(("models", new[] { "toy-1" }));

        Assert.Contains(
            "say: must be a text", (await Admin.PostAsync("/toy/say", new { })).Expect(400).Text("oops"), StringComparison.Ordinal);
        Assert.Contains(
            "nobody",
            (await Admin.PostAsync("/toy/say", new { say = "hello", who = "nobody" })).Expect(422).Text("oops"),
            StringComparison.Ordinal);
        Assert.NotEmpty((await Nobody.PostAsync("/toy/say", new { say = "hello" })).Expect(401).Text("oops"));
    }

    private static object Chat(string model = "toy-1", bool stream = false) =>
        new { model, stream, messages = new[] { new { role = "user", content = "hello world" } } };

    private async Task<string> AddToyAsync(params (string Name, object? Value)[] more)
    {
        var body = new Dictionary<string, object?> { ["url"] = "https://toy.test/", ["token"] = "toy-secret", ["maxJobs"] = 2 };
        foreach (var (name, value) in more) body[name] = value;
        return (await Admin.PostAsync("/v1/minimax/accounts", body)).Expect(201).Text("account");
    }
}
