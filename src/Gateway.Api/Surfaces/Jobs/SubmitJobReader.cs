using System.Text.Json;
using Gateway.Api.Http;
using Gateway.Api.Surfaces.MiniMax;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>Reads the body of <c>POST /v1/jobs</c>. The inner <c>request</c> stays the bytes the caller sent.</summary>
internal static class SubmitJobReader
{
    private static readonly string KindRule = $"must be one of {string.Join(", ", JobNames.AllKinds)}";

    public static SubmitJob Read(byte[] body)
    {
        JobKind? kind = null;
        byte[]? request = null;
        string? account = null;
        var priority = 5;
        var times = JobTimes.Any;
        var reply = new ReplyFields();
        foreach (var field in JsonObjectReader.Fields(body))
        {
            switch (field.Name)
            {
                case "kind": kind = ReadKind(field, body); break;
                case "request": request = ReadRequest(field, body); break;
                case "account" when field.Type == JsonTokenType.Null: break;
                case "account": account = field.Text(body, AccountId.MaxLength); break;
                case "priority": priority = (int)field.Integer(body, 0, 9); break;
                case "runAt": times = times with { RunAt = ReadTime(field, body) }; break;
                case "startBy": times = times with { StartBy = ReadTime(field, body) }; break;
                case "finishBy": times = times with { FinishBy = ReadTime(field, body) }; break;
                case "replyUrl" or "replyRef" or "replyEvents": reply.Read(field, body); break;
                default: throw new ApiException(ApiError.Field(field.Name, "is no field of a job; the fields are kind, request, account, priority, runAt, startBy, finishBy, replyUrl, replyRef, replyEvents"));
            }
        }

        if (kind is not { } known) throw new ApiException(ApiError.Field("kind", KindRule));
        if (request is null) throw new ApiException(ApiError.Field("request", "must be MiniMax's native body, an object"));
        CheckOrder(times);
        return new SubmitJob(known, request, account, priority, times, reply.ToReply());
    }

    /// <summary>What the inner request asks for.</summary>
    public static NativeRequest NativeOf(SubmitJob submit)
    {
        var request = NativeRequest.Read(submit.Kind, operation: null, submit.Request, "request.");
        if (submit.Kind == JobKind.Video) return request with { Stream = false }; // no field of a video's: it means nothing there
        if (submit.Kind != JobKind.Chat && request.Stream) throw new ApiException(ApiError.NotBuilt("request.stream", $"A {submit.Kind.Name} job that streams"));
        return request;
    }

    private static DateTimeOffset? ReadTime(JsonObjectReader.Field field, byte[] body) =>
        field.Type == JsonTokenType.Null ? null
        : Instants.TryParse(field.Text(body, Instants.MaxLength), out var instant) ? instant
        : throw new ApiException(ApiError.Field(field.Name, Instants.Rule));

    private static void CheckOrder(JobTimes times)
    {
        if (times.StartBy <= times.RunAt) throw new ApiException(ApiError.Field("startBy", "must be later than runAt"));
        if (times.FinishBy <= times.RunAt) throw new ApiException(ApiError.Field("finishBy", "must be later than runAt"));
        if (times.FinishBy <= times.StartBy) throw new ApiException(ApiError.Field("finishBy", "must be later than startBy"));
    }

    private static JobKind ReadKind(JsonObjectReader.Field field, byte[] body) =>
        JobNames.TryParseKind(field.Text(body, 16), out var kind) ? kind : throw new ApiException(ApiError.Field("kind", KindRule));

    private static byte[] ReadRequest(JsonObjectReader.Field field, byte[] body) =>
        field.Type == JsonTokenType.StartObject ? body[field.Bytes] : throw new ApiException(ApiError.Field("request", "must be an object"));
}
