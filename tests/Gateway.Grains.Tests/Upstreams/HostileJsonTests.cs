using System.Text;
using Gateway.Engine.Upstreams;
using Gateway.Model.Answers;
using Gateway.Model.Ids;
using Gateway.Model.Json;
using Gateway.Model.Kinds;
using Gateway.Model.Native;
using Gateway.Testing;
using Gateway.Upstreams.MiniMax.Requests;
using Gateway.Upstreams.MiniMax.Tasks;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Grains.Tests.Upstreams;

/// <summary>Every reader and splicer of somebody else's JSON, given a million keys, a million elements, and the greatest depth.</summary>
public sealed class HostileJsonTests
{
    private const int Deepest = PathWalk.MaxDepth;

    private static readonly byte[] SameKeys = Object("\"callback_url\":null");
    private static readonly byte[] OtherCases = Object("\"Call\\u0062ack_URL\":null");
    private static readonly byte[] Elements = Encoding.UTF8.GetBytes(
        $$"""{"files":[{{Repeated("{\"file_id\":1}")}}],"status":"Success","task_id":"7"}""");

    private static string Repeated(string item) => string.Join(',', Enumerable.Repeat(item, Briefly.Million));

    private static byte[] Object(string field) => Encoding.UTF8.GetBytes($$"""{"model":"m",{{Repeated(field)}},"last":1}""");

    private static byte[] Pictures(string link) => Encoding.UTF8.GetBytes("{\"data\":{\"image_urls\":[" + Repeated($"\"{link}\"") + "]}}");

    private static byte[] Deep(int depth, string inner) =>
        Encoding.UTF8.GetBytes($$"""{{string.Concat(Enumerable.Repeat("{\"a\":", depth))}}{{inner}}{{new string('}', depth)}}""");

    [Theory]
    [InlineData(null, """{"model":"m","last":1}""")]
    [InlineData("https://x", """{"callback_url":"https://x","model":"m","last":1}""")]
    public void H1_a_field_that_stands_a_million_times_is_taken_out_in_one_pass(string? value, string left)
    {
        foreach (var body in new[] { SameKeys, OtherCases })
        {
            var changed = Briefly.Run(() =>
            {
                var splice = new JsonSplice(body);
                splice.SetField("callback_url", value);
                return splice.ToArray();
            });
            Assert.Equal(left, Encoding.UTF8.GetString(changed));
        }
    }

    [Fact]
    public void H1_every_second_of_a_million_fields_is_taken_out_in_one_pass()
    {
        var body = Object("\"x\":1,\"callback_url\":null");
        var changed = Briefly.Run(() =>
        {
            var splice = new JsonSplice(body);
            splice.SetField("callback_url", "https://x");
            return splice.ToArray();
        });
        Assert.Equal(
            body.Length + ",\"callback_url\":\"https://x\"".Length - (Briefly.Million * ",\"callback_url\":null".Length), changed.Length);
    }

    [Fact]
    public void H1_a_million_values_are_found_and_replaced_in_one_pass()
    {
        var changed = Briefly.Run(() =>
        {
            var splice = new JsonSplice(Elements);
            foreach (var value in JsonValues.Find(Elements, "files[].file_id")) splice.ReplaceId(value, "42");
            return splice.ToArray();
        });
        Assert.Equal(Elements.Length + Briefly.Million, changed.Length);
    }

    [Fact]
    public void H1_values_are_found_among_a_million_keys_and_elements()
    {
        Assert.Equal("m", Briefly.Run(() => JsonValues.Text(SameKeys, "model")));
        Assert.Equal(Briefly.Million, Briefly.Run(() => JsonValues.FindAnyCase(OtherCases, ["callback_url", "model.x[]"]).Count));
        Assert.Equal("Success", Briefly.Run(() => JsonValues.Text(Elements, "status")));
        Assert.Empty(Briefly.Run(() => JsonValues.Find(Elements, "files[][].file_id", "files.file_id", "file_id")));
    }

    [Fact]
    public void H1_the_greatest_depth_is_walked_and_what_is_deeper_is_no_json()
    {
        var path = string.Join('.', Enumerable.Repeat("a", Deepest));
        Assert.Equal("7", JsonValues.Text(Deep(Deepest, "7"), path));
        Assert.Null(JsonValues.Text(Deep(Deepest + 1, "7"), $"{path}.a"));
        Assert.Null(Briefly.Run(() => JsonValues.Text(Deep(Briefly.Million, "7"), path)));
        Assert.Empty(JsonValues.Find("""{"":{"file_id":1},"a":{"":2}}"""u8, "file_id", "a", "a."));
    }

    [Fact]
    public void H1_a_long_walk_looks_at_its_token()
    {
        using var left = new CancellationTokenSource();
        left.Cancel();
        Assert.Throws<OperationCanceledException>(() => JsonValues.FindAnyCase(SameKeys, ["model"], left.Token));
    }

