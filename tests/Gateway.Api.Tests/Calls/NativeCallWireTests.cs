using System.Text;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Calls;

/// <summary>Every call that is answered at once, in MiniMax's shapes (docs/minimax.md, "Speech" to "Music"), both ways.</summary>
public sealed class NativeCallWireTests : NativeTest
{
    private const string Lyrics = """{ "mode":"write_full_song","prompt":"r\u00e9al calm","title":"T","x":[1.50] }""";
    private const string Cover = """{ "model":"music-cover","audio_base64":"AAAA","x":[1.50] }""";
    private const string Design = """{ "prompt":"calm","preview_text":"Hi.","x":[1.50] }""";
    private const string Speech =
        """{ "model":"speech-2.8-turbo","text":"Hello.","voice_setting":{"voice_id":"English_Graceful_Lady","vol":1.0},"subtitle_enable":true,"output_format":"url" }""";
    private const string SpeechStream =
        """{"model":"speech-2.8-turbo","text":"Hello.","stream":true,"stream_options":{"exclude_aggregated_audio":true}}""";
    private const string Music = """{"model":"music-3.0","prompt":"calm","lyrics":"la","output_format":"url"}""";
    private const string MusicStream = """{"model":"music-3.0","prompt":"calm","lyrics":"la","stream":true}""";
    private const string Image =
        """{"model":"image-01","prompt":"a lamp","n":2,"response_format":"base64","subject_reference":[{"type":"character","image_file":"https:\/\/example.com\/a.png"}]}""";

    public static TheoryData<string, string, string> Calls => new()
    {
        { "/v1/lyrics_generation", Lyrics, nameof(Operation.Lyrics) },
        { "/v1/music_cover_preprocess", Cover, nameof(Operation.CoverPreprocess) },
        { "/v1/voice_design", Design, nameof(Operation.VoiceDesign) },
        { "/v1/t2a_v2", Speech, nameof(Operation.Speech) },
        { "/v1/music_generation", Music, nameof(Operation.Music) },
        { "/v1/image_generation", Image, nameof(Operation.Image) },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_passes_through_byte_for_byte_both_ways_and_takes_a_slot(string path, string body, string operation)
    {
        var account = await AddAccountAsync("key-a");
        var which = Enum.Parse<Operation>(operation);
        const string Odd =
            "{ \"data\" : " +
                "{\"x\":\"\\u0041\\/\",\"audio\":\"00\",\"image_urls\":[\"\\/\"]},\"lyrics\":\"la\",\"cover_feature_id\":\"c\",\"voice_id\":\"v\",\n\"base_resp\":{\"status_code\":0,\"status_msg\":\"\"} }\r\n";
        Sim.Script.Next(which, new FaultEffect.HttpStatus(200, Odd, "application/json"));
        Assert.Equal(Encoding.UTF8.GetBytes(Odd), (await Admin.PostAsync($"{path}?GroupId=4711", body)).Expect(200).Bytes);

        using var held = Sim.Hold(which);
        var call = Admin.PostAsync(path, body);
        await Sim.WaitForAsync(which, 2, Patience);
        await SlotsAsync(account, 1);
        held.Release();
        (await call).ExpectBaseResp(200, 0);

        await SlotsAsync(account, 0);
        Assert.All(Sim.Ledger.Requests(which), sent => Assert.Equal((body, path, ""), (sent.Body, sent.Path, sent.Query)));
    }

    [Fact]
    public async Task The_answers_have_the_vendors_members()
    {
        await AddAccountAsync("key-a");

        var lyrics = (await Admin.PostAsync("/v1/lyrics_generation", Lyrics)).ExpectBaseResp(200, 0);
        Assert.Equal("T", String(lyrics["song_title"]));
        String(lyrics["style_tags"]);
        Assert.Contains("réal calm", String(lyrics["lyrics"]), StringComparison.Ordinal);

        var speech = (await Admin.PostAsync("/v1/t2a_v2", Speech)).ExpectBaseResp(200, 0);
        Assert.NotEmpty(await DownloadAsync(String(speech["data"]!["audio"])));
        Assert.NotEmpty(await DownloadAsync(String(speech["data"]!["subtitle_file"])));
        Number(speech["extra_info"]!["usage_characters"]);

        var music = (await Admin.PostAsync("/v1/music_generation", Music)).ExpectBaseResp(200, 0);
        Assert.NotEmpty(await DownloadAsync(String(music["data"]!["audio"])));
        Number(music["extra_info"]!["music_duration"]);

        var image = (await Admin.PostAsync("/v1/image_generation", Image)).ExpectBaseResp(200, 0);
        Assert.Equal(2, image["data"]!["image_base64"]!.AsArray().Count);
        Assert.Equal("2", String(image["metadata"]!["success_count"]));
    }

    [Theory]
    [InlineData("/v1/t2a_v2", SpeechStream)]
    [InlineData("/v1/music_generation", MusicStream)]
    public async Task Sound_streams_frame_by_frame_without_a_marker(string path, string body)
    {
        await AddAccountAsync("key-a");
        var answer = (await Admin.PostAsync(path, body)).Expect(200);
        Assert.Equal("text/event-stream", answer.Header("Content-Type"));
        var frames = answer.Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(frames, frame => Assert.StartsWith("data: {\"data\":{\"audio\":", frame, StringComparison.Ordinal));
        Assert.Contains("\"status\":2", frames[^1], StringComparison.Ordinal);
        Assert.Equal(body == SpeechStream, frames[^1].Contains("\"audio\":\"\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task J10_A_stream_of_speech_that_is_refused_in_JSON_goes_to_another_account_and_the_last_words_stay_JSON()
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        Sim.Script.Next(Operation.Speech, new FaultEffect.BaseResp(1002, "rate limit exceeded(RPM)", AsJson: true));
        Assert.StartsWith("data: ", (await Admin.PostAsync("/v1/t2a_v2", SpeechStream)).Expect(200).Body, StringComparison.Ordinal);

        const string Refused = """{"base_resp":{"status_code":1042,"status_msg":"invisible characters"}, "x":1}""";
        Sim.Script.Always(Operation.Speech, new FaultEffect.HttpStatus(200, Refused, "application/json"));
        var answer = (await Admin.PostAsync("/v1/t2a_v2", SpeechStream)).Expect(200);
        Assert.Equal((Refused, "application/json"), (answer.Body, answer.Header("Content-Type")));
        Assert.Equal(3, Sim.Ledger.Count(Operation.Speech));
    }

    [Theory]
    [InlineData("/v1/t2a_v2", SpeechStream)]
    [InlineData("/v1/music_generation", MusicStream)]
    public async Task A_stream_of_sound_that_breaks_off_breaks_off_for_the_caller(string path, string body)
    {
        var account = await AddAccountAsync("key-a");
        Sim.Script.Always(path == "/v1/t2a_v2" ? Operation.Speech : Operation.Music, new FaultEffect.StreamBreak(AfterFrames: 1));
        using var stream = new SseReader(await Admin.OpenAsync(HttpMethod.Post, path, body), Patience);
        Assert.NotNull(await stream.NextAsync());
        await Assert.ThrowsAnyAsync<IOException>(stream.NextAsync);
        await SlotsAsync(account, 0);
    }
}
