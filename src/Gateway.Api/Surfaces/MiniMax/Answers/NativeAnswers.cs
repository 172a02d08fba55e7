using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Api.Http;
using Gateway.Engine.Upstreams;
using Gateway.Model.Answers;
using Gateway.Model.Json;

namespace Gateway.Api.Surfaces.MiniMax.Answers;

/// <summary>Answers of reads, on their way from one account to the caller.</summary>
internal static class NativeAnswers
{
    public static JsonObject SuccessNode() => new() { ["status_code"] = 0, ["status_msg"] = "success" };

    // As deep as verdicts are read; a tree cannot hold a name twice, and says so only when it is looked at.
    private static readonly JsonDocumentOptions OfAnswers = new() { MaxDepth = 512, AllowDuplicateProperties = false };

    /// <summary>
    /// A member of an answer that is a success; null where it has none of that name, or is such JSON as nobody makes in earnest.
    /// </summary>
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
        if (answer.Error is { } error && (error.Class is not (ErrorClass.Caller or ErrorClass.Moderation) || !answer.IsNative))
            throw new ApiException(ApiError.UpstreamUnavailable);

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
