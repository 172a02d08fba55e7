using System.Text;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;
using Gateway.Testing;

namespace Gateway.Api.Tests.Vendor;

/// <summary>Reads: files, the links of results, lists of models. What looks like an error may be somebody's own file.</summary>
public abstract class VendorFileContract : NativeTest
{
    private const int MiB = 1024 * 1024;

    private protected VendorFileContract(TestData data)
        : base(data)
    {
    }

    private async Task<string> UploadedAsync(string name, byte[] content) =>
        Number((await UploadAsync("t2a_async_input", name, content)).Expect(200)["file"]!["file_id"]);

    private Task<Answer> ContentAsync(string id) => Admin.GetAsync($"/v1/files/retrieve_content?file_id={id}");

    private static byte[] JsonOf(int bytes) => Encoding.UTF8.GetBytes($$"""{"text":"{{new string('a', bytes)}}"}""");

    public static TheoryData<string> ContentTypes =>
        ["application/json", "application/json; charset=utf-8", "text/html", "text/plain", "text/event-stream", "application/octet-stream", ""];

    /// <summary>An own file under whatever type the vendor gives it.</summary>
    private protected async Task V20_an_own_file_passes_whatever_it_looks_like(string contentType)
    {
        await AddAccountAsync("key-a");
        foreach (var content in new[]
        {
            JsonOf(9 * MiB), JsonOf(10), "[1,2]"u8.ToArray(), "<!DOCTYPE html><html><body>mine</body></html>"u8.ToArray(),
            "data: mine\n\n"u8.ToArray(),
            """{"base_resp":{"status_code":0,"status_msg":"of a file of mine"}}"""u8.ToArray(), [0x1F, 0x8B, 0, 1, 2],
        })
        {
            var id = await UploadedAsync("mine.txt", content);
            Sim.Script.Next(
                Operation.FileContent, new FaultEffect.Answer(Accepted: true, ContentType: contentType.Length > 0 ? contentType : null));
            var answer = (await ContentAsync(id)).Expect(200);
            Assert.True(
                content.AsSpan().SequenceEqual(answer.Bytes), $"Not the file, but {answer.Bytes.Length} bytes for {content.Length}");
        }
    }

    [Fact]
    public async Task V14_a_file_that_comes_gzipd_can_be_read()
    {
        await AddAccountAsync("key-a");
        var id = await UploadedAsync("mine.txt", Sample);
        Sim.Script.Next(Operation.FileContent, new FaultEffect.Answer(Accepted: true, ContentType: "text/plain", Gzip: true));

        Assert.Equal(Sample, Reading.Unpacked((await ContentAsync(id)).Expect(200)).Bytes);
    }

    [Fact]
    public async Task V20_an_error_is_no_file()
    {
        var account = await AddAccountAsync("key-a");
        var id = await UploadedAsync("mine.txt", Sample);
        foreach (var error in Says.CodedErrors(2013, "invalid params, invalid file_id", 400, "bad_request_error").Select(error => error.Effect).Concat<FaultEffect>(
            [Says.Page(502), Says.Page(404), Says.Line(404, "404 page not found"), Says.Json(Says.BaseResp(1002, "rate limit"))]))
        {
            Sim.Script.Next(Operation.FileContent, error);
            var answer = await ContentAsync(id);
            Assert.True(Reading.IsError(answer), $"{error}: {Reading.Start(answer)}");
        }

        // a line of text is suspicion, and a few seconds of rest
        Assert.NotEqual("auth_failed", (await AccountAsync(account))["health"]!["state"]!.ToString());
        Assert.Equal(Sample, (await ContentAsync(id)).Expect(200).Bytes);
    }

    [Fact]
    public async Task V14_an_upload_answered_in_odd_dress_is_known()
    {
        await AddAccountAsync("key-a");
        foreach (var dress in new FaultEffect.Answer[] { new(Accepted: true, Gzip: true), new(Accepted: true, ContentType: "text/plain"), new(Accepted: true, ContentType: null), new(Accepted: true, Status: 201) })
        {
            Sim.Script.Next(Operation.FileUpload, dress);
            var uploaded = await UploadAsync("t2a_async_input", "mine.txt");
            Assert.InRange(uploaded.Status, 200, 201);
            Assert.Equal(Sample, (await ContentAsync(Number(uploaded["file"]!["file_id"]))).Expect(200).Bytes);
        }
    }

    [Fact]
    public async Task V14_a_result_whose_link_answers_gzipd_can_be_read()
    {
        await AddAccountAsync("key-a");
        foreach (var task in VendorTask.All)
        {
            (await Admin.PostAsync(task.Path, task.Body)).Expect(200);
            var id = (await Admin.GetAsync("/v1/jobs?limit=1")).Json["jobs"]![0]!["id"]!.ToString();
            await WaitForAsync(id, "running");
            Sim.FinishAllTasks();
            await WaitForAsync(id, "succeeded");
            var plain = (await Admin.GetAsync($"/v1/jobs/{id}/content")).Expect(200).Bytes;
            Sim.Script.Always(Operation.FileDownload, new FaultEffect.Answer(Accepted: true, ContentType: "video/mp4", Gzip: true));
            Sim.Script.Always(Operation.FileContent, new FaultEffect.Answer(Accepted: true, ContentType: "video/mp4", Gzip: true));

            Assert.Equal(plain, Reading.Unpacked((await Admin.GetAsync($"/v1/jobs/{id}/content")).Expect(200)).Bytes);
            Sim.Script.Clear();
        }
    }

    [Fact]
    public async Task V22_a_list_of_models_in_any_form_is_read_or_left_out_and_blames_nobody()
    {
        var account = await AddAccountAsync("key-a");
        foreach (var answer in new FaultEffect[]
        {
            new FaultEffect.Answer(Accepted: true, Gzip: true), new FaultEffect.Answer(Accepted: true, ContentType: null), Says.Json("{}"),
            Says.Json("""{"object":"list","data":null}"""),
            Says.Json("""{"object":"list","data":[{"id":7},null,{"name":"x"}]}"""),
            Says.Json("[]"),
            Says.Page(200),
            Says.Page(502),
            new FaultEffect.Answer(ContentType: null),
        })
        {
            Sim.Script.Always(Operation.Models, answer);
            var listed = await Admin.GetAsync("/v1/models");
            Assert.True(listed.Status is 200 or 503, $"{answer}: {listed.Status} {listed.Body}");
            Sim.Script.Clear();
        }

        Assert.Equal("ok", (await AccountAsync(account))["health"]!["state"]!.ToString());
    }
}

public sealed class SqliteVendorFiles() : VendorFileContract(new SqliteData())
{
    [Theory]
    [MemberData(nameof(ContentTypes))]
    public Task V20_an_own_file_passes_under(string contentType) => V20_an_own_file_passes_whatever_it_looks_like(contentType);
}

public sealed class PostgresVendorFiles() : VendorFileContract(new PostgresData())
{
    [PostgresTheory]
    [MemberData(nameof(ContentTypes))]
    public Task V20_an_own_file_passes_under(string contentType) => V20_an_own_file_passes_whatever_it_looks_like(contentType);
}
