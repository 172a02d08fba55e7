using System.Text;
using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Jobs;

/// <summary>What jobs made, through the gateway.</summary>
public abstract class ContentContract : GatewayTest
{
    private protected ContentContract(TestData data)
        : base(data)
    {
    }

    private async Task<string> DoneAsync(string kind, object request, Client? by = null)
    {
        var id = (await (by ?? Admin).PostAsync("/v1/jobs", new { kind, request })).Expect(202).Text("id");
        if (kind == "video") await WaitForAsync(id, "running");
        Sim.FinishAllTasks();
        await WaitForAsync(id, "succeeded");
        return id;
    }

    private static object Video => new { model = "MiniMax-Hailuo-02", prompt = "a calm sea" };

    [Fact]
    public async Task A_video_is_streamed_from_the_account_that_has_it_and_only_to_its_team()
    {
        await AddAccountAsync("key-a", 3);
        var (blue, red) = (await AddTeamAsync("blue"), await AddTeamAsync("red"));
        var id = (await blue.PostAsync("/v1/jobs", VideoJob())).Expect(202).Text("id");
        (await blue.GetAsync($"/v1/jobs/{id}/content")).ExpectProblem(409, "job_not_finished");
        await WaitForAsync(id, "running");
        Sim.FinishAllTasks();
        var job = await WaitForAsync(id, "succeeded");

        var content = (await blue.GetAsync(job["links"]!["content"]!.ToString())).Expect(200);
        Assert.Equal(("video/mp4", "nosniff"), (content.Header("Content-Type"), content.Header("X-Content-Type-Options")));
        Assert.Contains("ftypisom", content.Body, StringComparison.Ordinal);
        Assert.Equal(content.Bytes, (await blue.GetAsync($"/v1/jobs/{id}/content/0")).Expect(200).Bytes);
        (await blue.GetAsync($"/v1/jobs/{id}/content/1")).ExpectProblem(404, "content_not_found", "n");
        (await red.GetAsync($"/v1/jobs/{id}/content")).ExpectProblem(404, "job_not_found");
        (await blue.GetAsync($"/v1/jobs/{id}/content/x")).Expect(404);
    }

    [Fact]
    public async Task A_head_tells_what_a_get_would_without_the_body()
    {
        await AddAccountAsync("key-a", 3);
        var jobs = new[]
        {
            await DoneAsync("video", Video), // behind a link
            // in the result
            await DoneAsync(
                "speech",
                new { model = "speech-2.6-hd", text = "hello", voice_setting = new { voice_id = "English_expressive_narrator" } }),
            // a stream
            await DoneAsync(
                "chat", new { model = "MiniMax-M2", stream = true, messages = new[] { new { role = "user", content = "hi" } } }),
        };
        foreach (var path in jobs.SelectMany(id => new[] { $"/v1/jobs/{id}/content", $"/v1/jobs/{id}/content/0" }))
        {
            var whole = (await Admin.GetAsync(path)).Expect(200);
            var head = (await Admin.SendAsync(HttpMethod.Head, path, null, [])).Expect(200);
            Assert.Empty(head.Bytes);
            foreach (var name in new[] { "Content-Type", "Content-Length", "X-Content-Type-Options" })
                Assert.Equal(whole.Header(name), head.Header(name));
        }

        (await Admin.SendAsync(HttpMethod.Head, "/v1/jobs/1/content", null, [])).Expect(404);
    }

    [Fact]
    public async Task What_did_not_succeed_has_no_content_and_what_is_gone_says_so()
    {
        var account = await AddAccountAsync("key-a", 3);
        var cancelled = await SubmitVideoAsync();
        await WaitForAsync(cancelled, "running");
        (await Admin.PostAsync($"/v1/jobs/{cancelled}/cancel")).Expect(200);
        (await Admin.GetAsync($"/v1/jobs/{cancelled}/content")).ExpectProblem(409, "job_not_succeeded");

        var done = await DoneAsync("video", Video);
        (await Admin.DeleteAsync($"/v1/minimax/accounts/{account}")).Expect(200);
        (await Admin.GetAsync($"/v1/jobs/{done}/content")).ExpectProblem(410, "content_gone");
    }

