using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Engine.Jobs;
using Gateway.Model;
using Gateway.Model.Jobs;

namespace Gateway.Silo.Outbound;

/// <summary>The body of a webhook (docs/surfaces.md: a fixed contract): the job as it was after the change, as its team sees it.</summary>
internal sealed class WebhookText(JobViews views)
{
    /// <summary>What a body stays below (P4): receivers in front of queues and functions take little more.</summary>
    public const int Largest = 20_000;

    private const int LongestError = 1_000;

    private static readonly WebhookJson Json = new(OwnJson.Like(WebhookJson.Default.Options));

    public async Task<byte[]> OfAsync(JobEvent change, CancellationToken cancellationToken)
    {
        var thin = views.View(change.State, toAdmin: false);
        var whole = Write(change, thin with { Result = await views.ResultAsync(change.State, cancellationToken) });
        return whole.Length < Largest ? whole : Write(change, Shortened(change.State, thin));
    }

    /// <summary>What a test call sends.</summary>
    public static byte[] Test(DateTimeOffset now) =>
        JsonSerializer.SerializeToUtf8Bytes(new WebhookTest("webhook.test", now), Json.WebhookTest);

    private static JobView Shortened(JobState job, JobView view) => view with
    {
        Result = job.Result is { } result ? JobViews.LinkTo(job, result) : null,
        Reason = Cut(view.Reason),
        Error = view.Error is { } error ? error with { Message = Cut(error.Message)! } : null,
    };

    private static string? Cut(string? text) => text is { Length: > LongestError } ? text[..LongestError] : text;

    private static byte[] Write(JobEvent change, JobView view) => JsonSerializer.SerializeToUtf8Bytes(
        new WebhookBody(EventNames.Of(change.Status), change.At, view, change.State.Reply?.Ref), Json.WebhookBody);
}

internal sealed record WebhookBody(string Type, DateTimeOffset Timestamp, JobView Data, string? ReplyRef);

internal sealed record WebhookTest(string Type, DateTimeOffset Timestamp);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WebhookBody))]
[JsonSerializable(typeof(WebhookTest))]
internal sealed partial class WebhookJson : JsonSerializerContext;
