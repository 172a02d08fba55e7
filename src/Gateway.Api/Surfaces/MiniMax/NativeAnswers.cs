using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Api.Http;
using Gateway.Model.Answers;
using Gateway.Model.Json;
using Gateway.Upstreams.MiniMax.Requests;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>Answers of reads, on their way from one account to the caller.</summary>
internal static class NativeAnswers
{
    /// <summary>The upstream cannot be asked now, or its account's credential failed: not the caller's business which.</summary>
    public static readonly ApiError Unavailable = new(503, "upstream_unavailable", "The upstream did not answer usefully; try again.", RetryAfter: TimeSpan.FromSeconds(5));

    public static JsonObject SuccessNode() => new() { ["status_code"] = 0, ["status_msg"] = "success" };

    // As deep as verdicts are read; a tree cannot hold a name twice, and says so only when it is looked at.
    private static readonly JsonDocumentOptions OfAnswers = new() { MaxDepth = 512, AllowDuplicateProperties = false };

    /// <summary>A member of an answer that is a success; null where it has none of that name, or is such JSON as nobody makes in earnest.</summary>
    public static JsonNode? Member(ReadAnswer answer, string name)
    {
        try
        {
            return JsonNode.Parse(answer.Body, documentOptions: OfAnswers) is JsonObject body ? body[name] : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The answer as it came, but for the gateway's id at the given paths.</summary>
    public static IResult Relay(ReadAnswer answer, string? id = null, params string[] paths)
    {
        if (answer.Error is { } error && (answer.Trouble is not null || error.Class is not (ErrorClass.Caller or ErrorClass.Moderation) || !PlatformVerdict.Read(answer.Status, answer.Body).IsJson))
            throw new ApiException(Unavailable);

        var body = answer.Body;
        if (id is not null && JsonValues.Find(body, paths) is { Count: > 0 } values)
        {
            var splice = new JsonSplice(body);
            foreach (var value in values) splice.ReplaceId(value, id);
            body = splice.ToArray();
        }

        return new FinishedAnswer(answer.Status, answer.ContentType, body).ToResult();
    }
}
