using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Templates;

/// <summary>Videos from templates (docs/minimax.md, "Video from templates"): no model, no file, the link in the query.</summary>
public sealed class TemplateTests : NativeTest
{
    private const string Path = "/v1/video_template_generation";
    private const string Body =
        """{ "template_id":"392747428568649728","text_inputs":[{"value":"\u00e9 dog"}],"media_inputs":[{"value":"https://example.com/a.png"}],"x":1.0 }""";
    private const string Unknown = "123456789012345678";

    private readonly ShiftedClock _vendorsClock = new();

    private protected override SimulatorOptions Upstream => new() { ManualTasks = true, TimeProvider = _vendorsClock };

    private Task<Answer> QueryAsync(string id, Client? by = null) =>
        (by ?? Admin).GetAsync($"/v1/query/video_template_generation?task_id={id}");

    [Fact]
    public async Task The_whole_round_trip_is_in_the_vendors_shape_on_the_gateways_ids()
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");

        var created = (await Admin.PostAsync($"{Path}?GroupId=4711", Body)).ExpectBaseResp(200, 0);
        var id = String(created["task_id"]);
        Assert.Equal((Body, ""), (Latest(Operation.TemplateSubmit).Body, Latest(Operation.TemplateSubmit).Query));
        var running = (await QueryAsync(id)).ExpectBaseResp(200, 0);
        Assert.Equal((id, "Processing", ""), (String(running["task_id"]), String(running["status"]), String(running["video_url"])));

        Sim.FinishAllTasks();
        await EndAsync(id);
        await Gateway.RestartAsync();
        var done = (await QueryAsync(id)).ExpectBaseResp(200, 0);
        Assert.Equal((id, "Success"), (String(done["task_id"]), String(done["status"])));
        Assert.NotEmpty(await DownloadAsync(String(done["video_url"])));
        Assert.DoesNotContain(
            Sim.Ledger.Tasks()[0].TaskId,
            created.Body + running.Body + done.Body.Replace(String(done["video_url"]), "", StringComparison.Ordinal),
            StringComparison.Ordinal);
        VendorNeverSaw(id);

        _vendorsClock.Advance(TimeSpan.FromHours(2));
        await Assert.ThrowsAsync<HttpRequestException>(() => DownloadAsync(String(done["video_url"])));
        Assert.NotEmpty(await DownloadAsync(String((await QueryAsync(id))["video_url"])));
    }

    [Fact]
    public async Task A_queued_task_is_being_prepared_and_a_failed_one_says_why()
    {
        await AddAccountAsync("key-a");
        var first = String((await Admin.PostAsync(Path, Body)).ExpectBaseResp(200, 0)["task_id"]);
        var second = String((await Admin.PostAsync(Path, Body)).ExpectBaseResp(200, 0)["task_id"]);
        Assert.Equal("Preparing", String((await QueryAsync(second))["status"]));

        Sim.FinishAllTasks(new TaskFailure(1026, "input new_sensitive"));
        await EndAsync(first);
        var failed = (await QueryAsync(first)).ExpectBaseResp(200, 1026, "input new_sensitive");
        Assert.Equal(("Fail", ""), (String(failed["status"]), String(failed["video_url"])));
    }

    [Fact]
    public async Task The_vendors_refusal_is_the_answer()
    {
        await AddAccountAsync("key-a");
        var refused = (await Admin.PostAsync(Path, new { text_inputs = Array.Empty<object>() })).ExpectBaseResp(200, 2013, "template_id");
        Assert.Equal("", String(refused["task_id"]));
    }

    [Fact]
    public async Task Anothers_task_and_one_of_another_API_look_like_none()
    {
        await AddAccountAsync("key-a", 2);
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        var id = String((await other.PostAsync(Path, Body)).ExpectBaseResp(200, 0)["task_id"]);
        var video = String(
            (await team.PostAsync("/v1/video_generation", new { model = "MiniMax-Hailuo-02", prompt = "x" })).ExpectBaseResp(200, 0)["task_id"]);

        LooksLike(await QueryAsync(Unknown, team), Unknown, await QueryAsync(id, team), id);
        LooksLike(await QueryAsync(Unknown, team), Unknown, await QueryAsync(video, team), video);
        LooksLike(
            await team.GetAsync($"/v1/query/video_generation?task_id={Unknown}"), Unknown,
            await other.GetAsync($"/v1/query/video_generation?task_id={id}"), id);
    }

    [Fact]
    public async Task The_job_API_takes_the_same_body()
    {
        await AddAccountAsync("key-a");
        var id = (await Admin.PostAsync("/v1/jobs", $$"""{"kind":"video","request":{{Body}}}""")).Expect(202).Text("id");
        await WaitForAsync(id, "running");
        Assert.Equal(Body, Latest(Operation.TemplateSubmit).Body);
        Sim.FinishAllTasks();

        var job = await EndAsync(id);

        Assert.Equal(
            ("succeeded", id, "Success"),
            (job.Text("status"), job["result"]!["task_id"]!.ToString(), job["result"]!["status"]!.ToString()));
    }
}
