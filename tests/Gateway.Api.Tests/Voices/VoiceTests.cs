using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Voices;

/// <summary>Voices (docs/minimax.md, "Voices"): made on one account, used on that account, and by their owners only.</summary>
public sealed class VoiceTests : NativeTest
{
    private const string Mine = "narrator-of-mine";
    private const string Unknown = "narrator-of-none";

    private static string Clone(string file, string voice = Mine) => $$"""{"file_id":{{file}},"voice_id":"{{voice}}"}""";

    private static string Speech(string voice, string more = "") =>
        $$$"""{"model":"speech-2.8-turbo","text":"Hello.","voice_setting":{"voice_id":"{{{voice}}}","speed":1.0}{{{more}}}}""";

    private static string Mixed(string voice) =>
        $$"""{"model":"speech-2.8-turbo","text":"Hello.","timbre_weights":[{"voice_id":"{{SystemVoice}}","weight":1},{"voice_id":"{{voice}}","weight":2}]}""";

    private async Task<string> CloneAsync(string account, string voice = Mine, Client? by = null)
    {
        var file = await UploadOnAsync(account, "voice_clone", "a.mp3", by: by);
        (await (by ?? Admin).PostAsync("/v1/voice_clone", Clone(file, voice))).ExpectBaseResp(200, 0);
        return file;
    }

    private async Task<IReadOnlyList<string>> ListedAsync(string list, string type = "all", Client? by = null) =>
        [.. (await (by ?? Admin).PostAsync("/v1/get_voice", new { voice_type = type })).Expect(200)[list]!.AsArray().Select(voice => String(voice!["voice_id"]))];

    [Fact]
    public async Task A_clone_runs_where_its_sample_is_with_the_vendors_id_and_all_else_as_it_came()
    {
        var account = await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        var sample = await UploadOnAsync(account, "voice_clone", "a.mp3");
        var prompt = await UploadOnAsync(account, "prompt_audio", "b.wav");
        var (vendorSample, vendorPrompt) = ((await VendorFilesAsync("key-a"))[0], (await VendorFilesAsync("key-a"))[1]);
        const string Body =
            """{ "voice_id":"narrator-of-mine", "file_id" : SAMPLE,"clone_prompt":{"prompt_text":"\u00e9","prompt_audio":"PROMPT"},"text":"Hi.","model":"speech-2.8-hd","need_noise_reduction":true,"x":[1.50] }""";

        var cloned = (
            await Admin.PostAsync(
                "/v1/voice_clone?GroupId=4711",
                Body.Replace("SAMPLE", sample, StringComparison.Ordinal).Replace(
                    "PROMPT", prompt, StringComparison.Ordinal))).ExpectBaseResp(200, 0);

        Assert.Equal("0", Number(cloned["input_sensitive"]!["type"]));
        Assert.StartsWith("http", String(cloned["demo_audio"]), StringComparison.Ordinal);
        Assert.Equal(
            Body.Replace("SAMPLE", vendorSample, StringComparison.Ordinal).Replace("PROMPT", vendorPrompt, StringComparison.Ordinal),
            Latest(Operation.VoiceClone).Body);
        Assert.Equal(("key-a", ""), (Latest(Operation.VoiceClone).Key, Latest(Operation.VoiceClone).Query));
        VendorNeverSaw(sample);
        VendorNeverSaw(prompt);
    }

    [Fact]
    public async Task A_cloned_voice_speaks_on_its_account_only_in_every_form_of_speech()
    {
        var account = await AddAccountAsync("key-a", 3);
        await AddAccountAsync("key-b", 3);
        await CloneAsync(account);

        for (var i = 0; i < 4; i++)
        {
            (await Admin.PostAsync("/v1/t2a_v2", Speech(Mine))).ExpectBaseResp(200, 0);
            Assert.Contains(
                "\"status\":2",
                (await Admin.PostAsync("/v1/t2a_v2", Speech(Mine, ""","stream":true"""))).Expect(200).Body,
                StringComparison.Ordinal);
            (await Admin.PostAsync("/v1/t2a_v2", Mixed(Mine))).ExpectBaseResp(200, 0);
            (await Admin.PostAsync("/v1/t2a_v2", $$$"""{"model":"speech-2.8-turbo","text":"Hello.","voice_setting":{"voice\u005fid":"narrator\u002dof-mine"}}""")).ExpectBaseResp(200, 0);
            (await Admin.PostAsync("/v1/t2a_async_v2", Speech(Mine))).ExpectBaseResp(200, 0);
            Sim.FinishAllTasks();
        }

        Assert.Equal(0, Sim.Ledger.Count(Operation.Speech, "key-b") + Sim.Ledger.Count(Operation.SpeechTaskSubmit, "key-b"));
        Assert.Equal(Speech(Mine), Sim.Ledger.Requests(Operation.Speech)[0].Body);
    }

