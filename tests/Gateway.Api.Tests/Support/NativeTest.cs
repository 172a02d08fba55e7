using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Support;

/// <summary>A test of MiniMax's own paths: uploads, what the vendor itself knows, and the types of JSON.</summary>
public abstract class NativeTest : GatewayTest
{
    private protected const string SystemVoice = "English_Graceful_Lady";

    private protected NativeTest()
    {
    }

    private protected NativeTest(TestData data, TimeProvider? time = null)
        : base(data, time)
    {
    }

    private protected static readonly byte[] Sample = Encoding.UTF8.GetBytes("the sample of a voice");

    private protected Task<Answer> UploadAsync(string purpose, string name, byte[]? content = null, Client? by = null) =>
        PostFormAsync("/v1/files/upload", Form(purpose, name, content ?? Sample), by);

    private protected async Task<Answer> PostFormAsync(string path, HttpContent form, Client? by = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Gateway.Address, path)) { Content = form };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (by ?? Admin).Token);
        using var response = await http.SendAsync(request, Patience);
        return await Client.ReadAsync(response, Patience);
    }

    private protected static MultipartFormDataContent Form(string purpose, string name, byte[] content)
    {
        var file = new ByteArrayContent(content);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return new MultipartFormDataContent { { new StringContent(purpose), "purpose" }, { file, "file", name } };
    }

    /// <summary>Uploads to this account, all others being drained meanwhile. Answers the gateway's id.</summary>
    private protected Task<string> UploadOnAsync(string account, string purpose, string name, byte[]? content = null, Client? by = null) =>
        OnlyOnAsync(account, async () => Text((await UploadAsync(purpose, name, content, by)).Expect(200)["file"]!["file_id"]));

    /// <summary>Does something while only this account takes work.</summary>
    private protected async Task<T> OnlyOnAsync<T>(string account, Func<Task<T>> work)
    {
        var others = (await Admin.GetAsync("/v1/minimax/accounts")).Expect(200).Json
            .Select(entry => entry.Key)
            .Where(id => id != account)
            .ToList();
        foreach (var other in others) await ActAsync(other, "drain");
        var result = await work();
        foreach (var other in others) await ActAsync(other, "resume");
        return result;
    }

    private protected async Task ActAsync(string account, string action) =>
        (await Admin.PostAsync($"/v1/admin/accounts/{account}/{action}")).Expect(200);

    /// <summary>Asks the vendor itself with an account's key, as the account's owner could.</summary>
    private protected async Task<JsonObject> VendorAsync(string key, HttpMethod method, string path, object? body = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(Sim.BaseUrl, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (body is not null) request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, Patience);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Patience))!.AsObject();
    }

    /// <summary>The vendor's ids of the files a key has.</summary>
    private protected async Task<IReadOnlyList<string>> VendorFilesAsync(string key) =>
        [.. (await VendorAsync(key, HttpMethod.Get, "/v1/files/list"))["files"]!.AsArray().Select(file => file!["file_id"]!.ToString())];

    private protected async Task<byte[]> DownloadAsync(string url)
    {
        using var http = new HttpClient();
        return await http.GetByteArrayAsync(url, Patience);
    }

    /// <summary>No request the vendor saw names this id of the gateway's.</summary>
    private protected void VendorNeverSaw(string gatewayId) => Assert.All(Sim.Ledger.Requests(), sent =>
        Assert.DoesNotContain(gatewayId, $"{sent.Path} {sent.Query} {sent.Body}", StringComparison.Ordinal));

    /// <summary>The latest request of an operation, as it came to the vendor.</summary>
    private protected RecordedRequest Latest(Operation operation) => Sim.Ledger.Requests(operation)[^1];

    /// <summary>
    /// What belongs to somebody else and what does not exist must look the same: status, headers and body, but for the id
    /// itself and what is different in any two answers.
    /// </summary>
    private protected static void LooksLike(Answer unknown, string unknownId, Answer foreign, string foreignId)
    {
        Assert.Equal(unknown.Status, foreign.Status);
        Assert.Equal(Masked(unknown.Body, unknownId), Masked(foreign.Body, foreignId));
        Assert.Equal(HeadersOf(unknown), HeadersOf(foreign));
    }

    /// <summary>The text of a scalar that must be a string.</summary>
    private protected static string String(JsonNode? node)
    {
        Assert.Equal(JsonValueKind.String, node?.GetValueKind());
        return node!.ToString();
    }

    /// <summary>The digits of a scalar that must be a number.</summary>
    private protected static string Number(JsonNode? node)
    {
        Assert.Equal(JsonValueKind.Number, node?.GetValueKind());
        return node!.ToString();
    }

    private protected static string Text(JsonNode? node) => node?.ToString() ?? throw new KeyNotFoundException();

    private static string Masked(string body, string id)
    {
        var masked = body.Replace(id, "{id}", StringComparison.Ordinal);
        return JsonNode.Parse(masked)?["request_id"]?.ToString() is { Length: > 0 } request
            ? masked.Replace(request, "{request}", StringComparison.Ordinal)
            : masked;
    }

    private static IEnumerable<string> HeadersOf(Answer answer) =>
        answer.Headers.Where(
            header =>
                header.Key is not "Date"
                    && !header.Key.StartsWith("Content-Length", StringComparison.OrdinalIgnoreCase)
                    && !header.Key.Equals("X-Request-Id", StringComparison.OrdinalIgnoreCase))
            .Select(header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal);
}
