using System.Collections.Frozen;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Grains.Jobs;
using Gateway.Grains.Turns;

namespace Gateway.Grains.Upstreams.Platform;

/// <summary>MiniMax's open platform API (specs: minimax-platform-api.md): video tasks, files, and calls as jobs.</summary>
internal sealed class PlatformDriver(UpstreamHttp http, TimeProvider time) : IUpstream
{
    public const string Name = "platform";

    private const int LargestAnswer = 64 * 1024 * 1024;
    private const int LargestPoll = 1024 * 1024;

    public string Driver => Name;

    public FrozenSet<JobKind> Kinds { get; } = [.. Enum.GetValues<JobKind>()];

    public bool Serves(Uri baseUrl, Work work) => Kinds.Contains(work.Kind);

    public Task<SubmitOutcome> SubmitAsync(UpstreamAccount account, UpstreamRequest request, Action beforeFirstByte, CancellationToken cancellationToken) =>
        request.Kind == JobKind.Video
            ? SendAsync(account, PlatformPaths.VideoGeneration, request.Body, beforeFirstByte, ReadTask, cancellationToken)
            : SendAsync(account, PlatformPaths.CallOf(request.Kind), request.Body, beforeFirstByte, ReadResult, cancellationToken);

    public async Task<PollOutcome> PollAsync(UpstreamAccount account, UpstreamRequest request, string taskId, CancellationToken cancellationToken)
    {
        var (status, body, trouble) = await GetAsync(account, $"{PlatformPaths.QueryVideo}?task_id={Uri.EscapeDataString(taskId)}", cancellationToken);
        return trouble is not null ? new PollOutcome.Trouble(trouble) : ReadPoll(request.Id, status, body);
    }

    public async Task<UpstreamError?> ValidateAsync(UpstreamAccount account, CancellationToken cancellationToken)
    {
        var (status, body, trouble) = await GetAsync(account, PlatformPaths.Models, cancellationToken);
        return trouble is not null ? PlatformErrors.NotSent(trouble) : PlatformVerdict.Of(status, body);
    }

    /// <summary>The file's description with a fresh link, as MiniMax answers it; null with the reason when it does not.</summary>
    public async Task<(byte[]? Answer, UpstreamError? Error)> RetrieveFileAsync(UpstreamAccount account, string fileId, CancellationToken cancellationToken)
    {
        var (status, body, trouble) = await GetAsync(account, $"{PlatformPaths.RetrieveFile}?file_id={Uri.EscapeDataString(fileId)}", cancellationToken);
        if (trouble is not null) return (null, PlatformErrors.NotSent(trouble));
        return PlatformVerdict.Of(status, body) is { } error ? (null, error)
            : PlatformVerdict.IsJson(body) ? (body, null)
            : (null, PlatformErrors.Broken("The upstream's answer is no JSON."));
    }

    // J3: no connection = not accepted; a clear answer = what it says; everything else = unclear.
    private async Task<SubmitOutcome> SendAsync(
        UpstreamAccount account, string path, ReadOnlyMemory<byte> body, Action beforeFirstByte, Func<byte[], SubmitOutcome> read, CancellationToken cancellationToken)
    {
        var content = new OnceContent(body, beforeFirstByte);
        using var request = Request(account, HttpMethod.Post, path, content);
        using var patience = new Patience(KindLimits.FirstByte, time, cancellationToken);
        try
        {
            using var response = await http.For(account.BaseUrl).SendAsync(request, patience.Token);
            var answer = await response.Content.ReadAtMostAsync(LargestAnswer, patience.Token);
            return ReadSubmit((int)response.StatusCode, answer, read);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException or NodeNotAliveException)
        {
            var why = patience.Explain(broken);
            return content.Started ? new SubmitOutcome.Unclear(why) : new SubmitOutcome.Refused(PlatformErrors.NotSent(why));
        }
    }

