using System.Collections.Frozen;
using Gateway.Grains.Jobs;
using Gateway.Grains.Turns;
using Gateway.Grains.Upstreams.Platform.Tasks;

namespace Gateway.Grains.Upstreams.Platform;

/// <summary>MiniMax's open platform API (specs: minimax-platform-api.md): its tasks, and its calls as jobs.</summary>
internal sealed class PlatformDriver(UpstreamHttp http, PlatformReads reads, PlatformCalls calls, UpstreamCallbacks callbacks, TimeProvider time) : IUpstream
{
    public const string Name = "platform";

    private const int LargestAnswer = 64 * 1024 * 1024;

    public string Driver => Name;

    public FrozenSet<JobKind> Kinds { get; } = [.. Enum.GetValues<JobKind>()];

    public bool Serves(Uri baseUrl, Work work) => !PlatformHosts.ServesSpeechOnly(baseUrl)
        ? Kinds.Contains(work.Kind)
        : work is { Kind: JobKind.Speech, Operation: WorkOperation.Plain };

    public Task<SubmitOutcome> SubmitAsync(UpstreamAccount account, UpstreamRequest request, Action beforeFirstByte, CancellationToken cancellationToken) =>
        PlatformTasks.Of(request.Kind, request.Operation) is { } tasks
            ? SendAsync(account, tasks.SubmitPath, BodyOf(request, tasks), beforeFirstByte, ReadTask, cancellationToken)
            : request.IsStreamed ? StreamAsync(account, request, beforeFirstByte, cancellationToken)
            : SendAsync(account, PlatformPaths.CallOf(request.Kind, request.Operation), request.Body, beforeFirstByte, answer => ReadResult(request, answer), cancellationToken);

    public async Task<PollOutcome> PollAsync(UpstreamAccount account, UpstreamRequest request, string taskId, CancellationToken cancellationToken)
    {
        var tasks = PlatformTasks.Of(request.Kind, request.Operation)!;
        var answer = await reads.GetAsync(account, tasks.QueryPath(taskId), cancellationToken);
        return answer.Trouble is { } trouble ? new PollOutcome.Trouble(trouble) : tasks.ReadPoll(request.Id, answer.Status, answer.Body);
    }

    public async Task<CancelOutcome> CancelAsync(UpstreamAccount account, UpstreamRequest request, string taskId, CancellationToken cancellationToken)
    {
        if (PlatformTasks.Of(request.Kind, request.Operation)?.CancelPath(taskId) is not { } path) return new CancelOutcome.Refused();
        var answer = await reads.AskAsync(account, HttpMethod.Delete, path, content: null, cancellationToken);
        if (answer.Trouble is { } trouble) return new CancelOutcome.Trouble(trouble);
        if (answer.Error is not null) return new CancelOutcome.Refused();
        return JsonValues.Text(answer.Body, "action") == "deleted" ? new CancelOutcome.Deleted() : new CancelOutcome.Taken();
    }

    public async Task<UpstreamError?> ValidateAsync(UpstreamAccount account, CancellationToken cancellationToken)
    {
        var answer = await reads.GetAsync(account, PlatformPaths.Models, cancellationToken);
        if (answer.Trouble is { } trouble) return PlatformErrors.NotSent(trouble);
        var error = PlatformVerdict.Of(answer.Status, answer.Body);
        return error is not { Class: ErrorClass.AuthDead } dead ? error : dead with { Message = $"{dead.Message}. {PlatformHosts.WhereElse(account.BaseUrl)}" };
    }

    // The caller's own address never reaches the upstream: it would be told our account's ids there. Ours takes its place.
    private byte[] BodyOf(UpstreamRequest request, PlatformTasks tasks)
    {
        const string Field = "callback_url";
        var splice = new JsonSplice(request.Body);
        splice.RemoveField(Field);
        if (tasks.TakesCallback && callbacks.UrlFor(request.Id) is { } url) splice.AddField(Field, url);
        return splice.ToArray();
    }

    // J3: no connection = not accepted; a clear answer = what it says; everything else = unclear.
    private async Task<SubmitOutcome> SendAsync(
        UpstreamAccount account, string path, ReadOnlyMemory<byte> body, Action beforeFirstByte, Func<byte[], SubmitOutcome> read, CancellationToken cancellationToken)
    {
        var content = new OnceContent(body, beforeFirstByte);
        using var request = PlatformReads.Request(account, HttpMethod.Post, path, content);
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

    private async Task<SubmitOutcome> StreamAsync(UpstreamAccount account, UpstreamRequest request, Action beforeFirstByte, CancellationToken cancellationToken)
    {
        var wasSent = false;
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var outcome = await calls.CallAsync(account, PlatformPaths.CallOf(request.Kind, request.Operation), request.Body, Require, stop.Token);
            if (outcome is CallOutcome.Answered { IsWhole: false } begun)
                return new SubmitOutcome.Streaming(new PlatformStream(begun.Exchange, begun.Held, request.Kind, stop));

            stop.Dispose();
            return ReadCall(request, outcome);
        }
        catch (OperationCanceledException)
        {
            stop.Dispose();
            return wasSent ? new SubmitOutcome.Unclear("cancelled") : new SubmitOutcome.Refused(PlatformErrors.NotSent("cancelled"));
        }

        void Require()
        {
            beforeFirstByte();
            wasSent = true;
        }
    }

    // A stream that was asked for may be answered in one piece.
    private static SubmitOutcome ReadCall(UpstreamRequest request, CallOutcome outcome)
    {
        if (outcome is CallOutcome.Failed { Error: var error })
            return error.Billed == Billed.No ? new SubmitOutcome.Refused(error) : new SubmitOutcome.Unclear(error.Message);

        var answered = (CallOutcome.Answered)outcome;
        answered.Exchange.Dispose();
        return ReadResult(request, answered.Held);
    }

    private static SubmitOutcome ReadSubmit(int status, byte[] answer, Func<byte[], SubmitOutcome> read)
    {
        if (PlatformVerdict.Of(status, answer) is { } error)
            return error.Billed == Billed.No ? new SubmitOutcome.Refused(error) : new SubmitOutcome.Unclear(error.Message);
        return PlatformVerdict.IsJson(answer) ? read(answer) : new SubmitOutcome.Unclear("The upstream's answer is no JSON.");
    }

    private static SubmitOutcome ReadTask(byte[] answer) => JsonValues.Text(answer, "task_id") is { Length: > 0 and <= 128 } taskId
        ? new SubmitOutcome.Accepted(taskId)
        : new SubmitOutcome.Unclear("The upstream's answer names no task.");

    private static SubmitOutcome ReadResult(UpstreamRequest request, byte[] answer) => new SubmitOutcome.Completed(answer, PlatformUsage.OfWhole(request.Kind, request.Operation, answer));
}
