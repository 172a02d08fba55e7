using System.Text;
using System.Text.Json.Nodes;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Native;

namespace Gateway.Grains.Tests.Upstreams;

/// <summary>What a caller's callback is told, in MiniMax's words (docs/minimax.md, "Callbacks").</summary>
public sealed class PlatformCallbacksTests
{
    private static readonly JobState Job = Make.Job(new JobId(77), "MiniMax-H3") with
    {
        CreatedAt = Make.Noon,
        StartedAt = Make.Noon.AddSeconds(5),
        CallbackUrl = "https://receiver.example/",
    };

    [Theory]
    [InlineData("queued", "processing", "queued")]
    [InlineData("submitting", "processing", "queued")]
    [InlineData("running", "processing", "running")]
    [InlineData("unknown", "processing", "running")]
    [InlineData("succeeded", "success", "succeeded")]
    [InlineData("failed", "failed", "failed")]
    [InlineData("cancelled", "failed", "cancelled")]
    [InlineData("expired", "failed", "failed")]
    public void Every_status_has_its_word_in_each_api(string status, string word, string wordOfV2)
    {
        var job = Job with { Status = JobNames.Status(status) };
        Assert.Equal(word, NativeCallbacks.WordOf(job));
        Assert.Equal(word, NativeCallbacks.WordOf(job with { Operation = WorkOperation.VideoTemplate }));
        Assert.Equal(wordOfV2, NativeCallbacks.WordOf(job with { Operation = WorkOperation.VideoV2 }));
    }

    [Fact]
    public void A_success_is_the_vendors_own_answer_with_the_word_of_callbacks_and_every_other_byte_as_it_was() => Assert.Equal(
        """{ "task_id":"77","status":"success" ,"file_id":"77","video_width":1920,"x":{"status":"Success"},"base_resp":{"status_code":0,"status_msg":"success"}}""",
        Body(
            Job with { Status = JobStatus.Succeeded, FileId = "upstream-file" },
            """{ "task_id":"77","status":"Success" ,"file_id":"77","video_width":1920,"x":{"status":"Success"},"base_resp":{"status_code":0,"status_msg":"success"}}"""));

    [Fact]
    public void A_failure_says_the_vendors_code_and_message() => Assert.Equal(
        """{"task_id":"77","status":"failed","file_id":"","base_resp":{"status_code":1027,"status_msg":"output new_sensitive"}}""",
        Body(Job with { Status = JobStatus.Failed, Error = new JobError("moderated", "output new_sensitive", 1027) }));

    [Fact]
    public void A_templates_task_has_a_link_in_place_of_a_file()
    {
        Assert.Equal(
            """{"task_id":"77","status":"processing","video_url":"","base_resp":{"status_code":0,"status_msg":"success"}}""",
            Body(Job with { Operation = WorkOperation.VideoTemplate }));
        Assert.Equal("""{"task_id":"77","status":"success","video_url":"https://x/?a=1&b=2"}""",
            Body(
                Job with { Operation = WorkOperation.VideoTemplate, Status = JobStatus.Succeeded },
                """{"task_id":"77","status":"Success","video_url":"https://x/?a=1&b=2"}"""));
    }

    [Fact]
    public void The_second_api_tells_its_task()
    {
        var job = Job with { Operation = WorkOperation.VideoV2 };
        Assert.Equal(
            $$$"""{"task":{"id":"77","model":"MiniMax-H3","status":"queued","created_at":{{{Make.Noon.ToUnixTimeSeconds()}}},"updated_at":{{{Make.Noon.ToUnixTimeSeconds() + 5}}},"task_type":"generation"}}""",
            Body(job));

        var failed = JsonNode.Parse(
            Body(
                job with
                {
                    Status = JobStatus.Failed,
                    Error = new JobError("moderated", "sensitive", 1026),
                    FinishedAt = Make.Noon.AddMinutes(1),
                }))!["task"]!;
        Assert.Equal(
            ("failed", "1026", "sensitive"),
            (failed["status"]!.ToString(), failed["error"]!["code"]!.GetValue<string>(), failed["error"]!["message"]!.ToString()));

        const string Answer = """{"task":{"id":"77","status":"succeeded","content":{"url":"https://x/"}}}""";
        Assert.Equal(Answer, Body(job with { Status = JobStatus.Succeeded }, Answer));
    }

    private static string Body(JobState job, string? result = null) =>
        Encoding.UTF8.GetString(NativeCallbacks.Body(job, result is null ? null : Encoding.UTF8.GetBytes(result)));
}