    private static SubmitOutcome ReadSubmit(int status, byte[] answer, Func<byte[], SubmitOutcome> read)
    {
        if (PlatformVerdict.Of(status, answer) is { } error)
            return error.Billed == Billed.No ? new SubmitOutcome.Refused(error) : new SubmitOutcome.Unclear(error.Message);
        return PlatformVerdict.IsJson(answer) ? read(answer) : new SubmitOutcome.Unclear("The upstream's answer is no JSON.");
    }

    private static SubmitOutcome ReadTask(byte[] answer)
    {
        try
        {
            var taskId = JsonSerializer.Deserialize(answer, PlatformJson.Default.PlatformSubmitted)?.TaskId;
            return taskId is { Length: > 0 and <= 128 } ? new SubmitOutcome.Accepted(taskId) : new SubmitOutcome.Unclear("The upstream's answer names no task.");
        }
        catch (JsonException)
        {
            return new SubmitOutcome.Unclear("The upstream's answer cannot be read.");
        }
    }

    private static SubmitOutcome ReadResult(byte[] answer) => new SubmitOutcome.Completed(answer, Reported: null);

    private static PollOutcome ReadPoll(JobId id, int status, byte[] body)
    {
        if (ReadTaskState(body) is not { } task) return new PollOutcome.Trouble($"The upstream answered {status} without a task.");
        if (task.Status is "Fail" or "Failed")
            return new PollOutcome.Failed(PlatformErrors.OfFailedTask(task.BaseResp?.StatusCode ?? 0, task.BaseResp?.StatusMsg is { Length: > 0 } message ? message : "The upstream failed the task."));
        if (PlatformVerdict.Of(status, body) is { } error)
            return error.Class == ErrorClass.AuthDead ? new PollOutcome.Unreadable(error) : new PollOutcome.Trouble(error.Describe());
        return task.Status == "Success" && task.FileId is { Length: > 0 } ? Succeeded(id, task) : new PollOutcome.StillRunning();
    }

    // The result is MiniMax's own answer with the gateway's ids in place of the upstream's.
    private static PollOutcome.Succeeded Succeeded(JobId id, PlatformTask task)
    {
        var result = task with { TaskId = id.ToString(), FileId = id.ToString(), BaseResp = new PlatformBaseResp(0, "success") };
        return new PollOutcome.Succeeded(JsonSerializer.SerializeToUtf8Bytes(result, PlatformJson.Default.PlatformTask), task.FileId, Reported: null);
    }

    private static PlatformTask? ReadTaskState(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, PlatformJson.Default.PlatformTask);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<(int Status, byte[] Body, string? Trouble)> GetAsync(UpstreamAccount account, string path, CancellationToken cancellationToken)
    {
        using var request = Request(account, HttpMethod.Get, path, content: null);
        using var patience = new Patience(KindLimits.FirstByte, time, cancellationToken);
        try
        {
            using var response = await http.For(account.BaseUrl).SendAsync(request, patience.Token);
            return ((int)response.StatusCode, await response.Content.ReadAtMostAsync(LargestPoll, patience.Token), null);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return (0, [], patience.Explain(broken));
        }
    }

    internal static HttpRequestMessage Request(UpstreamAccount account, HttpMethod method, string path, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, new Uri(account.BaseUrl, path)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", account.Secret);
        return request;
    }
}

/// <summary>MiniMax's paths, as this driver calls them and its surface offers them.</summary>
internal static class PlatformPaths
{
    public const string Chat = "/v1/text/chatcompletion_v2";
    public const string Image = "/v1/image_generation";
    public const string Speech = "/v1/t2a_v2";
    public const string Music = "/v1/music_generation";
    public const string VideoGeneration = "/v1/video_generation";
    public const string QueryVideo = "/v1/query/video_generation";
    public const string RetrieveFile = "/v1/files/retrieve";
    public const string Models = "/v1/models";

    /// <summary>The path of a kind that is answered at once.</summary>
    public static string CallOf(JobKind kind) => kind switch
    {
        JobKind.Chat => Chat,
        JobKind.Image => Image,
        JobKind.Speech => Speech,
        JobKind.Music => Music,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "is no call"),
    };
}
