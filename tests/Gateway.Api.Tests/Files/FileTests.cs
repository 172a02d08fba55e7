using System.Net.Http.Headers;
using System.Text;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Files;

/// <summary>MiniMax's files (docs/minimax.md, "Files"): numbers for ids, binary content, and nobody's but their owner's.</summary>
public sealed class FileTests : NativeTest
{
    private const string Unknown = "123456789012345678";

    private static readonly byte[] Large = Filled(3 * 1024 * 1024);

    private static byte[] Filled(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private Task<Answer> RetrieveAsync(string id, Client? by = null) => (by ?? Admin).GetAsync($"/v1/files/retrieve?file_id={id}");

    private Task<Answer> ContentAsync(string id, Client? by = null) => (by ?? Admin).GetAsync($"/v1/files/retrieve_content?file_id={id}");

    private Task<Answer> DeleteAsync(string id, string purpose = "voice_clone", Client? by = null) =>
        (by ?? Admin).PostAsync("/v1/files/delete", $$"""{"file_id":{{id}},"purpose":"{{purpose}}"}""");

    private async Task<IReadOnlyList<string>> ListedAsync(Client? by = null, string purpose = "") =>
        [.. (await (by ?? Admin).GetAsync($"/v1/files/list?purpose={purpose}")).Expect(200)["files"]!.AsArray().Select(file => Number(file!["file_id"]))];

    [Fact]
    public async Task An_upload_passes_through_byte_for_byte_and_comes_back_so()
    {
        await AddAccountAsync("key-a");

        var uploaded = (await UploadAsync("voice_clone", "my voice.mp3", Large)).Expect(200);

        var file = uploaded["file"]!;
        var id = Number(file["file_id"]);
        Assert.True(long.Parse(id) < 1L << 53, "ids are within what a double holds");
        Assert.Equal(("my voice.mp3", "voice_clone", 0), (String(file["filename"]), String(file["purpose"]), uploaded.BaseResp));
        Assert.Equal($"{Large.Length}", Number(file["bytes"]));
        Number(file["created_at"]);

        var vendors = Assert.Single(await VendorFilesAsync("key-a"));
        var retrieved = (await RetrieveAsync(id)).Expect(200);
        Assert.Equal(id, Number(retrieved["file"]!["file_id"]));
        Assert.Equal($"?file_id={vendors}", Latest(Operation.FileRetrieve).Query);
        Assert.Equal(Large, await DownloadAsync(String(retrieved["file"]!["download_url"])));

        var content = (await ContentAsync(id)).Expect(200);
        Assert.Equal(Large, content.Bytes);
        Assert.Equal(($"{Large.Length}", "audio/mpeg"), (content.Header("Content-Length"), content.Header("Content-Type")));
        Assert.Equal($"?file_id={vendors}", Latest(Operation.FileContent).Query);

        Assert.DoesNotContain(vendors, uploaded.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(
            vendors,
            retrieved.Body.Replace(String(retrieved["file"]!["download_url"]), "", StringComparison.Ordinal),
            StringComparison.Ordinal);
        VendorNeverSaw(id);
    }

    [Fact]
    public async Task The_form_reaches_the_vendor_as_it_was_sent()
    {
        await AddAccountAsync("key-a");
        const string Sent =
            "--x\r\nContent-Disposition: form-data; name=\"new_field\"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; " +
                "name=\"purpose\"\r\n\r\nprompt_audio\r\n"
            + "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF\r\n--x--\r\n";
        var form = new ByteArrayContent(Encoding.UTF8.GetBytes(Sent));
        form.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");

        (await PostFormAsync("/v1/files/upload?GroupId=77", form)).Expect(200);

        Assert.Equal(
            (Sent, "", "key-a"), (Latest(Operation.FileUpload).Body, Latest(Operation.FileUpload).Query, Latest(Operation.FileUpload).Key));
    }

    [Fact]
    public async Task A_list_holds_the_callers_files_in_the_vendors_shape()
    {
        var account = await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        var clone = await UploadOnAsync(account, "voice_clone", "a.mp3", by: team);
        var text = Number((await UploadAsync("t2a_async_input", "b.txt", by: team)).Expect(200)["file"]!["file_id"]);
        var foreign = Number((await UploadAsync("voice_clone", "c.mp3", by: other)).Expect(200)["file"]!["file_id"]);

        Assert.Equal([text, clone], await ListedAsync(team));
        Assert.Equal([clone], await ListedAsync(team, "voice_clone"));
        Assert.Empty(await ListedAsync(team, "prompt_audio"));
        Assert.Equal([foreign], await ListedAsync(other));
        Assert.Equal([foreign, text, clone], await ListedAsync());

        var entry = (await team.GetAsync("/v1/files/list?purpose=voice_clone")).Expect(200)["files"]![0]!;
        Assert.Equal(("a.mp3", "voice_clone"), (String(entry["filename"]), String(entry["purpose"])));
        Assert.Equal($"{Sample.Length}", Number(entry["bytes"]));
        Number(entry["created_at"]);
    }

    [Fact]
    public async Task What_lies_on_a_deleted_account_is_gone()
    {
        var account = await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        var id = await UploadOnAsync(account, "voice_clone", "a.mp3");
        var unknown = await RetrieveAsync(Unknown);

        (await Admin.DeleteAsync($"/v1/minimax/accounts/{account}")).Expect(200);

        LooksLike(unknown, Unknown, await RetrieveAsync(id), id);
        LooksLike(await ContentAsync(Unknown), Unknown, await ContentAsync(id), id);
        LooksLike(await DeleteAsync(Unknown), Unknown, await DeleteAsync(id), id);
        Assert.Empty(await ListedAsync());
    }

    [Fact]
    public async Task A_deleted_file_is_gone_here_and_there()
    {
        await AddAccountAsync("key-a");
        var id = Number((await UploadAsync("voice_clone", "a.mp3")).Expect(200)["file"]!["file_id"]);
        var vendors = Assert.Single(await VendorFilesAsync("key-a"));

        (await Admin.PostAsync("/v1/files/delete", $$"""{ "file_id" : {{id}}, "purpose":"prompt_audio","x":1.0 }""")).ExpectBaseResp(200, 2013, "file_id");
        Assert.Equal($$"""{ "file_id" : {{vendors}}, "purpose":"prompt_audio","x":1.0 }""", Latest(Operation.FileDelete).Body);
        Assert.Equal([id], await ListedAsync());

        var deleted = (await DeleteAsync(id)).Expect(200);
        Assert.Equal((id, 0), (Number(deleted["file_id"]), deleted.BaseResp));
        Assert.Empty(await VendorFilesAsync("key-a"));
        Assert.Empty(await ListedAsync());
        LooksLike(await RetrieveAsync(Unknown), Unknown, await RetrieveAsync(id), id);
        VendorNeverSaw(id);
    }

    [Theory]
    [InlineData("""{"file_id":OWN,"file_id":FOREIGN,"purpose":"voice_clone"}""")]
    [InlineData("""{"file_id":FOREIGN,"file_id":OWN,"purpose":"voice_clone"}""")]
    [InlineData("""{"file_id":OWN,"File_Id":FOREIGN,"purpose":"voice_clone"}""")]
    [InlineData("""{"file_id":OWN,"file\u005fid":FOREIGN,"purpose":"voice_clone"}""")]
    public async Task No_second_id_in_a_delete_reaches_the_vendor(string body)
    {
        await AddAccountAsync("key-a");
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        var foreign = await UploadAsync("voice_clone", "a.mp3", by: other);
        var vendors = Assert.Single(await VendorFilesAsync("key-a"));
        var own = Number((await UploadAsync("voice_clone", "b.mp3", by: team)).Expect(200)["file"]!["file_id"]);

        (await team.PostAsync("/v1/files/delete", body.Replace("OWN", own, StringComparison.Ordinal).Replace("FOREIGN", vendors, StringComparison.Ordinal))).ExpectBaseResp(400, 2013, "file_id");

        Assert.Equal(2, (await VendorFilesAsync("key-a")).Count);
        (await RetrieveAsync(Number(foreign["file"]!["file_id"]), other)).Expect(200);
    }

    [Fact]
    public async Task An_id_with_leading_zeros_gets_an_answer_that_is_JSON()
    {
        await AddAccountAsync("key-a");
        var id = Number((await UploadAsync("voice_clone", "a.mp3")).Expect(200)["file"]!["file_id"]);

        Assert.Equal(id, Number((await RetrieveAsync($"00{id}")).Expect(200)["file"]?["file_id"] ?? id));
        Assert.Equal(
            id,
            Number(
                (await Admin.PostAsync("/v1/files/delete", $$"""{"file_id":"00{{id}}","purpose":"voice_clone"}""")).Expect(200)["file_id"]
                    ?? id));
    }

    [Fact]
    public async Task Anothers_file_looks_like_none()
    {
        await AddAccountAsync("key-a");
        var (team, other) = (await AddTeamAsync("one"), await AddTeamAsync("other"));
        var id = Number((await UploadAsync("voice_clone", "a.mp3", by: other)).Expect(200)["file"]!["file_id"]);

        LooksLike(await RetrieveAsync(Unknown, team), Unknown, await RetrieveAsync(id, team), id);
        LooksLike(await ContentAsync(Unknown, team), Unknown, await ContentAsync(id, team), id);
        LooksLike(await DeleteAsync(Unknown, by: team), Unknown, await DeleteAsync(id, by: team), id);
        Assert.Equal(0, (await RetrieveAsync(id)).Expect(200).BaseResp); // admins see all

        // The vendor's own ids are nobody's.
        var vendors = Assert.Single(await VendorFilesAsync("key-a"));
        LooksLike(await RetrieveAsync(Unknown), Unknown, await RetrieveAsync(vendors), vendors);
    }

    [Fact]
    public async Task A_form_that_is_none_is_told_so()
    {
        await AddAccountAsync("key-a");
        (await Admin.PostAsync("/v1/files/upload", new { purpose = "voice_clone" })).ExpectBaseResp(400, 2013, "Content-Type", "multipart/form-data");
        Assert.Equal(0, Sim.Ledger.Count(Operation.FileUpload));
    }

    [Fact]
    public async Task What_the_vendor_says_of_a_bad_file_is_relayed_with_its_status()
    {
        await AddAccountAsync("key-a");
        (await UploadAsync("video_generation_input", "a.exe")).ExpectBaseResp(400, 2013, "a.exe");
        (await UploadAsync("nothing", "a.mp3")).ExpectBaseResp(200, 2013, "invalid purpose");
        Assert.Empty(await ListedAsync());
    }

    [Fact]
    public async Task An_upload_above_the_limit_is_a_413()
    {
        await Gateway.StopAsync();
        Gateway["Gateway:Bodies:Upload"] = "1000000";
        await Gateway.StartAsync();
        await AddAccountAsync("key-a");

        (await UploadAsync("voice_clone", "a.mp3", Large)).ExpectBaseResp(413, 2013, "body");
        (await UploadAsync("voice_clone", "a.mp3", Filled(900_000))).Expect(200);
    }

    [Fact]
    public async Task Files_are_found_again_after_a_restart()
    {
        await AddAccountAsync("key-a");
        var id = Number((await UploadAsync("voice_clone", "a.mp3", Large)).Expect(200)["file"]!["file_id"]);

        await Gateway.RestartAsync();

        Assert.Equal(Large, (await ContentAsync(id)).Expect(200).Bytes);
        Assert.Equal([id], await ListedAsync());
    }

    [Fact]
    public async Task Whatever_is_wrong_with_the_account_is_not_told_to_the_caller()
    {
        await AddAccountAsync("key-a");
        var id = Number((await UploadAsync("voice_clone", "a.mp3")).Expect(200)["file"]!["file_id"]);
        Sim.SetKey("key-a", new KeySettings { Revoked = true });

        foreach (var answer in new[] { await ContentAsync(id), await RetrieveAsync(id), await DeleteAsync(id) })
            Assert.DoesNotContain("api key", answer.ExpectBaseResp(503, 1033).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(502)]
    [InlineData(404)]
    public async Task An_edges_page_is_no_content(int status)
    {
        await AddAccountAsync("key-a");
        var id = Number((await UploadAsync("voice_clone", "a.mp3")).Expect(200)["file"]!["file_id"]);
        Sim.Script.Next(Operation.FileContent, new FaultEffect.HttpStatus(status));

        (await ContentAsync(id)).ExpectBaseResp(503, 1033);
    }

    [Fact]
    public async Task Content_that_breaks_off_breaks_off_for_the_caller()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await RawUpstream.StartAsync(async context =>
        {
            if (context.Request.Path == "/v1/files/upload")
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                await context.Response.WriteAsync(
                    """{"file":{"file_id":1234567,"purpose":"voice_clone"},"base_resp":{"status_code":0,"status_msg":""}}""");
                return;
            }

            context.Response.ContentType = "audio/mpeg";
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await seen.Task;
            context.Abort();
        });
        (await Admin.PostAsync("/v1/minimax/accounts", new { url = upstream.BaseUrl, driver = "platform", validate = false, token = "key", maxJobs = 1 })).Expect(201);
        var id = Number((await UploadAsync("voice_clone", "a.mp3")).Expect(200)["file"]!["file_id"]);

        using var response = await Admin.OpenAsync(HttpMethod.Get, $"/v1/files/retrieve_content?file_id={id}");
        var content = await response.Content.ReadAsStreamAsync(Patience);
        await content.ReadExactlyAsync(new byte[4], Patience);
        seen.SetResult();
        // and nothing is logged as a failure of the gateway
        await Assert.ThrowsAnyAsync<IOException>(async () => await content.ReadExactlyAsync(new byte[96], Patience));
    }

    [Fact]
    public async Task A_key_that_an_upload_finds_dead_is_retired()
    {
        var dead = await AddAccountAsync("key-a");
        Sim.SetKey("key-a", new KeySettings { Revoked = true });
        (await UploadAsync("voice_clone", "a.mp3")).ExpectBaseResp(503, 1033);
        await EventuallyAsync(async () => (await AccountAsync(dead))["health"]!["state"]!.ToString() == "auth_failed");

        await AddAccountAsync("key-b");
        for (var i = 0; i < 5; i++) (await UploadAsync("voice_clone", "a.mp3")).Expect(200);
    }

    [Fact]
    public async Task A_callers_group_is_never_passed_on()
    {
        await AddAccountAsync("key-a");
        var id = Number((await UploadAsync("voice_clone", "a.mp3")).Expect(200)["file"]!["file_id"]);

        (await Admin.GetAsync($"/v1/files/retrieve?file_id={id}&GroupId=4711")).Expect(200);
        (await Admin.GetAsync($"/v1/files/retrieve_content?GroupId=4711&file_id={id}")).Expect(200);
        (await Admin.GetAsync("/v1/files/list?GroupId=4711")).Expect(200);
        (await Admin.PostAsync("/v1/files/delete?GroupId=4711", $$"""{"file_id":{{id}},"purpose":"voice_clone"}""")).Expect(200);
        (await Admin.PostAsync("/v1/t2a_v2?GroupId=4711", new { model = "speech-2.8-turbo", text = "Hi." })).Expect(200);
        (await Admin.PostAsync("/v1/get_voice?GroupId=4711", new { voice_type = "all" })).Expect(200);
        (await Admin.PostAsync("/v1/t2a_async_v2?GroupId=4711", new { model = "speech-2.8-turbo", text = "Hi." })).Expect(200);

        VendorNeverSaw("4711");
    }
}
