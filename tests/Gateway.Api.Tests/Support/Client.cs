using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Api.Tests.Support;

/// <summary>A whole answer.</summary>
internal sealed record Answer(int Status, string Body, byte[] Bytes, IReadOnlyDictionary<string, string> Headers)
{
    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public JsonNode? this[string field] => Json[field];

    public string Text(string field) => Json[field]?.ToString() ?? throw new KeyNotFoundException($"No '{field}' in {Body}");

    public int BaseResp => Json["base_resp"]!["status_code"]!.GetValue<int>();

    /// <summary>The answer, when it has this status; else the test ends with what it says instead.</summary>
    public Answer Expect(int status)
    {
        Assert.True(Status == status, $"Expected {status}, was {Status}: {Body}");
        return this;
    }

    /// <summary>An error of the gateway's own dialect about this field, whose rule mentions this.</summary>
    public Answer ExpectProblem(int status, string code, string? field = null, string? rule = null)
    {
        Expect(status);
        Assert.StartsWith("application/problem+json", Header("Content-Type"), StringComparison.Ordinal);
        Assert.Equal(code, Text("code"));
        Assert.Equal(status, Json["status"]!.GetValue<int>());
        if (field is null) return this;

        var errors = Json["errors"]!.AsArray()
            .Select(error => (Field: error!["field"]!.ToString(), Rule: error["rule"]!.ToString()))
            .ToList();
        Assert.Contains(errors, error => error.Field == field && error.Rule.Contains(rule ?? "", StringComparison.OrdinalIgnoreCase));
        return this;
    }

    /// <summary>An error of useapi.net's dialect that names these words.</summary>
    public Answer ExpectUseapi(int status, params string[] words)
    {
        Expect(status);
        Assert.Equal(status, Json["code"]!.GetValue<int>());
        foreach (var word in words) Assert.Contains(word, Text("error"), StringComparison.Ordinal);
        return this;
    }

    /// <summary>An error of MiniMax's dialect that names these words.</summary>
    public Answer ExpectBaseResp(int status, int code, params string[] words)
    {
        Expect(status);
        Assert.Equal(code, BaseResp);
        foreach (var word in words) Assert.Contains(word, Json["base_resp"]!["status_msg"]!.ToString(), StringComparison.Ordinal);
        return this;
    }
}

/// <summary>One caller of the gateway, over real HTTP.</summary>
internal sealed class Client(GatewayUnderTest gateway, HttpClient http, string? token, CancellationToken patience)
{
    public string? Token => token;

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> PostAsync(string path, object? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, body, headers);

    public Task<Answer> PatchAsync(string path, object? body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Patch, path, body, headers);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null, []);

    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body, (string Name, string Value)[] headers)
    {
        using var response = await OpenAsync(method, path, body, headers);
        return await ReadAsync(response, patience);
    }

    /// <summary>The answer as soon as its head is here; the caller reads the rest.</summary>
    public Task<HttpResponseMessage> OpenAsync(
        HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers) =>
        OpenAsync(method, path, body, headers, patience);

    public async Task<HttpResponseMessage> OpenAsync(
        HttpMethod method, string path, object? body, (string Name, string Value)[] headers, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(gateway.Address, path)) { Content = ContentOf(body) };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public static async Task<Answer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(
            header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, Encoding.UTF8.GetString(bytes), bytes, headers);
    }

    private static ByteArrayContent? ContentOf(object? body)
    {
        if (body is null) return null;
        var content = new ByteArrayContent(body switch
        {
            byte[] bytes => bytes,
            string text => Encoding.UTF8.GetBytes(text),
            JsonNode node => Encoding.UTF8.GetBytes(node.ToJsonString()),
            _ => JsonSerializer.SerializeToUtf8Bytes(body),
        });
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