    [Fact]
    public async Task A_designed_voice_speaks_on_its_account_only()
    {
        var account = await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        const string Body = """{"prompt":"a calm \u00e9lder","preview_text":"Hello.","aigc_watermark":false}""";

        var designed = await OnlyOnAsync(account, async () => (await Admin.PostAsync("/v1/voice_design", Body)).ExpectBaseResp(200, 0));

        Assert.Equal(Body, Latest(Operation.VoiceDesign).Body);
        Assert.NotEmpty(Convert.FromHexString(String(designed["trial_audio"])));
        var voice = String(designed["voice_id"]);
        for (var i = 0; i < 6; i++) (await Admin.PostAsync("/v1/t2a_v2", Speech(voice))).ExpectBaseResp(200, 0);
        Assert.Equal(0, Sim.Ledger.Count(Operation.Speech, "key-b"));
    }

    [Fact]
    public async Task A_voice_is_found_again_after_a_restart()
    {
        var account = await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        await CloneAsync(account);

        await Gateway.RestartAsync();

        for (var i = 0; i < 6; i++) (await Admin.PostAsync("/v1/t2a_v2", Speech(Mine))).ExpectBaseResp(200, 0);
    }

    [Fact]
    public async Task A_list_holds_the_vendors_voices_and_the_callers_own_of_all_accounts()
    {
        var accounts = new[] { await AddAccountAsync("key-a"), await AddAccountAsync("key-b") };
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        await CloneAsync(accounts[0], "voice-on-a", team);
        await CloneAsync(accounts[1], "voice-on-b", team);
        await CloneAsync(accounts[0], "voice-of-other", other);
        var designed = String(
            (await team.PostAsync("/v1/voice_design", new { prompt = "calm", preview_text = "Hi." })).Expect(200)["voice_id"]);

        Assert.Equal(["voice-on-a", "voice-on-b"], (await ListedAsync("voice_cloning", by: team)).Order());
        Assert.Equal([designed], await ListedAsync("voice_generation", by: team));
        Assert.Contains(SystemVoice, await ListedAsync("system_voice", by: team));
        Assert.Equal(["voice-of-other"], await ListedAsync("voice_cloning", by: other));
        Assert.Empty(await ListedAsync("voice_generation", by: other));
        Assert.Equal(3, (await ListedAsync("voice_cloning")).Count); // admins see all

        var cloned = (await team.PostAsync("/v1/get_voice", new { voice_type = "voice_cloning" })).ExpectBaseResp(200, 0);
        Assert.Equal(
            (0, 2, 0),
            (cloned["system_voice"]!.AsArray().Count, cloned["voice_cloning"]!.AsArray().Count, cloned["voice_generation"]!.AsArray().Count));
        Assert.IsType<JsonArray>(cloned["voice_cloning"]![0]!["description"]);
        String(cloned["voice_cloning"]![0]!["created_time"]);
        (await team.PostAsync("/v1/get_voice", new { voice_type = "mine" })).ExpectBaseResp(200, 2013, "voice_type");
    }

    [Fact]
    public async Task Voices_on_a_deleted_account_are_gone_and_the_others_are_still_listed()
    {
        var accounts = new[] { await AddAccountAsync("key-a"), await AddAccountAsync("key-b") };
        await CloneAsync(accounts[0], "voice-on-a");
        await CloneAsync(accounts[1], "voice-on-b");
        (await Admin.DeleteAsync($"/v1/minimax/accounts/{accounts[0]}")).Expect(200);

        Assert.Equal(["voice-on-b"], await ListedAsync("voice_cloning"));
        (await Admin.PostAsync("/v1/t2a_v2", Speech("voice-on-a"))).ExpectBaseResp(200, 2054, "not exist");
        Assert.Equal(0, Sim.Ledger.Count(Operation.Speech));
    }