    [Fact]
    public async Task Pictures_are_counted_and_speech_and_music_are_decoded()
    {
        await AddAccountAsync("key-a", 3);
        var links = await DoneAsync("image", new { model = "image-01", prompt = "a cat", n = 2 });
        for (var n = 0; n < 2; n++)
            Assert.StartsWith(
                "image/",
                (await Admin.GetAsync($"/v1/jobs/{links}/content/{n}")).Expect(200).Header("Content-Type"),
                StringComparison.Ordinal);
        (await Admin.GetAsync($"/v1/jobs/{links}/content/2")).ExpectProblem(404, "content_not_found");

        var inline = await DoneAsync("image", new { model = "image-01", prompt = "a cat", response_format = "base64" });
        Assert.Equal("image/jpeg", (await Admin.GetAsync($"/v1/jobs/{inline}/content")).Expect(200).Header("Content-Type"));

        var speech = await DoneAsync(
            "speech", new { model = "speech-2.6-hd", text = "hello", voice_setting = new { voice_id = "English_expressive_narrator" } });
        var whole = (await Admin.GetAsync($"/v1/jobs/{speech}/content")).Expect(200);
        Assert.Equal(("audio/mpeg", 2048), (whole.Header("Content-Type"), whole.Bytes.Length));
        var part = (await Admin.GetAsync($"/v1/jobs/{speech}/content", ("Range", "bytes=3-9"))).Expect(206);
        Assert.Equal(whole.Bytes[3..10], part.Bytes);
        Assert.Equal("bytes 3-9/2048", part.Header("Content-Range"));

        var music = await DoneAsync("music", new { model = "music-2.6", prompt = "jazz", lyrics = "la la", output_format = "url" });
        Assert.Equal("audio/mpeg", (await Admin.GetAsync($"/v1/jobs/{music}/content")).Expect(200).Header("Content-Type"));
    }

