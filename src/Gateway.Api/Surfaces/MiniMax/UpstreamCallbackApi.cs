using System.Text.Json;
using Gateway.Api.Bodies;
using Gateway.Api.Http;
using Gateway.Api.Surfaces.MiniMax.Answers;
using Gateway.Engine.Upstreams;
using Gateway.Model.Json;
using Gateway.Model.Native;
using Gateway.Silo.Polling;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>
/// Where MiniMax tells us that a task has moved (docs/minimax.md, "Callbacks"). The token in the path is all the proof there is, so what is
/// said here is only a hint to ask (J2): the worst a stranger with a token can do is a poll.
/// </summary>
internal static class UpstreamCallbackApi
{
    /// <summary>Many times what a task's status takes.</summary>
    private const long LargestBody = 64 * 1024;

    private static ApiException NoSuchTask() => new(new ApiError(404, "not_found", "There is no such task."));

    public static void MapUpstreamCallbacks(this IEndpointRouteBuilder routes) =>
        routes.MapPost($"{UpstreamCallbacks.Path}{{token}}", HearAsync).WithMetadata(MiniMaxDialect.Instance).ExcludeFromDescription();

    private static async Task<IResult> HearAsync(
        string token, HttpContext context, UpstreamCallbacks callbacks, TaskPoller poller, CancellationToken cancellationToken)
    {
        if (callbacks.JobOf(token) is not { } job) throw NoSuchTask();
        var body = await context.Request.ReadBodyAsync(LargestBody, cancellationToken);
        if (ChallengeIn(body) is { } challenge)
            return await poller.KnowsAsync(job, cancellationToken)
                ? Results.Text($$"""{"challenge":{{challenge}}}""", "application/json")
                : throw NoSuchTask();
        return await poller.HintAsync(job, cancellationToken)
            ? Results.Json(new BaseRespAnswer(BaseResp.Success), MiniMaxJson.Own.BaseRespAnswer)
            : throw NoSuchTask();
    }

    // The value as it was written, quotes included: it is to come back unchanged.
    private static string? ChallengeIn(byte[] body) => JsonValues.Find(body, "challenge") is [{ Type: JsonTokenType.String } challenge]
        ? System.Text.Encoding.UTF8.GetString(body.AsSpan(challenge.Bytes))
        : null;
}