    [Fact]
    public async Task A_deleted_voice_is_gone_here_and_there()
    {
        var account = await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        await CloneAsync(account);

        var deleted = (
            await Admin.PostAsync("/v1/delete_voice", $$"""{"voice_type":"voice_cloning","voice_id":"{{Mine}}"}""")).ExpectBaseResp(200, 0);

        Assert.Equal(Mine, String(deleted["voice_id"]));
        Assert.Equal("key-a", Latest(Operation.VoiceDelete).Key);
        Assert.Empty(await ListedAsync("voice_cloning"));
        (await Admin.PostAsync("/v1/t2a_v2", Speech(Mine))).ExpectBaseResp(200, 2054);
        (await Admin.PostAsync("/v1/delete_voice", new { voice_type = "voice_cloning", voice_id = Mine })).ExpectBaseResp(200, 2054);
    }

    [Theory]
    [InlineData("""{"voice_type":"voice_cloning","voice_id":"OWN","voice_id":"FOREIGN"}""")]
    [InlineData("""{"voice_type":"voice_cloning","voice_id":"OWN","voice\u005fid":"FOREIGN"}""")]
    [InlineData("""{"voice_type":"voice_cloning","voice_id":"OWN","Voice_ID":"FOREIGN"}""")]
    public async Task No_second_voice_in_a_delete_reaches_the_vendor(string body)
    {
        var account = await AddAccountAsync("key-a");
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        await CloneAsync(account, "voice-of-other", other);
        await CloneAsync(account, Mine, team);

        (await team.PostAsync("/v1/delete_voice", body.Replace("OWN", Mine, StringComparison.Ordinal).Replace("FOREIGN", "voice-of-other", StringComparison.Ordinal))).ExpectBaseResp(400, 2013, "voice_id");

        Assert.Equal(["voice-of-other"], await ListedAsync("voice_cloning", by: other));
    }

    [Fact]
    public async Task Anothers_voice_looks_like_none()
    {
        await AddAccountAsync("key-a", 10);
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        await CloneAsync(await OnlyAccountAsync(), Mine, other);

        foreach (var body in new Func<string, string>[] { voice => Speech(voice), voice => Speech(voice, ""","stream":true"""), Mixed, voice => Speech(voice).Replace("voice_id", "voice\\u005fid", StringComparison.Ordinal) })
        {
            var (unknown, foreign) = (await team.PostAsync("/v1/t2a_v2", body(Unknown)), await team.PostAsync("/v1/t2a_v2", body(Mine)));
            Assert.Equal((unknown.Status, unknown.Body), (foreign.Status, foreign.Body));
            Assert.Equal(2054, foreign.BaseResp);
        }

        LooksLike(
            await team.PostAsync("/v1/t2a_async_v2", Speech(Unknown)), Unknown, await team.PostAsync("/v1/t2a_async_v2", Speech(Mine)),
            Mine);

        string Delete(string voice) => $$"""{"voice_type":"voice_cloning","voice_id":"{{voice}}"}""";
        LooksLike(
            await team.PostAsync("/v1/delete_voice", Delete(Unknown)), Unknown, await team.PostAsync("/v1/delete_voice", Delete(Mine)),
            Mine);
        Assert.Equal([Mine], await ListedAsync("voice_cloning", by: other));
    }

    [Theory]
    [InlineData("""{"model":"speech-2.8-turbo","text":"Hi.","voice_setting":{"voice_id":"OWN","voice_id":"FOREIGN"}}""")]
    [InlineData("""{"model":"speech-2.8-turbo","text":"Hi.","voice_setting":{"voice_id":"OWN"},"voice_setting":{"voice_id":"FOREIGN"}}""")]
    [InlineData(
        """{"model":"speech-2.8-turbo","text":"Hi.","voice_setting":{"voice_id":"OWN"},"Voice_\u017fetting":{"voice_id":"FOREIGN"}}""")]
    public async Task H2_a_voice_that_is_named_twice_is_refused(string body)
    {
        await AddAccountAsync("key-a");
        (await Admin.PostAsync("/v1/t2a_v2", body)).ExpectBaseResp(400, 2013, "voice_setting", "once");
        Assert.Equal(0, Sim.Ledger.Count(Operation.Speech));
    }

    [Theory]
    [InlineData("""{"model":"speech-2.8-turbo","text":"Hi.","Voice_Setting":{"Voice_Id":"FOREIGN"}}""")]
    [InlineData("""{"model":"speech-2.8-turbo","text":"Hi.","voice_\u017fetting":{"voice_id":"FOREIGN"}}""")]
    [InlineData("""{"model":"speech-2.8-turbo","text":"Hi.","timber_weights":[{"voice_id":"FOREIGN","weight":9}]}""")]
    [InlineData(
        """{"model":"speech-2.8-turbo","text":"Hi.","timbre_weights":[{"voice_id":"OWN","weight":1},{"voice_id":"FOREIGN","weight":9}]}""")]
    public async Task No_spelling_hides_anothers_voice(string body)
    {
        await AddAccountAsync("key-a");
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        await CloneAsync(await OnlyAccountAsync(), "voice-of-other", other);

        (await team.PostAsync("/v1/t2a_v2", body.Replace("OWN", SystemVoice, StringComparison.Ordinal).Replace("FOREIGN", "voice-of-other", StringComparison.Ordinal))).ExpectBaseResp(200, 2054);

        Assert.Equal(0, Sim.Ledger.Count(Operation.Speech));
    }