    [Fact]
    public async Task The_second_video_apis_link_is_asked_for_anew_and_a_chat_has_no_asset()
    {
        await AddAccountAsync("key-a", 3);
        var content = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "a calm sea" });
        var video = await DoneAsync(
            "video",
            new JsonObject
            {
                ["model"] = "MiniMax-H3",
                ["content"] = content,
                ["resolution"] = "768P",
                ["duration"] = 5,
                ["ratio"] = "16:9",
            });
        var before = Sim.Ledger.Count(Operation.VideoV2Query);
        Assert.Equal("video/mp4", (await Admin.GetAsync($"/v1/jobs/{video}/content")).Expect(200).Header("Content-Type"));
        Assert.Equal(before + 1, Sim.Ledger.Count(Operation.VideoV2Query));

        var chat = await DoneAsync("chat", new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } });
        (await Admin.GetAsync($"/v1/jobs/{chat}/content")).ExpectProblem(404, "content_not_found");
    }

    [Fact]
    public async Task A_link_that_the_storage_refuses_is_renewed_once_for_all_who_want_it()
    {
        await AddAccountAsync("key-a", 3);
        var id = await DoneAsync("video", Video);
        (await Admin.GetAsync($"/v1/jobs/{id}/content")).Expect(200);
        (await Admin.GetAsync($"/v1/jobs/{id}/content", ("Range", "bytes=4-11"))).Expect(200); // the simulator's storage knows no ranges
        Assert.Equal(1, Sim.Ledger.Count(Operation.FileRetrieve)); // one link for a player that seeks

        var expired = Sim.Script.Always(Operation.FileDownload, new FaultEffect.HttpStatus(403, "expired"));
        using (var asked = Sim.Hold(Operation.FileRetrieve))
        {
            var readers = Enumerable.Range(0, 5).Select(_ => Admin.GetAsync($"/v1/jobs/{id}/content")).ToList();
            // Who comes while it is asked waits for the same answer.
            await Sim.WaitForAsync(Operation.FileRetrieve, 2, Patience);
            Sim.Script.Remove(expired);
            asked.Release();
            Assert.All(await Task.WhenAll(readers), answer => Assert.Equal("video/mp4", answer.Expect(200).Header("Content-Type")));
        }

        Assert.Equal(2, Sim.Ledger.Count(Operation.FileRetrieve));
    }

    [Fact]
    public async Task A_link_that_stays_refused_is_renewed_once_and_then_gone()
    {
        await AddAccountAsync("key-a", 3);
        var id = await DoneAsync("video", Video);
        Sim.Script.Always(Operation.FileDownload, new FaultEffect.HttpStatus(410));
        (await Admin.GetAsync($"/v1/jobs/{id}/content")).ExpectProblem(410, "content_gone");
        Assert.Equal((2, 2), (Sim.Ledger.Count(Operation.FileRetrieve), Sim.Ledger.Count(Operation.FileDownload)));

        var pictures = await DoneAsync("image", new { model = "image-01", prompt = "a cat" });
        (await Admin.GetAsync($"/v1/jobs/{pictures}/content")).ExpectProblem(410, "content_gone"); // nothing to ask about
        Assert.Equal(2, Sim.Ledger.Count(Operation.FileRetrieve));
    }

    [Fact]
    public async Task Where_the_upstream_cannot_be_asked_a_link_from_the_jobs_end_is_used()
    {
        await AddAccountAsync("key-a", 3);
        var content = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "a calm sea" });
        var video = await DoneAsync(
            "video",
            new JsonObject
            {
                ["model"] = "MiniMax-H3",
                ["content"] = content,
                ["resolution"] = "768P",
                ["duration"] = 5,
                ["ratio"] = "16:9",
            });
        Sim.Script.Always(Operation.VideoV2Query, new FaultEffect.HttpStatus(502));
        (await Admin.GetAsync($"/v1/jobs/{video}/content")).Expect(200);
        Sim.Script.Always(Operation.FileDownload, new FaultEffect.HttpStatus(403, "expired"));
        (await Admin.GetAsync($"/v1/jobs/{video}/content")).ExpectProblem(503, "upstream_unavailable"); // it may be there later
    }

    [Fact]
    public async Task A_link_is_followed_with_range_only_to_the_accounts_own_host_or_a_public_one()
    {
        var reached = 0;
        await using var inside = await RawUpstream.StartAsync(context =>
        {
            Interlocked.Increment(ref reached);
            return Task.CompletedTask;
        });
        string? link = null;
        await using var upstream = await RawUpstream.StartAsync(async context =>
        {
            if (context.Request.Method == "POST")
            {
                await context.Response.WriteAsync("{\"data\":{\"audio\":\"" + link + "\",\"status\":2},\"base_resp\":{\"status_code\":0}}");
                return;
            }

            Assert.False(context.Request.Headers.ContainsKey("Authorization"));
            context.Response.StatusCode = context.Request.Path == "/moved" ? 302 : context.Request.Path == "/expired" ? 403 : 206;
            if (context.Response.StatusCode == 302) context.Response.Headers.Location = inside.BaseUrl.ToString();
            context.Response.ContentType = "text/html";
            context.Response.Headers.ContentRange = "bytes 2-4/9";
            await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(context.Request.Headers.Range.ToString()));
        });
        await Admin.PostAsync(
            "/v1/minimax/accounts", new { url = upstream.BaseUrl, driver = "platform", validate = false, token = "key-raw", maxJobs = 3 });

        var part = (await Admin.GetAsync($"/v1/jobs/{await SpeechAsync("/file")}/content", ("Range", "bytes=2-4"))).Expect(206);
        Assert.Equal(("bytes=2-4", "bytes 2-4/9"), (part.Body, part.Header("Content-Range")));
        Assert.Contains("sandbox", part.Header("Content-Security-Policy"), StringComparison.Ordinal);
        (await Admin.GetAsync($"/v1/jobs/{await SpeechAsync("/expired")}/content")).ExpectProblem(410, "content_gone");
        (await Admin.GetAsync($"/v1/jobs/{await SpeechAsync("/moved")}/content")).ExpectProblem(503, "upstream_unavailable");
        (await Admin.GetAsync($"/v1/jobs/{await SpeechAsync(inside.BaseUrl.ToString())}/content")).ExpectProblem(503, "upstream_unavailable");
        (await Admin.GetAsync($"/v1/jobs/{await SpeechAsync("http://169.254.169.254/latest")}/content")).ExpectProblem(503, "upstream_unavailable");
        Assert.Equal(0, reached);

        async Task<string> SpeechAsync(string to)
        {
            link = new Uri(upstream.BaseUrl, to).ToString();
            return await DoneAsync("speech", new { model = "speech-2.6-hd", text = "hello", voice_setting = new { voice_id = "v" } });
        }
    }
}

public sealed class SqliteContent() : ContentContract(new SqliteData());

public sealed class PostgresContent() : ContentContract(new PostgresData());
