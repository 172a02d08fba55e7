using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Gateway.Api.Tests.Support;

/// <summary>A webhook as it arrived, whole.</summary>
internal sealed record Webhook(string Id, string Timestamp, string Signature, byte[] Body)
{
    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();

    public string Type => Json["type"]!.ToString();

    public JsonObject Job => Json["data"]!.AsObject();

    public int Signatures => Signature.Split(' ').Length;

    /// <summary>
    /// Whether the secret's holder would believe it. Written from the text of Standard Webhooks alone, with nothing of the gateway's:
    /// base64(HMAC-SHA256(base64-decoded secret without prefix, id.timestamp.body)) is one of the v1 signatures.
    /// </summary>
    public bool IsSignedWith(string secret)
    {
        using var hmac = IncrementalHash.CreateHMAC(
            HashAlgorithmName.SHA256, Convert.FromBase64String(secret.Replace("whsec_", "", StringComparison.Ordinal)));
        hmac.AppendData(Encoding.UTF8.GetBytes(Id + "." + Timestamp + "."));
        hmac.AppendData(Body);
        var expected = Convert.ToBase64String(hmac.GetHashAndReset());
        return Signature.Split(' ').Any(part => part.Split(',', 2) is ["v1", var given] && given == expected);
    }

    public DateTimeOffset At => DateTimeOffset.FromUnixTimeSeconds(long.Parse(Timestamp, CultureInfo.InvariantCulture));
}

/// <summary>A team's own receiver of webhooks, on loopback. It answers as the test tells it and keeps all that came.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly Channel<Webhook> _came = Channel.CreateUnbounded<Webhook>();
    private RawUpstream _http = null!;

    public string Url { get; private set; } = "";

    /// <summary>The status of its answers.</summary>
    public int Answers { get; set; } = 200;

    /// <summary>Its wish of when to be asked again.</summary>
    public string? RetryAfter { get; set; }

    public static async Task<WebhookReceiver> StartAsync()
    {
        var receiver = new WebhookReceiver();
        receiver._http = await RawUpstream.StartAsync(receiver.AnswerAsync);
        receiver.Url = new Uri(receiver._http.BaseUrl, "/hook?token=of-the-team").ToString();
        return receiver;
    }

    /// <summary>The next one that comes, whatever it is answered.</summary>
    public ValueTask<Webhook> NextAsync(CancellationToken cancellationToken) => _came.Reader.ReadAsync(cancellationToken);

    public bool HasMore => _came.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync() => await _http.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var headers = context.Request.Headers;
        context.Response.StatusCode = Answers;
        if (RetryAfter is { } wish) context.Response.Headers.RetryAfter = wish;
        await context.Response.CompleteAsync();
        _came.Writer.TryWrite(
            new Webhook(
                headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(),
                body.ToArray()));
    }
}