    [Fact]
    public async Task A_chat_that_speaks_speaks_with_its_callers_voice_on_its_account()
    {
        var account = await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        await CloneAsync(account, Mine, other);
        static string Chat(string voice) =>
            $$$"""{"model":"abab6.5s-chat","voice_setting":{"voice_id":"{{{voice}}}"},"stream_options":{"speech_output":true},"messages":[{"role":"user","content":"hi"}]}""";

        for (var i = 0; i < 5; i++) (await other.PostAsync("/v1/text/chatcompletion_v2", Chat(Mine))).ExpectBaseResp(200, 0);
        Assert.Equal((5, 0), (Sim.Ledger.Count(Operation.Chat, "key-a"), Sim.Ledger.Count(Operation.Chat, "key-b")));
        (await team.PostAsync("/v1/text/chatcompletion_v2", Chat(Mine))).ExpectBaseResp(200, 2054);
        (await team.PostAsync("/v1/text/chatcompletion_v2", Chat(SystemVoice))).ExpectBaseResp(200, 0);
        Assert.Equal(6, Sim.Ledger.Count(Operation.Chat));
    }

    [Fact]
    public async Task H16_a_voice_cloned_again_under_anothers_name_stays_with_its_owner()
    {
        var account = await AddAccountAsync("key-a");
        var second = await AddAccountAsync("key-b");
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other-team"));
        await CloneAsync(account, Mine, other);
        // Unused for a week, or deleted by the account's owner: the vendor tells nobody.
        await VendorAsync("key-a", HttpMethod.Post, "/v1/delete_voice", new { voice_type = "voice_cloning", voice_id = Mine });
        var clones = Sim.Ledger.Count(Operation.VoiceClone);

        foreach (var where in new[] { account, second })
        {
            var sample = await UploadOnAsync(where, "voice_clone", "a.mp3", by: team);
            foreach (var key in new (string, string)[][] { [], [("Idempotency-Key", where)] })
            {
                var refused = (
                    await team.PostAsync("/v1/voice_clone", Clone(sample, Mine), key)).ExpectBaseResp(200, 2013, "voice_id", "taken");
                Assert.DoesNotContain("other-team", refused.Body, StringComparison.Ordinal);
            }
        }

        Assert.Equal(clones, Sim.Ledger.Count(Operation.VoiceClone));
        await CloneAsync(account, Mine, other); // its owner makes it anew
        (await other.PostAsync("/v1/t2a_v2", Speech(Mine))).ExpectBaseResp(200, 0);
        (await team.PostAsync("/v1/t2a_v2", Speech(Mine))).ExpectBaseResp(200, 2054);
    }

    [Fact]
    public async Task H16_names_in_a_request_are_looked_up_once_each_and_not_without_end()
    {
        await AddAccountAsync("key-a");
        static string Weights(IEnumerable<string> voices) =>
            $$"""{"model":"speech-2.8-turbo","text":"Hi.","timbre_weights":[{{string.Join(',', voices.Select(voice => $$"""{"voice_id":"{{voice}}","weight":1}"""))}}]}""";

        (await Admin.PostAsync("/v1/t2a_v2", Weights(Enumerable.Range(0, 100_000).Select(n => $"no-such-voice-{n}")))).ExpectBaseResp(200, 2013, "names 100000 files, voices and tasks, and may name 100");
        Assert.Equal(0, Sim.Ledger.Count(Operation.Speech));
        (await Admin.PostAsync("/v1/t2a_v2", Weights(Enumerable.Repeat(SystemVoice, 100)))).Expect(200);
        Assert.Equal(1, Sim.Ledger.Count(Operation.Speech));
    }

