using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Affinity;

/// <summary>What names a file, a voice or a cover runs where it lives; a file that is needed elsewhere is copied there.</summary>
public abstract class AffinityContract : NativeTest
{
    private const string Voice = "narrator-of-mine";

    private protected AffinityContract(TestData data)
        : base(data)
    {
    }

    private static string Clone(string file, string? prompt = null) => prompt is null
        ? $$"""{"file_id":{{file}},"voice_id":"{{Voice}}"}"""
        : $$$"""{"file_id":{{{file}}},"clone_prompt":{"prompt_audio":{{{prompt}}},"prompt_text":"x"},"voice_id":"{{{Voice}}}"}""";

    private static string Speech(string file, string voice = SystemVoice) =>
        $$$"""{"model":"speech-2.8-turbo","text_file_id":{{{file}}},"voice_setting":{"voice_id":"{{{voice}}}"}}""";

    private static string VideoV2(string file, string? second = null) =>
        $$$"""{"model":"MiniMax-H3","content":[{"type":"text","text":"a sea"},{"type":"image_url","role":"first_frame","image_url":{"url":"mm_file://{{{file}}}"}}{{{(second is null ? "" : $$$""",{"type":"image_url","role":"last_frame","image_url":{"url":"mm_file:\/\/{{{second}}}"}}""")}}}]}""";

    private int Uploads(string key) => Sim.Ledger.Count(Operation.FileUpload, key);

    [Fact]
    public async Task What_names_a_file_runs_on_the_account_that_has_it()
    {
        var account = await AddAccountAsync("key-a", 10);
        await AddAccountAsync("key-b", 10);
        var sample = await UploadOnAsync(account, "voice_clone", "a.mp3");
        var text = await UploadOnAsync(account, "t2a_async_input", "a.txt");
        var picture = await UploadOnAsync(account, "video_generation_input", "a.png");

        (await Admin.PostAsync("/v1/voice_clone", Clone(sample))).ExpectBaseResp(200, 0);
        for (var i = 0; i < 3; i++)
        {
            (await Admin.PostAsync("/v1/t2a_async_v2", Speech(text))).ExpectBaseResp(200, 0);
            (await Admin.PostAsync("/v2/video_generation", VideoV2(picture))).Expect(200);
        }

        Assert.All(Sim.Ledger.Tasks(), task => Assert.Equal("key-a", task.Key));
        Assert.Equal((3, 0), (Uploads("key-a"), Uploads("key-b")));
        foreach (var id in new[] { sample, text, picture }) VendorNeverSaw(id);
    }

