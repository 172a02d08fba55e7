using Gateway.Api.Auth;
using Gateway.Api.Tests.Support;
using Gateway.Api.Tests.Vendor;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Auth;

/// <summary>S2: whatever is open under a token ends with it: cut where half of it is out, a 401 where nothing is.</summary>
public sealed class OpenAnswerTests : NativeTest
{
    /// <summary>As long as events may take to end: the next look, and what is kept of a token's owner.</summary>
    private static readonly TimeSpan AsEventsDo = TimeSpan.FromSeconds(20);

    private readonly LeapingClock _clock;

    private string _tokens = "";
    private string _token = "";

    public OpenAnswerTests()
        : this(new LeapingClock())
    {
    }

    private OpenAnswerTests(LeapingClock clock)
        : base(new SqliteData(), clock) => _clock = clock;

    private protected override void Configure() => Gateway["Gateway:NodeLease"] = "10:00:00"; // a leap is no sign of a dead node here

    private async Task<Client> AddHolderAsync(DateTimeOffset? expiresAt = null)
    {
        var team = (await Admin.PostAsync("/v1/admin/teams", new { name = "blue" })).Expect(201).Text("id");
        _tokens = $"/v1/admin/teams/{team}/tokens";
        var token = (await Admin.PostAsync(_tokens, new { expiresAt })).Expect(201);
        _token = token.Text("id");
        return As(token.Text("token"));
    }

    private async Task RevokeAsync()
    {
        (await Admin.DeleteAsync($"{_tokens}/{_token}")).Expect(204);
        _clock.Leap(AsEventsDo);
    }

    [Fact]
    public async Task H12_a_chat_stream_is_cut_and_its_upstream_left()
    {
        var account = await AddAccountAsync("key-a");
        var team = await AddHolderAsync();
        using var held = Sim.HoldFrames(Operation.Chat);
        var opening = team.OpenAsync(HttpMethod.Post, VendorWork.ChatStream.Path, VendorWork.ChatStream.Body);
        await EventuallyAsync(() => Task.FromResult(held.ReleaseNext()));
        using var response = await opening;

        await RevokeAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync(Patience));
        await Sim.WaitForAbortedAsync(1, Patience);
        await SlotsAsync(account, 0);
    }

    [Fact]
    public async Task H12_a_call_that_has_no_answer_yet_is_a_401_and_its_upstream_left()
    {
        var account = await AddAccountAsync("key-a");
        var team = await AddHolderAsync();
        using var held = Sim.Hold(Operation.Chat);
        var call = team.PostAsync(VendorWork.Chat.Path, VendorWork.Chat.Body);
        await Sim.WaitForAsync(Operation.Chat, 1, Patience);

        await RevokeAsync();

        (await call).Expect(401);
        await Sim.WaitForAbortedAsync(1, Patience);
        await SlotsAsync(account, 0);
    }

    [Fact]
    public async Task H12_a_long_poll_is_a_401()
    {
        await AddAccountAsync("key-a");
        var team = await AddHolderAsync();
        var job = await SubmitVideoAsync(by: team);
        var running = await WaitForAsync(job, "running");
        var poll = team.GetAsync($"/v1/jobs/{job}?wait=60&after={running["seq"]}");
        await EventuallyAsync(() => Task.FromResult(Gateway.Services.GetRequiredService<OpenAnswers>().Count == 1));

        await RevokeAsync();

        (await poll).ExpectProblem(401, "unauthorized");
    }

    [Fact]
    public async Task H12_a_token_that_expires_ends_what_is_open_under_it()
    {
        await AddAccountAsync("key-a");
        var team = await AddHolderAsync(_clock.GetUtcNow() + TimeSpan.FromMinutes(1));
        using var held = Sim.Hold(Operation.Chat);
        var call = team.PostAsync(VendorWork.Chat.Path, VendorWork.Chat.Body);
        await Sim.WaitForAsync(Operation.Chat, 1, Patience);

        _clock.Leap(TimeSpan.FromMinutes(1) + AsEventsDo);

        (await call).Expect(401);
    }

    [Fact]
    public async Task H12_a_keyed_stream_that_has_not_begun_is_a_401_and_its_job_goes_on()
    {
        await AddAccountAsync("key-a");
        var team = await AddHolderAsync();
        using var held = Sim.HoldFrames(Operation.Chat);
        var call = team.PostAsync(VendorWork.ChatStream.Path, VendorWork.ChatStream.Body, ("Idempotency-Key", "k"));
        await EventuallyAsync(() => Task.FromResult(held.Waiting == 1));

        await RevokeAsync();

        (await call).Expect(401);
        held.Release();
        var job = (await Admin.GetAsync("/v1/jobs?limit=1")).Expect(200).Json["jobs"]![0]!["id"]!.ToString();
        Assert.Equal("succeeded", (await EndAsync(job)).Text("status"));
    }

    [Fact]
    public async Task H12_a_file_download_is_cut()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await RawUpstream.StartAsync(async context =>
        {
            if (context.Request.Path == "/v1/files/upload")
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                await context.Response.WriteAsync(
                    """{"file":{"file_id":1234567,"purpose":"voice_clone"},"base_resp":{"status_code":0,"status_msg":""}}""");
                return;
            }

            context.Response.ContentType = "audio/mpeg";
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            context.RequestAborted.Register(left.SetResult);
            await left.Task;
        });
        (await Admin.PostAsync("/v1/minimax/accounts", new { url = upstream.BaseUrl, driver = "platform", validate = false, token = "key", maxJobs = 1 })).Expect(201);
        var team = await AddHolderAsync();
        var id = Number((await UploadAsync("voice_clone", "a.mp3", by: team)).Expect(200)["file"]!["file_id"]);
        using var response = await team.OpenAsync(HttpMethod.Get, $"/v1/files/retrieve_content?file_id={id}");
        var content = await response.Content.ReadAsStreamAsync(Patience);
        await content.ReadExactlyAsync(new byte[4], Patience);

        await RevokeAsync();

        await Assert.ThrowsAnyAsync<IOException>(async () => await content.ReadExactlyAsync(new byte[96], Patience));
        await left.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task H12_what_is_open_under_other_tokens_of_the_team_goes_on()
    {
        await AddAccountAsync("key-a");
        await AddHolderAsync();
        var kept = As((await Admin.PostAsync(_tokens, new { })).Expect(201).Text("token"));
        using var held = Sim.HoldFrames(Operation.Chat);
        var opening = kept.OpenAsync(HttpMethod.Post, VendorWork.ChatStream.Path, VendorWork.ChatStream.Body);
        await EventuallyAsync(() => Task.FromResult(held.ReleaseNext()));
        using var stream = new SseReader(await opening, Patience);
        Assert.NotNull(await stream.NextAsync());

        await RevokeAsync();

        held.Release();
        Assert.NotEmpty(await stream.AllAsync());
    }
}