    [Fact]
    public async Task P5_A_clone_under_a_key_is_its_callers_and_its_replay_takes_nothing_back()
    {
        var account = await AddAccountAsync("key-a", 5);
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        var file = Text((await UploadAsync("voice_clone", "a.mp3", by: other)).Expect(200)["file"]!["file_id"]);
        (await other.PostAsync("/v1/voice_clone", Clone(file), ("Idempotency-Key", "k"))).ExpectBaseResp(200, 0);
        (await other.PostAsync("/v1/t2a_v2", Speech(Mine))).ExpectBaseResp(200, 0);
        (await team.PostAsync("/v1/t2a_v2", Speech(Mine))).ExpectBaseResp(200, 2054);

        Assert.Equal(
            "true",
            (await other.PostAsync("/v1/voice_clone", Clone(file), ("Idempotency-Key", "k"))).ExpectBaseResp(200, 0).Header("Idempotency-Replayed"));

        (await other.PostAsync("/v1/t2a_v2", Speech(Mine))).ExpectBaseResp(200, 0);
        (await team.PostAsync("/v1/t2a_v2", Speech(Mine))).ExpectBaseResp(200, 2054);
    }

    [Theory]
    [InlineData("""{"file_id":FILE,"voice_id":"narrator-of-mine","voice_id":"a-fresh-name-1"}""")]
    [InlineData("""{"file_id":FILE,"Voice_Id":"narrator-of-mine","voice_id":"a-fresh-name-1"}""")]
    public async Task A_clone_with_two_names_takes_nobodys_voice(string body)
    {
        var account = await AddAccountAsync("key-a");
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        await CloneAsync(account, Mine, other);
        var file = Text((await UploadAsync("voice_clone", "a.mp3", by: team)).Expect(200)["file"]!["file_id"]);

        (await team.PostAsync("/v1/voice_clone", body.Replace("FILE", file, StringComparison.Ordinal))).ExpectBaseResp(400, 2013, "voice_id");

        (await other.PostAsync("/v1/t2a_v2", Speech(Mine))).ExpectBaseResp(200, 0);
        (await team.PostAsync("/v1/t2a_v2", Speech(Mine))).ExpectBaseResp(200, 2054);
    }

    [Fact]
    public async Task H16_a_name_in_use_is_refused_and_stays_with_its_owner()
    {
        var account = await AddAccountAsync("key-a");
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        await CloneAsync(account, Mine, other);
        var file = Text((await UploadAsync("voice_clone", "a.mp3", by: team)).Expect(200)["file"]!["file_id"]);

        (await team.PostAsync("/v1/voice_clone", Clone(file))).ExpectBaseResp(200, 2013, "voice_id", "taken");
        var own = Text((await UploadAsync("voice_clone", "a.mp3", by: other)).Expect(200)["file"]!["file_id"]);
        // the vendor's own word, for who may know
        (await other.PostAsync("/v1/voice_clone", Clone(own))).ExpectBaseResp(200, 2039, "duplicate");

        (await other.PostAsync("/v1/t2a_v2", Speech(Mine))).ExpectBaseResp(200, 0);
        (await team.PostAsync("/v1/t2a_v2", Speech(Mine))).ExpectBaseResp(200, 2054);
    }

    [Fact]
    public async Task A_sample_of_anothers_looks_like_none()
    {
        await AddAccountAsync("key-a");
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        var file = Text((await UploadAsync("voice_clone", "a.mp3", by: other)).Expect(200)["file"]!["file_id"]);
        const string None = "123456789012345678";

        LooksLike(await team.PostAsync("/v1/voice_clone", Clone(None)), None, await team.PostAsync("/v1/voice_clone", Clone(file)), file);
        LooksLike(
            await team.PostAsync("/v1/voice_clone", Clone(None).Replace("file_id", "file\\u005fid", StringComparison.Ordinal)), None,
            await team.PostAsync("/v1/voice_clone", Clone(file).Replace("file_id", "file\\u005fid", StringComparison.Ordinal)), file);
        var vendors = Assert.Single(await VendorFilesAsync("key-a"));
        LooksLike(
            await team.PostAsync("/v1/voice_clone", Clone(None)), None, await team.PostAsync("/v1/voice_clone", Clone(vendors)), vendors);
        LooksLike(
            await team.PostAsync("/v1/voice_clone", Clone(None)),
            None,
            await team.PostAsync("/v1/voice_clone", Clone(vendors).Replace("file_id", "File_ID", StringComparison.Ordinal)),
            vendors);
        Assert.Equal(0, Sim.Ledger.Count(Operation.VoiceClone));
    }

    private async Task<string> OnlyAccountAsync() => Assert.Single((await Admin.GetAsync("/v1/minimax/accounts")).Json).Key;
}