    [Fact]
    public async Task Of_two_files_on_two_accounts_one_is_copied_once()
    {
        var (one, two) = (await AddAccountAsync("key-a", 10), await AddAccountAsync("key-b", 10));
        var first = await UploadOnAsync(one, "video_generation_input", "a.png", Sample);
        var second = await UploadOnAsync(two, "video_generation_input", "b.png", "another"u8.ToArray());

        for (var i = 0; i < 3; i++) (await Admin.PostAsync("/v2/video_generation", VideoV2(first, second))).Expect(200);

        Assert.Equal(3, Sim.Ledger.Accepted);
        var key = Assert.Single(Sim.Ledger.Tasks().Select(task => task.Key).Distinct());
        Assert.Equal(3, Uploads("key-a") + Uploads("key-b"));
        Assert.Equal(2, Uploads(key));
        var files = await VendorFilesAsync(key);
        Assert.Contains($"mm_file://{files[0]}", Latest(Operation.VideoV2Submit).Body.Replace("\\/", "/", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains($"mm_file://{files[1]}", Latest(Operation.VideoV2Submit).Body.Replace("\\/", "/", StringComparison.Ordinal), StringComparison.Ordinal);
        // What was copied is shown to nobody.
        Assert.Equal(2, (await Admin.GetAsync("/v1/files/list")).Expect(200)["files"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_copy_goes_with_its_original()
    {
        var (one, two) = (await AddAccountAsync("key-a"), await AddAccountAsync("key-b"));
        var sample = await UploadOnAsync(one, "voice_clone", "a.mp3");
        await OnlyOnAsync(two, async () => (await Admin.PostAsync("/v1/voice_clone", Clone(sample))).ExpectBaseResp(200, 0));
        Assert.Single(await VendorFilesAsync("key-b"));

        (await Admin.PostAsync("/v1/files/delete", $$"""{"file_id":{{sample}},"purpose":"voice_clone"}""")).ExpectBaseResp(200, 0);

        Assert.Empty(await VendorFilesAsync("key-a"));
        Assert.Empty(await VendorFilesAsync("key-b"));
    }

    [Fact]
    public async Task A_file_on_a_drained_account_is_copied_to_one_that_works()
    {
        var (one, two) = (await AddAccountAsync("key-a"), await AddAccountAsync("key-b"));
        var sample = await UploadOnAsync(one, "voice_clone", "my voice.mp3");
        await ActAsync(one, "drain");

        (await Admin.PostAsync("/v1/voice_clone", Clone(sample))).ExpectBaseResp(200, 0);

        Assert.Equal("key-b", Latest(Operation.VoiceClone).Key);
        var copy = (await VendorAsync("key-b", HttpMethod.Get, "/v1/files/list"))["files"]![0]!;
        Assert.Equal(("my voice.mp3", "voice_clone", $"{Sample.Length}"), (Text(copy["filename"]), Text(copy["purpose"]), Text(copy["bytes"])));
        // And from now on the voice lives there.
        await ActAsync(one, "resume");
        await ActAsync(two, "drain");
        (await Admin.PostAsync("/v1/t2a_v2", $$$"""{"model":"speech-2.8-turbo","text":"Hi.","voice_setting":{"voice_id":"{{{Voice}}}"}}""", ("Gateway-Queue", "off"))).ExpectBaseResp(429, 1002);
    }

    [Fact]
    public async Task A_voice_is_cloned_on_an_account_that_may_clone_though_its_sample_lies_on_one_that_may_not()
    {
        var (one, _) = (await AddAccountAsync("key-a"), await AddAccountAsync("key-b"));
        Sim.SetKey("key-a", new KeySettings { MayCloneVoices = false });
        var sample = await UploadOnAsync(one, "voice_clone", "a.mp3");

        (await Admin.PostAsync("/v1/voice_clone", Clone(sample))).ExpectBaseResp(200, 0);

        Assert.Equal((1, 1), (Sim.Ledger.Count(Operation.VoiceClone, "key-a"), Sim.Ledger.Count(Operation.VoiceClone, "key-b")));
        Assert.Equal(1, Uploads("key-b"));

        // It is known by now: nobody asks key-a again.
        await EventuallyAsync(async () => (await AccountAsync(one))["health"]!["blocked"]!.AsArray().Count == 1);
        (await Admin.PostAsync("/v1/voice_clone", Clone(sample).Replace(Voice, "another-voice", StringComparison.Ordinal))).ExpectBaseResp(200, 0);
        Assert.Equal((1, 2), (Sim.Ledger.Count(Operation.VoiceClone, "key-a"), Sim.Ledger.Count(Operation.VoiceClone, "key-b")));
        Assert.Equal(1, Uploads("key-b"));
    }

    [Fact]
    public async Task Where_no_account_may_clone_the_vendor_says_so()
    {
        await AddAccountAsync("key-a");
        Sim.SetKey("key-a", new KeySettings { MayCloneVoices = false });
        var sample = Text((await UploadAsync("voice_clone", "a.mp3")).Expect(200)["file"]!["file_id"]);

        (await Admin.PostAsync("/v1/voice_clone", Clone(sample))).ExpectBaseResp(200, 2038);
    }

    [Fact]
    public async Task What_cannot_be_brought_together_is_refused_by_name()
    {
        var (one, two) = (await AddAccountAsync("key-a"), await AddAccountAsync("key-b"));
        foreach (var (account, name) in new[] { (one, "voice-on-a"), (two, "voice-on-b") })
        {
            var sample = await UploadOnAsync(account, "voice_clone", "a.mp3");
            (await Admin.PostAsync("/v1/voice_clone", Clone(sample).Replace(Voice, name, StringComparison.Ordinal))).ExpectBaseResp(200, 0);
        }

        (await Admin.PostAsync("/v1/t2a_v2", """{"model":"speech-2.8-turbo","text":"Hi.","timbre_weights":[{"voice_id":"voice-on-a","weight":1},{"voice_id":"voice-on-b","weight":1}]}"""))
            .ExpectBaseResp(200, 2013, "voice-on-b", "another account");
        Assert.Equal(0, Sim.Ledger.Count(Operation.Speech));
    }

    [Fact]
    public async Task A_file_follows_a_voice()
    {
        var (one, two) = (await AddAccountAsync("key-a"), await AddAccountAsync("key-b"));
        var sample = await UploadOnAsync(one, "voice_clone", "a.mp3");
        (await Admin.PostAsync("/v1/voice_clone", Clone(sample))).ExpectBaseResp(200, 0);
        var text = await UploadOnAsync(two, "t2a_async_input", "a.txt", "read this"u8.ToArray());

        var created = (await Admin.PostAsync("/v1/t2a_async_v2", Speech(text, Voice))).ExpectBaseResp(200, 0);

        Assert.Equal(("key-a", "read this"), (Assert.Single(Sim.Ledger.Tasks()).Key, Sim.Ledger.Tasks()[0].Prompt));
        Assert.DoesNotContain(Sim.Ledger.Tasks()[0].TaskId, created.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prepared_cover_is_sung_on_its_account_only_and_by_its_owner_only()
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        var prepared = (await team.PostAsync("/v1/music_cover_preprocess", """{"model":"music-cover","audio_url":"https://example.com/a.mp3","x":1.0}""")).ExpectBaseResp(200, 0);
        Assert.Equal("""{"model":"music-cover","audio_url":"https://example.com/a.mp3","x":1.0}""", Latest(Operation.CoverPreprocess).Body);
        String(prepared["structure_result"]);
        Number(prepared["audio_duration"]);
        var cover = String(prepared["cover_feature_id"]);
        static string Song(string id) => $$"""{"model":"music-cover","prompt":"calm","lyrics":"la","cover_feature_id":"{{id}}"}""";

        for (var i = 0; i < 5; i++) (await team.PostAsync("/v1/music_generation", Song(cover))).ExpectBaseResp(200, 0);
        (await Admin.PostAsync("/v1/music_generation", Song(cover))).ExpectBaseResp(200, 0); // admins see all
        await Gateway.RestartAsync();
        (await team.PostAsync("/v1/music_generation", Song(cover))).ExpectBaseResp(200, 0);

        var none = new string('0', 32);
        var (unknown, foreign) = (await other.PostAsync("/v1/music_generation", Song(none)), await other.PostAsync("/v1/music_generation", Song(cover)));
        Assert.Equal((unknown.Status, unknown.Body), (foreign.Status, foreign.Body));
        var escaped = await other.PostAsync("/v1/music_generation", Song(cover).Replace("cover_feature_id", "cover\\u005ffeature_id", StringComparison.Ordinal));
        Assert.Equal((unknown.Status, unknown.Body), (escaped.Status, escaped.Body));
    }

    [Fact]
    public async Task Files_in_chat_messages_pin_the_call_and_words_about_files_do_not()
    {
        var account = await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        var video = await UploadOnAsync(account, "video_understanding", "a.mp4");
        var vendors = Assert.Single(await VendorFilesAsync("key-a"));
        static string Chat(string url) => $$$"""{"model":"MiniMax-M3","messages":[{"role":"user","content":[{"type":"text","text":"what is mm_file://{file_id}, say mm_file://17?"},{"type":"video_url","video_url":{"url":"{{{url}}}","fps":1.0}}]}]}""";

        for (var i = 0; i < 5; i++) (await Admin.PostAsync("/v1/text/chatcompletion_v2", Chat($"mm_file://{video}"))).ExpectBaseResp(200, 0);

        Assert.All(Sim.Ledger.Requests(Operation.Chat), sent => Assert.Equal((Chat($"mm_file://{vendors}"), "key-a"), (sent.Body, sent.Key)));
        (await Admin.PostAsync("/v1/text/chatcompletion_v2", Chat("https://example.com/a.mp4"))).ExpectBaseResp(200, 0);
    }

    private static readonly string[] Spellings =
    [
        "mm_file://ID", "mm_file:\\/\\/ID", "mm\\u005ffile://ID", "mm_file:\\u002f\\u002fID", "\\u006dm_file://ID",
        " mm_file://ID", "mm_file:// ID", "mm_file://+ID", "mm_file://0000000ID", "mm_file://ESCAPED",
    ];

    [Fact]
    public async Task No_spelling_of_a_link_reaches_the_vendors_files_of_others()
    {
        await AddAccountAsync("key-a");
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        var file = Text((await UploadAsync("video_generation_input", "a.png", by: other)).Expect(200)["file"]!["file_id"]);
        var vendors = Assert.Single(await VendorFilesAsync("key-a"));

        foreach (var link in Spellings)
        {
            foreach (var id in new[] { vendors, file })
            {
                var url = link.Replace("ID", id, StringComparison.Ordinal).Replace("ESCAPED", $"\\u003{id[0]}{id[1..]}", StringComparison.Ordinal);
                var refused = (await team.PostAsync("/v2/video_generation", VideoV2("1").Replace("mm_file://1", url, StringComparison.Ordinal))).Expect(400);
                Assert.Contains("file_id (2013)", refused["error"]!["message"]!.ToString(), StringComparison.Ordinal);
                (await team.PostAsync("/v1/text/chatcompletion_v2", $$$"""{"model":"MiniMax-M3","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"{{{url}}}"}}]}]}""")).ExpectBaseResp(200, 2013, "file_id");
            }
        }

        Assert.Equal((0, 0), (Sim.Ledger.Count(Operation.VideoV2Submit), Sim.Ledger.Count(Operation.Chat)));
    }

    [Fact]
    public async Task An_escaped_link_to_an_own_file_works()
    {
        await AddAccountAsync("key-a");
        var file = Text((await UploadAsync("video_generation_input", "a.png")).Expect(200)["file"]!["file_id"]);
        (await Admin.PostAsync("/v2/video_generation", VideoV2("1").Replace("mm_file://1", $"mm\\u005ffile:\\/\\/\\u003{file[0]}{file[1..]}", StringComparison.Ordinal))).Expect(200);
        Assert.Equal(1, Sim.Ledger.Accepted);
        VendorNeverSaw(file);
    }

    [Fact]
    public async Task A_file_of_any_name_is_kept_and_copied()
    {
        var (one, two) = (await AddAccountAsync("key-a"), await AddAccountAsync("key-b"));
        foreach (var name in new[] { "a%22b%5C.mp3", "a%0D%0AX-Evil%3A%201.mp3", "%C3%9Cn%20%E4%BD%A0.mp3", "a%00b.mp3", $"{new string('n', 5000)}.mp3", "%F0%9F%98%80.mp3" })
        {
            var form = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(
                $"--x\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nvoice_clone\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename*=utf-8''{name}\r\n\r\nRIFF\r\n--x--\r\n"));
            form.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
            var sample = await OnlyOnAsync(one, async () => Text((await PostFormAsync("/v1/files/upload", form)).Expect(200)["file"]!["file_id"]));

            var voice = $"voice-{sample}";
            await OnlyOnAsync(two, async () => (await Admin.PostAsync("/v1/voice_clone", Clone(sample).Replace(Voice, voice, StringComparison.Ordinal))).ExpectBaseResp(200, 0));
            Assert.Equal("key-b", Latest(Operation.VoiceClone).Key);
        }

        Assert.Equal(6, (await Admin.GetAsync("/v1/files/list")).Expect(200)["files"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_job_pinned_by_an_admin_takes_its_files_along()
    {
        var (one, two) = (await AddAccountAsync("key-a"), await AddAccountAsync("key-b"));
        var picture = await UploadOnAsync(one, "video_generation_input", "a.png");

        var id = (await Admin.PostAsync("/v1/jobs", $$"""{"kind":"video","account":"{{two}}","request":{{VideoV2(picture)}}}""")).Expect(202).Text("id");
        await WaitForAsync(id, "running");

        Assert.Equal("key-b", Assert.Single(Sim.Ledger.Tasks()).Key);
        Assert.Contains($"mm_file://{Assert.Single(await VendorFilesAsync("key-b"))}", Latest(Operation.VideoV2Submit).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trouble_while_a_file_is_copied_is_not_the_callers_mistake()
    {
        var (one, two) = (await AddAccountAsync("key-a"), await AddAccountAsync("key-b"));
        var sample = await UploadOnAsync(one, "voice_clone", "a.mp3");
        await ActAsync(one, "drain");
        Sim.Script.Next(Operation.FileContent, new FaultEffect.HttpStatus(502));
        (await Admin.PostAsync("/v1/voice_clone", Clone(sample))).ExpectBaseResp(503, 1033);
        Sim.Script.Next(Operation.FileUpload, new FaultEffect.BaseResp(1000, "unknown error"));
        (await Admin.PostAsync("/v1/voice_clone", Clone(sample))).ExpectBaseResp(503, 1033);
        (await Admin.PostAsync("/v1/voice_clone", Clone(sample))).ExpectBaseResp(200, 0);
        await SlotsAsync(two, 0);
    }
}

public sealed class SqliteAffinity() : AffinityContract(new SqliteData());

public sealed class PostgresAffinity() : AffinityContract(new PostgresData());
