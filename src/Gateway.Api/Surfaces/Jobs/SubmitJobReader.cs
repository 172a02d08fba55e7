using System.Text.Json;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>
/// Reads the body of <c>POST /v1/jobs</c>, and hears of all that is wrong with it. The inner <c>request</c> stays the bytes the caller
/// sent.
/// </summary>
internal sealed class SubmitJobReader
{
    private static readonly string KindRule = $"must be one of {string.Join(", ", JobNames.AllKinds)}";

    private readonly byte[] _body;
    private readonly TeamId _team;
    private readonly FieldFaults _faults = new();
    private readonly ReplyFields _reply = new();
    private JobKind? _kind;
    private byte[]? _request;
    private AccountId? _account;
    private int _priority = 5;
    private JobTimes _times = JobTimes.Any;

    private SubmitJobReader(byte[] body, TeamId team) => (_body, _team) = (body, team);

    /// <param name="body">The body.</param>
    /// <param name="team">Whose it is.</param>
    /// <param name="mayQueue">Whether the caller lets the job wait.</param>
    /// <returns>The job, and what its request asks for.</returns>
    /// <exception cref="ApiException">Something is wrong with it.</exception>
    public static (JobDraft Draft, NativeRequest Native) Read(byte[] body, TeamId team, bool mayQueue) =>
        new SubmitJobReader(body, team).Read(mayQueue);

    private (JobDraft Draft, NativeRequest Native) Read(bool mayQueue)
    {
        foreach (var field in JsonObjectReader.Fields(_body)) _faults.Try(() => Take(field));
        _faults.Require(_kind is not null, "kind", KindRule);
        _faults.Require(_request is not null, "request", "must be MiniMax's native body, an object");
        CheckTimes(mayQueue);
        var reply = _faults.Try(_reply.ToReply);
        var native = _kind is { } kind && _request is { } request ? _faults.Try(() => NativeOf(kind, request)) : null;
        _faults.ThrowIfAny();
        var draft = new JobDraft(_team, native!.Work with { Pinned = _account }, _request!)
        {
            Priority = _priority,
            MayQueue = mayQueue,
            IsStreamed = native.Stream,
            Times = _times,
            Callback = native.Callback,
            Reply = reply,
        };
        return (draft, native);
    }

    private void Take(JsonObjectReader.Field field)
    {
        switch (field.Name)
        {
            case "kind": _kind = ReadKind(field); break;
            case "request": _request = ReadRequest(field); break;
            case "account": _account = ReadAccount(field); break;
            case "priority": _priority = (int)field.Integer(_body, 0, 9); break;
            case "runAt": _times = _times with { RunAt = ReadTime(field) }; break;
            case "startBy": _times = _times with { StartBy = ReadTime(field) }; break;
            case "finishBy": _times = _times with { FinishBy = ReadTime(field) }; break;
            case "replyUrl" or "replyRef" or "replyEvents": _reply.Read(field, _body); break;
            case "metadata": throw new ApiException(ApiError.NotBuilt("metadata", "A job's labels"));
            default:
                throw new ApiException(
                ApiError.Field(
                    field.Name,
                    "is no field of a job; the fields are kind, request, account, priority, runAt, startBy, finishBy, replyUrl, " +
                        "replyRef, replyEvents"));
        }
    }

    // What the inner request asks for.
    private static NativeRequest NativeOf(JobKind kind, byte[] body)
    {
        var request = NativeRequest.Read(kind, operation: null, body, "request.");
        if (kind == JobKind.Video) return request with { Stream = false }; // no field of a video's: it means nothing there
        if (kind != JobKind.Chat && request.Stream)
            throw new ApiException(ApiError.NotBuilt("request.stream", $"A {kind.Name} job that streams"));
        return request;
    }

    private DateTimeOffset? ReadTime(JsonObjectReader.Field field) =>
        field.Type == JsonTokenType.Null ? null
        : Instants.TryParse(field.Text(_body, Instants.MaxLength), out var instant) ? instant
        : throw new ApiException(ApiError.Field(field.Name, Instants.Rule));

    private void CheckTimes(bool mayQueue)
    {
        if (_times.RunAt is not null && !mayQueue)
            _faults.Add("runAt", "must be left out with 'Gateway-Queue: off': such a job has to wait in the queue");
        if (_times.StartBy <= _times.RunAt) _faults.Add("startBy", "must be later than runAt");
        if (_times.FinishBy <= _times.RunAt) _faults.Add("finishBy", "must be later than runAt");
        else if (_times.FinishBy <= _times.StartBy) _faults.Add("finishBy", "must be later than startBy");
    }

    private AccountId? ReadAccount(JsonObjectReader.Field field) =>
        field.Type == JsonTokenType.Null ? null
        : AccountId.TryParse(field.Text(_body, AccountId.MaxLength), out var id) ? id
        : throw new ApiException(ApiError.Field("account", "must be an account id of 1 to 32 digits"));

    private JobKind ReadKind(JsonObjectReader.Field field) =>
        JobNames.TryParseKind(field.Text(_body, 16), out var kind) ? kind : throw new ApiException(ApiError.Field("kind", KindRule));

    private byte[] ReadRequest(JsonObjectReader.Field field) =>
        field.Type == JsonTokenType.StartObject
            ? _body[field.Bytes]
            : throw new ApiException(ApiError.Field("request", "must be an object"));
}
