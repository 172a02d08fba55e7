using System.Text;
using Gateway.Engine.Upstreams;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Gateway.Upstreams.MiniMax.Tasks;

namespace Gateway.Grains.Tests.Upstreams;

/// <summary>V6: every word of every task API, in any case.</summary>
public sealed class StatusWordsTests
{
    private static readonly JobId Id = new(42);

    public static TheoryData<string, string> EveryWord
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (words, end) in new (string[], string)[]
            {
                (["Success", "success", "SUCCEEDED", "succeeded", "completed", "Finished", " Success "], nameof(PollOutcome.Succeeded)),
                (["Fail", "fail", "Failed", "FAILED", "failure", "error", "Error"], nameof(PollOutcome.Failed)),
                (["expired", "Expired"], nameof(PollOutcome.Failed)),
                (["Preparing", "Queueing", "Processing", "queued", "running", "RUNNING", "in-progress", "in progress", "pending", "Unknown", "Zzz"], nameof(PollOutcome.StillRunning)),
            })
            {
                foreach (var word in words) data.Add(word, end);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EveryWord))]
    public void V6_a_word_means_the_same_in_every_task_API(string word, string end)
    {
        (WorkOperation Operation, string Body)[] apis =
        [
            (WorkOperation.Plain, $$$$"""{"task_id":"1","status":"{{{{word}}}}","file_id":"9","base_resp":{"status_code":0}}"""),
            (WorkOperation.SpeechTask, $$$$"""{"task_id":1,"status":"{{{{word}}}}","file_id":9,"base_resp":{"status_code":0}}"""),
            (WorkOperation.VideoTemplate, $$$$"""{"task_id":"1","status":"{{{{word}}}}","video_url":"https://x","base_resp":{"status_code":0}}"""),
            (WorkOperation.VideoV2, $$$$"""{"task":{"id":"1","status":"{{{{word}}}}","content":{"url":"https://x"}}}"""),
            (WorkOperation.VideoRegeneration, $$$$"""{"task":{"id":"1","status":"{{{{word}}}}","content":{"url":"https://x"}}}"""),
        ];
        foreach (var (operation, body) in apis) Assert.Equal(end, Poll(operation, body).GetType().Name);
    }

    [Theory]
    [InlineData(WorkOperation.VideoV2, """{"task":{"status":"canceled"}}""")]
    [InlineData(WorkOperation.Plain, """{"status":"Cancelled"}""")]
    public void V6_a_cancelled_task_costs_nothing_because_only_what_has_not_begun_can_be_cancelled(object operation, string body) =>
        Assert.IsType<PollOutcome.Cancelled>(Poll((WorkOperation)operation, body));

    [Theory]
    [InlineData("Rendering frames", "rendering_frames")]
    [InlineData("2", "2")]
    [InlineData("A word that goes on for much longer than anybody wants to read", "a_word_that_goes_on_for_much_lon")]
    public void V6_an_unknown_word_is_shown(string word, string shown)
    {
        var running = Assert.IsType<PollOutcome.StillRunning>(Poll(WorkOperation.Plain, $$"""{"status":"{{word}}"}"""));
        Assert.Equal(shown, running.Progress?.StageName);
    }

    [Theory]
    [InlineData(WorkOperation.Plain, """{"status":"Success","file_id":""}""", false)]
    [InlineData(WorkOperation.Plain, """{"status":"Success","file_id":0}""", false)]
    [InlineData(WorkOperation.VideoTemplate, """{"status":"Success"}""", true)]
    [InlineData(WorkOperation.VideoV2, """{"task":{"status":"succeeded","content":null}}""", true)]
    public void V9_a_success_without_what_it_made_has_not_ended_yet(object operation, string body, bool canBeAskedLater) =>
        Assert.Equal(canBeAskedLater, Assert.IsType<PollOutcome.Finishing>(Poll((WorkOperation)operation, body)).Named is not null);

    [Theory]
    [InlineData("""{"status":"Fail","base_resp":{"status_code":1027,"status_msg":"output new_sensitive"}}""", 1027)]
    [InlineData("""{"status":"failed","error":{"code":"1026","message":"sensitive"}}""", 1026)]
    [InlineData("""{"status":"failed","base_resp":{"status_code":0,"status_msg":"success"}}""", null)]
    public void A_failed_task_says_why(string body, int? code)
    {
        var error = Assert.IsType<PollOutcome.Failed>(Poll(WorkOperation.Plain, body)).Error;
        Assert.Equal((code, Billed.Unknown), (error.Code, error.Billed));
        Assert.NotEqual("success", error.Message);
    }

    [Fact]
    public void V15_a_query_that_is_refused_is_trouble_with_a_name() =>
        Assert.Equal(
            2013,
            Assert.IsType<PollOutcome.Trouble>(
                Poll(
                    WorkOperation.Plain,
                    """{"base_resp":{"status_code":2013,"status_msg":"invalid params, invalid task_id"}}""")).Error?.Code);

    private static PollOutcome Poll(WorkOperation operation, string body) =>
        PlatformTasks.Of(
            operation == WorkOperation.SpeechTask ? JobKind.Speech : JobKind.Video,
            operation)!.ReadPoll(Id, 200, Encoding.UTF8.GetBytes(body), UpstreamWords.OfNobody);
}
