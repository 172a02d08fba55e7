using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.SpeechTasks;

/// <summary>
/// Speech in the background (docs/minimax.md, "Speech in the background"): the task's id is a string first and a number later, its file's
/// always a number.
/// </summary>
public sealed class SpeechTaskTests : NativeTest
{
    private const string Path = "/v1/t2a_async_v2";
    private const string Body =
        """{ "model":"speech-2.8-turbo","text":"Hello \u4f60\u597d.","audio_setting":{"audio_sample_rate":32000,"channel":2},"x":1.0 }""";
    private const string Unknown = "123456789012345678";

    private Task<Answer> QueryAsync(string id, Client? by = null) => (by ?? Admin).GetAsync($"/v1/query/t2a_async_query_v2?task_id={id}");

    private Task<Answer> RetrieveAsync(string id, Client? by = null) => (by ?? Admin).GetAsync($"/v1/files/retrieve?file_id={id}");

    [Fact]
    public async Task The_whole_round_trip_is_in_the_vendors_shape_on_the_gateways_ids()
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");

        var created = (await Admin.PostAsync(Path, Body)).ExpectBaseResp(200, 0);
        var id = String(created["task_id"]);
        String(created["task_token"]);
        var file = Number(created["file_id"]);
        Assert.Equal("11", Number(created["usage_characters"]));
        Assert.True(long.Parse(id) < 1L << 53);
        Assert.Equal(Body, Latest(Operation.SpeechTaskSubmit).Body);

        var running = (await QueryAsync(id)).ExpectBaseResp(200, 0);
        Assert.Equal((id, "Processing", file), (Number(running["task_id"]), String(running["status"]), Number(running["file_id"])));
        LooksLike(await RetrieveAsync(Unknown), Unknown, await RetrieveAsync(file), file);

        Sim.FinishAllTasks();
        await EndAsync(id);
        await Gateway.RestartAsync();
        var done = (await QueryAsync(id)).ExpectBaseResp(200, 0);
        Assert.Equal((id, "Success", file), (Number(done["task_id"]), String(done["status"]), Number(done["file_id"])));
        var retrieved = (await RetrieveAsync(file)).ExpectBaseResp(200, 0);
        Assert.Equal(file, Number(retrieved["file"]!["file_id"]));
        var audio = await DownloadAsync(String(retrieved["file"]!["download_url"]));
        Assert.Equal(audio, (await Admin.GetAsync($"/v1/files/retrieve_content?file_id={file}")).Expect(200).Bytes);

        var vendors = Assert.Single(Sim.Ledger.Tasks());
        foreach (var answer in new[] { created, running, done })
        {
            Assert.DoesNotContain(vendors.TaskId, answer.Body, StringComparison.Ordinal);
            Assert.DoesNotContain($"{vendors.FileId}", answer.Body, StringComparison.Ordinal);
        }

        VendorNeverSaw(id);
    }

    [Theory]
    [InlineData("success", "success")]
    [InlineData("Success", "Success")]
    [InlineData("expired", "Expired")]
    [InlineData("Expired", "Expired")]
    [InlineData("failed", "Failed")]
    public async Task The_vendors_status_is_read_in_either_case(string vendors, string told)
    {
        await AddAccountAsync("key-a");
        Sim.Script.Always(
            Operation.SpeechTaskQuery,
            new FaultEffect.HttpStatus(
                200,
                $$$"""{"task_id":95157322514444,"status":"{{{vendors}}}","file_id":95157322514496,"base_resp":{"status_code":0,"status_msg":"success"}}""",
                "application/json"));
        var id = String((await Admin.PostAsync(Path, Body)).ExpectBaseResp(200, 0)["task_id"]);

        await EndAsync(id);

        var answer = (await QueryAsync(id)).Expect(200);
        Assert.Equal(told, String(answer["status"]));
        Assert.Equal((id, id), (Number(answer["task_id"]), Number(answer["file_id"])));
        Assert.DoesNotContain("951573225144", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_task_says_why_and_the_vendors_refusal_is_the_answer()
    {
        await AddAccountAsync("key-a");
        var id = String((await Admin.PostAsync(Path, Body)).ExpectBaseResp(200, 0)["task_id"]);
        Sim.FinishAllTasks(new TaskFailure(1042, "illegal characters"));
        await EndAsync(id);
        Assert.Equal("Failed", String((await QueryAsync(id)).ExpectBaseResp(200, 1042, "illegal characters")["status"]));

        Assert.Equal(
            "", String((await Admin.PostAsync(Path, new { model = "speech-2.8-turbo" })).ExpectBaseResp(200, 2013, "text")["task_id"]));
        (await Admin.PostAsync(Path, new { text = "x" })).ExpectBaseResp(400, 2013, "model");
    }

    [Fact]
    public async Task Anothers_task_and_file_look_like_none()
    {
        await AddAccountAsync("key-a", 3);
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        var id = String((await other.PostAsync(Path, Body)).ExpectBaseResp(200, 0)["task_id"]);
        var text = Text((await UploadAsync("t2a_async_input", "a.txt", by: other)).Expect(200)["file"]!["file_id"]);
        Sim.FinishAllTasks();
        await EndAsync(id);
        static string Reading(string file, string name = "text_file_id") => $$"""{"model":"speech-2.8-turbo","{{name}}":{{file}}}""";

        LooksLike(await QueryAsync(Unknown, team), Unknown, await QueryAsync(id, team), id);
        LooksLike(await RetrieveAsync(Unknown, team), Unknown, await RetrieveAsync(id, team), id);
        LooksLike(await team.PostAsync(Path, Reading(Unknown)), Unknown, await team.PostAsync(Path, Reading(text)), text);
        LooksLike(
            await team.PostAsync(Path, Reading(Unknown)), Unknown, await team.PostAsync(Path, Reading(text, "text\\u005ffile_id")), text);
        var vendors = (await VendorFilesAsync("key-a"))[0];
        LooksLike(
            await team.PostAsync(Path, Reading(Unknown)), Unknown, await team.PostAsync(Path, Reading(vendors, "Text_File_Id")), vendors);
    }

    [Fact]
    public async Task The_job_API_reads_a_file_aloud()
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        var text = Text((await UploadAsync("t2a_async_input", "a.txt", "read this"u8.ToArray())).Expect(200)["file"]!["file_id"]);

        var id = (
            await Admin.PostAsync(
                "/v1/jobs",
                $$$"""{"kind":"speech","request":{"model":"speech-2.8-turbo","text_file_id":"{{{text}}}"}}""")).Expect(202).Text("id");
        await WaitForAsync(id, "running");
        Assert.Equal("read this", Assert.Single(Sim.Ledger.Tasks()).Prompt);
        Sim.FinishAllTasks();

        var job = await EndAsync(id);

        Assert.Equal(("succeeded", id), (job.Text("status"), Number(job["result"]!["file_id"])));
        Assert.Equal(0, (await RetrieveAsync(id)).Expect(200).BaseResp);
        VendorNeverSaw(text);
    }

    [Fact]
    public async Task The_job_API_answers_a_short_line_at_once()
    {
        await AddAccountAsync("key-a");
        var id = (
            await Admin.PostAsync(
                "/v1/jobs", """{"kind":"speech","request":{"model":"speech-2.8-turbo","text":"Hi."}}""")).Expect(202).Text("id");
        Assert.Equal("succeeded", (await EndAsync(id)).Text("status"));
        Assert.Equal((1, 0), (Sim.Ledger.Count(Operation.Speech), Sim.Ledger.Count(Operation.SpeechTaskSubmit)));
    }
}
