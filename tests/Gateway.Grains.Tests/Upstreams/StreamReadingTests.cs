using System.Text;
using Gateway.Model.Answers;
using Gateway.Model.Kinds;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Grains.Tests.Upstreams;

public sealed class StreamReadingTests
{
    private const string Text =
        """{"choices":[{"index":0,"delta":{"content":"Hel","role":"assistant"}}],"object":"chat.completion.chunk"}""";
    private const string Finish = """{"choices":[{"finish_reason":"stop","index":0,"delta":{"content":""}}]}""";

    [Theory]
    [InlineData("""{"choices":[],"usage":null}""", true)]
    [InlineData("""{"choices":null}""", true)]
    [InlineData("""{"choices":[{"index":0,"delta":{"role":"assistant","name":"MiniMax AI","content":""}}]}""", true)]
    [InlineData("""{"choices":[{"index":0,"delta":null}]}""", true)]
    [InlineData("""{"data":null,"trace_id":"x"}""", true)]
    [InlineData("""{"data":{"audio":"","status":1}}""", true)]
    [InlineData(Text, false)]
    [InlineData(Finish, false)]
    [InlineData("""{"choices":[{"delta":{"reasoning_content":"hm"}}]}""", false)]
    [InlineData("""{"choices":[{"delta":{"tool_calls":[{"id":"call_1"}]}}]}""", false)]
    [InlineData("""{"data":{"audio":"00ff","status":1}}""", false)]
    [InlineData("""{"something":"else"}""", false)]
    [InlineData("no json", false)]
    public void V11_a_frame_shows_something_or_nothing(string frame, bool nothing) =>
        Assert.Equal(nothing, EmptyAnswers.ShowsNothing(Encoding.UTF8.GetBytes(frame)));

    [Theory]
    [InlineData(JobKind.Chat, WorkOperation.Plain, """{"choices":null}""", true)]
    [InlineData(JobKind.Chat, WorkOperation.Plain, """{"choices":[]}""", true)]
    [InlineData(JobKind.Chat, WorkOperation.Plain, "{}", true)]
    [InlineData(JobKind.Chat, WorkOperation.Plain, """{"choices":[{"message":{"content":""}}]}""", false)]
    [InlineData(JobKind.Speech, WorkOperation.Plain, """{"data":null}""", true)]
    [InlineData(JobKind.Speech, WorkOperation.Plain, """{"data":{"audio":""}}""", true)]
    [InlineData(JobKind.Speech, WorkOperation.Plain, """{"data":{"audio":"00"}}""", false)]
    [InlineData(JobKind.Music, WorkOperation.Plain, """{"data":{"audio":null}}""", true)]
    [InlineData(JobKind.Image, WorkOperation.Plain, """{"data":{"image_urls":[]}}""", true)]
    [InlineData(JobKind.Image, WorkOperation.Plain, """{"data":{"image_urls":["https://x"]}}""", false)]
    [InlineData(JobKind.Image, WorkOperation.Plain, """{"data":{"image_base64":["aa"]}}""", false)]
    [InlineData(JobKind.Music, WorkOperation.Lyrics, """{"lyrics":""}""", true)]
    [InlineData(JobKind.Music, WorkOperation.CoverPreprocess, """{"cover_feature_id":"c"}""", false)]
    [InlineData(JobKind.Speech, WorkOperation.VoiceDesign, """{"voice_id":null}""", true)]
    [InlineData(JobKind.Speech, WorkOperation.VoiceClone, """{"demo_audio":""}""", false)]
    public void V12_nothing_is_not_success(object kind, object operation, string answer, bool nothing)
    {
        var bytes = Encoding.UTF8.GetBytes(answer);
        var error = EmptyAnswers.Of((JobKind)kind, (WorkOperation)operation, bytes, PlatformVerdict.Read(200, bytes).Choices);

        Assert.Equal(nothing ? UpstreamError.EmptyAnswer : null, error?.JobCode);
        if (error is not null) Assert.Equal((Billed.No, (JobKind)kind == JobKind.Chat), (error.Billed, error.IsRetryable));
    }

    [Fact]
    public void V12_nothing_that_reports_a_cost_is_charged_and_not_bought_again()
    {
        var error = EmptyAnswers.ErrorOf(JobKind.Chat, WorkOperation.Plain, """{"choices":null,"usage":{"total_tokens":12}}"""u8);

        Assert.Equal((Billed.Yes, false), (error.Billed, error.IsRetryable));
    }

    // Cut at every byte, a stream says the same.
    [Fact]
    public void V11_a_later_frames_error_is_found_wherever_the_network_cuts_it()
    {
        var stream = Encoding.UTF8.GetBytes(
            $"data: {Text}\n\nid: 7\ndata: {{\"choices\":null,\"base_resp\":{{\"status_code\":2056,\"status_msg\":\"limit\"}}}}\r\n\r\n");
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            var judge = new StreamJudge(UpstreamWords.OfNobody);
            judge.Add(stream.AsSpan(0, cut));
            judge.Add(stream.AsSpan(cut));

            Assert.Equal(2056, judge.Error?.Code);
            Assert.True(judge.IsBetweenFrames);
        }
    }

    [Theory]
    [InlineData("data: {\"error\":{\"message\":\"boom\",\"code\":null}}\n\n", true)]
    [InlineData("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"x\"}}\n\n", true)]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"an \\\"error\\\" is \\\"base_resp\\\"\"}}]}\n\n", false)]
    // the last one counts
    [InlineData("data: {\"base_resp\":{\"status_code\":1000}}\n\ndata: {\"base_resp\":{\"status_code\":0}}\n\n", false)]
    [InlineData("data: {\"base_resp\":{\"status_code\":1000}}", true)] // without its end
    public void The_last_verdict_of_a_stream_counts(string stream, bool isError)
    {
        var judge = new StreamJudge(UpstreamWords.OfNobody);
        judge.Add(Encoding.UTF8.GetBytes(stream));
        judge.End();

        Assert.Equal(isError, judge.Error is not null);
    }

    [Fact]
    public void V13_a_frame_of_megabytes_costs_the_judge_no_memory_and_what_follows_it_is_judged()
    {
        var judge = new StreamJudge(UpstreamWords.OfNobody);
        var sound = Encoding.UTF8.GetBytes($"data: {{\"data\":{{\"audio\":\"{new string('0', 64 * 1024)}");
        judge.Add(sound);
        for (var part = 0; part < 64; part++) judge.Add(sound.AsSpan(30));
        Assert.False(judge.IsBetweenFrames);
        judge.Add("\"}}\n\ndata: {\"base_resp\":{\"status_code\":1008}}\n\n"u8);

        Assert.Equal(1008, judge.Error?.Code);
    }

    [Fact]
    public void A_finish_reason_ends_an_answer()
    {
        var judge = new StreamJudge(UpstreamWords.OfNobody);
        judge.Add(Encoding.UTF8.GetBytes($"data: {Text}\n\n"));
        Assert.False(judge.IsFinished);
        judge.Add(Encoding.UTF8.GetBytes($"data: {Finish}\n\n"));
        Assert.True(judge.IsFinished);
    }
}
