using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gateway.Simulator;

/// <summary>One request as the platform sees it: who asks, for what, with which body.</summary>
internal sealed class Exchange
{
    public Exchange(HttpRequest request, Operation operation, string key, Account? account, byte[] body, DateTimeOffset receivedAt)
    {
        Request = request;
        Operation = operation;
        Key = key;
        Account = account;
        Body = body;
        ReceivedAt = receivedAt;
        Text = Encoding.UTF8.GetString(body);
        Json = Parse(body);
        Model = Json?.Text("model") ?? "";
    }

    public HttpRequest Request { get; }

    public Operation Operation { get; }

    public string Key { get; }

    /// <summary>Null when the key is missing or unknown.</summary>
    public Account? Account { get; }

    public byte[] Body { get; }

    public string Text { get; }

    /// <summary>The body, when it is a JSON object.</summary>
    public JsonElement? Json { get; }

    public string Model { get; }

    public DateTimeOffset ReceivedAt { get; }

    /// <summary>The <c>trace-id</c> header and, on chats, the <c>id</c> of the body.</summary>
    public string TraceId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>SHA-256 of the raw body, in lower-case hex.</summary>
    public string Hash => field ??= Convert.ToHexStringLower(SHA256.HashData(Body));

    /// <summary>Calls of this operation that ran on the key when this one had come in; itself included.</summary>
    public int Concurrent { get; set; }

    /// <summary>Where the client reached the platform; links start with it.</summary>
    public string Origin => $"{Request.Scheme}://{Request.Host}";

    public FaultEffect? Fault { get; set; }

    public bool WantsStream => Json?.Flag("stream") == true;

    public string Query(string name) => Request.Query[name].ToString();

    private static JsonElement? Parse(byte[] body)
    {
        if (body.Length == 0)
        {
            return null;
        }

        try
        {
            JsonElement root = JsonElement.Parse(body);
            return root.ValueKind == JsonValueKind.Object ? root : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