    [Theory]
    [InlineData("{\"base_resp\":{\"status_code\":1002},\"x\":{0}}", 1002)]
    [InlineData("{\"x\":{0},\"error\":{\"code\":\"1008\",\"more\":{0}}}", 1008)]
    [InlineData("{\"choices\":{0},\"base_resp\":{\"status_code\":0}}", null)]
    public void H1_verdicts_on_hostile_answers_are_linear(string shape, int? code)
    {
        foreach (var hostile in new[] { $"[{Repeated("1")}]", $"[{Repeated("{\"delta\":{}}")}]", $"{{{Repeated("\"a\":[]")}}}" })
        {
            var answer = Encoding.UTF8.GetBytes(shape.Replace("{0}", hostile, StringComparison.Ordinal));
            Assert.Equal(code, Briefly.Run(() => PlatformVerdict.Of(200, answer))?.Code);
        }

        foreach (var name in new[] { "base_resp", "error", "choices", "type" })
        {
            var answer = Object($"\"{name}\":{{\"status_code\":\"0\"}}");
            Assert.True(Briefly.Run(() => PlatformVerdict.Read(200, answer)).IsJson);
        }
    }

    // A pattern that looks for "model … not" from each "model" on would take minutes.
    [Fact]
    public void H1_what_an_error_is_about_is_looked_for_where_its_message_begins()
    {
        var endless = string.Concat(Enumerable.Repeat("model ", Briefly.Million));
        Assert.Equal(ErrorClass.Suspect, Briefly.Run(() => PlatformErrors.OfStatus(403, type: null, endless)).Class);
        Assert.Equal(ErrorClass.Caller, PlatformErrors.OfStatus(403, type: null, "Model x is not supported. " + endless).Class);
    }

    [Fact]
    public void H1_other_readers_of_answers_are_linear()
    {
        Assert.IsType<PollOutcome.Finishing>(
            Briefly.Run(() => VideoTasks.Instance.ReadPoll(new JobId(5), 200, Elements, UpstreamWords.OfNobody)));
        Assert.Equal(Briefly.Million, Briefly.Run(() => NativeContent.Of(Pictures("http://x"))).Count);
        Assert.True(
            Briefly.Run(
                () =>
                    EmptyAnswers.ShowsNothing(
                        Encoding.UTF8.GetBytes($$"""{"choices":[{{Repeated("{\"delta\":{\"content\":\"\"}}")}}]}"""))));
        Assert.NotNull(Briefly.Run(() => EmptyAnswers.Of(JobKind.Image, WorkOperation.Plain, Pictures(""), Presence.Missing)));
    }

    [Fact]
    public void H1_a_stream_is_judged_once_however_it_is_cut()
    {
        var judge = new StreamJudge(UpstreamWords.OfNobody);
        var line = Encoding.UTF8.GetBytes($"data: {{\"x\":[{Repeated("1")}]}}\n\n");
        var frames = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("data: {}\n\n", Briefly.Million)));
        Briefly.Run(() =>
        {
            foreach (var one in line) judge.Add([one]);
            judge.Add(frames);
            return judge.IsBetweenFrames;
        });
        Assert.Equal("{}", Encoding.UTF8.GetString(Briefly.Run(() => SseFrames.LastData(frames).ToArray()).AsSpan().Trim(" "u8)));
        Assert.Equal(Briefly.Million, Briefly.Run(() =>
        {
            var (count, rest) = (0, frames.AsMemory());
            for (; SseFrames.FirstEnd(rest.Span) is var end and > 0; count++) rest = rest[end..];
            return count;
        }));
    }

    [Fact]
    public async Task H1_an_answer_that_comes_byte_by_byte_is_searched_once()
    {
        // Blanks, then one line of a megabyte: each byte is a read of its own.
        var answer = Encoding.UTF8.GetBytes($"{new string(' ', 400_000)}data: {{\"x\":\"{new string('x', 700_000)}\"}}\n\n");
        using var exchange = await DrippingUpstream.OpenAsync(answer, 1);
        var opening = new AnswerOpening(exchange.Length);
        var isDecided = await Briefly.RunAsync(async () =>
        {
            while (opening.ShapeOf("text/event-stream", hasEnded: false) == AnswerShape.Unclear) await opening.FillAsync(exchange);
            while (!opening.IsDecided(hasEnded: false, out _)) await opening.FillAsync(exchange);
            return true;
        });
        Assert.True(isDecided);
    }

    [Fact]
    public async Task H1_a_frame_of_megabytes_that_comes_in_small_parts_is_searched_once()
    {
        var frame = Encoding.UTF8.GetBytes(
            $"data: {{\"choices\":[{{\"finish_reason\":\"stop\",\"delta\":{{\"content\":\"{new string('x', 24 * 1024 * 1024)}\"}}}}]}}\r\n\r\n");
        using var exchange = await DrippingUpstream.OpenAsync(frame, 512);
        using var stream = new PlatformStream(exchange, [], JobKind.Chat, new CancellationTokenSource());
        Assert.Equal(frame.Length, (await Briefly.RunAsync(async () => await stream.ReadAsync())).Length);
        Assert.True((await stream.ReadAsync()).IsEmpty);
    }
}
