using System.Collections.Frozen;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Model.Answers;
using Gateway.Model.Jobs;
using Gateway.Model.Json;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;
using Gateway.Upstreams.MiniMax.Requests;
using Gateway.Upstreams.MiniMax.Tasks;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Upstreams.MiniMax;

/// <summary>MiniMax's open platform API (docs/minimax.md): its tasks, and its calls as jobs.</summary>
internal sealed class PlatformDriver(
    UpstreamHttp http, PlatformReads reads, PlatformCalls calls, UpstreamCallbacks callbacks, KindLimits limits, UnknownAnswers unknown,
    TimeProvider time) : IUpstream
{
    public const string Name = "platform";

    private const int LargestAnswer = 64 * 1024 * 1024;

    public string Driver => Name;

    public FrozenSet<JobKind> Kinds { get; } = [.. Enum.GetValues<JobKind>()];

    public UpstreamTerms Terms => PlatformTerms.Shipped;

    public bool Serves(Uri baseUrl, Work work) => !PlatformHosts.ServesSpeechOnly(baseUrl)
        ? Kinds.Contains(work.Kind)
        : work is { Kind: JobKind.Speech, Operation: WorkOperation.Plain };

    public bool IsVendors(Uri url) => PlatformUrls.IsVendors(url);

    public bool TryRoot(Uri pasted, out Uri root)
    {
        root = PlatformUrls.RootOf(pasted);
        return pasted.Query.Length == 0 && pasted.Fragment.Length == 0;
    }

    public async Task<SubmitOutcome> SubmitAsync(
        UpstreamAccount account, UpstreamRequest request, Action beforeFirstByte, CancellationToken cancellationToken)
    {
        var outcome = await (PlatformTasks.Of(request.Kind, request.Operation) is { } tasks
            ? SubmitTaskAsync(account, request, tasks, beforeFirstByte, cancellationToken)
            : SubmitCallAsync(account, request, beforeFirstByte, cancellationToken));
        return outcome.In(account.Words);
    }

    public async Task<PollOutcome> PollAsync(
        UpstreamAccount account, UpstreamRequest request, string taskId, CancellationToken cancellationToken)
    {
        var tasks = PlatformTasks.Of(request.Kind, request.Operation)!;
        var answer = await reads.GetAsync(account, tasks.QueryPath(taskId), cancellationToken);
        if (answer.Trouble is { } trouble) return new PollOutcome.Trouble(trouble);
        var outcome = tasks.ReadPoll(request.Id, answer.Status, answer.Body, account.Words).In(account.Words);
        if (outcome is PollOutcome.StillRunning { Progress: { Stage: UpstreamStage.Other, Word: { } word } })
            unknown.Note("status of a task", word);
        return outcome;
    }

    public async Task<CancelOutcome> CancelAsync(
        UpstreamAccount account, UpstreamRequest request, string taskId, CancellationToken cancellationToken)
    {
        if (PlatformTasks.Of(request.Kind, request.Operation)?.CancelPath(taskId) is not { } path) return new CancelOutcome.Refused();
        var answer = await reads.AskAsync(account, HttpMethod.Delete, path, content: null, cancellationToken);
        if (answer.Trouble is { } trouble) return new CancelOutcome.Trouble(trouble);
        if (answer.Error is not null) return new CancelOutcome.Refused();
        return JsonValues.Text(answer.Body, "action") == "deleted" ? new CancelOutcome.Deleted() : new CancelOutcome.Taken();
    }

    public async Task<CallOutcome> CallAsync(
        UpstreamAccount account, UpstreamCall call, Action beforeFirstByte, CancellationToken cancellationToken) =>
        await calls.OpenAsync(account, call, beforeFirstByte, cancellationToken) switch
        {
            OpenedCall.Answered answered => new CallOutcome.Answered(new PlatformAnswer(answered, call)),
            OpenedCall.Failed failed => new CallOutcome.Failed(failed.Error, failed.Answer),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public Task<ReadAnswer> ReadAsync(UpstreamAccount account, UpstreamRead read, CancellationToken cancellationToken) =>
        reads.AskAsync(account, read, cancellationToken);

    public Task<ReadAnswer> UploadAsync(UpstreamAccount account, HttpContent form, CancellationToken cancellationToken) =>
        reads.UploadAsync(account, form, cancellationToken);

    public Task<OpenedRead> OpenAsync(UpstreamAccount account, string fileId, CancellationToken cancellationToken) =>
        reads.OpenFileAsync(account, fileId, cancellationToken);

    public async Task<UpstreamError?> ValidateAsync(UpstreamAccount account, CancellationToken cancellationToken)
    {
        var answer = await reads.GetAsync(account, NativePaths.Models, cancellationToken);
        if (answer.Trouble is { } trouble) return UpstreamError.NotSent(trouble);
        return answer.Error switch
        {
            { Class: ErrorClass.AuthDead } dead => dead with { Message = $"{dead.Message}. {PlatformHosts.WhereElse(account.BaseUrl)}" },
            // Proxies, and the vendor's own hosts for speech, have no list of models (docs/minimax.md, "Hosts"): that says nothing about
            // the credential.
            { Class: ErrorClass.Suspect, HttpStatus: 404 or 405 } absent =>
                absent with { Class = ErrorClass.Retry, Retry = RetryRule.Usual },
            var other => other,
        };
    }

    // The caller's own address never reaches the upstream: it would be told our account's ids there. Ours takes its place.
    private byte[] BodyOf(UpstreamRequest request, PlatformTasks tasks)
    {
        const string Field = "callback_url";
        var splice = new JsonSplice(request.Body);
        splice.SetField(Field, tasks.TakesCallback ? callbacks.UrlFor(request.Id) : null);
        return splice.ToArray();
    }

    // J3: no connection = not accepted; a clear answer = what it says; everything else = unclear.
    private async Task<SubmitOutcome> SubmitTaskAsync(
        UpstreamAccount account, UpstreamRequest request, PlatformTasks tasks, Action beforeFirstByte, CancellationToken cancellationToken)
    {
        var content = new OnceContent(BodyOf(request, tasks), beforeFirstByte);
        using var exchange = new UpstreamExchange(
            PlatformReads.Request(account, HttpMethod.Post, tasks.SubmitPath, content),
            new Patience(limits[request.Kind].Silence, time, cancellationToken),
            account.Words);
        try
        {
            await exchange.SendAsync(http.For(account.BaseUrl));
            var answer = await exchange.ReadWholeAsync(LargestAnswer);
            return ReadTask(exchange, answer);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException or NodeNotAliveException)
        {
            var why = exchange.Explain(broken);
            return content.Started ? new SubmitOutcome.Unclear(why) : new SubmitOutcome.Refused(UpstreamError.NotSent(why));
        }
    }

    private SubmitOutcome ReadTask(UpstreamExchange exchange, byte[] answer)
    {
        var verdict = PlatformVerdict.Read(exchange.Status, answer);
        if (verdict.Error is { } error)
        {
            error = error.In(exchange.Words);
            unknown.Note(error);
            return Refused(error.Resting(exchange.Response.Headers.RetryAfter, time.GetUtcNow()));
        }

        if (!verdict.IsJson) return new SubmitOutcome.Unclear("The upstream's answer is no JSON.");
        return JsonValues.Text(answer, "task_id") is { Length: > 0 and <= 128 } and not "0" and var taskId
            ? new SubmitOutcome.Accepted(taskId)
            : new SubmitOutcome.Refused(PlatformErrors.Empty(isBilled: false, mayRepeat: false)); // nothing that could be followed
    }

    private async Task<SubmitOutcome> SubmitCallAsync(
        UpstreamAccount account, UpstreamRequest request, Action beforeFirstByte, CancellationToken cancellationToken)
    {
        var wasSent = false;
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var outcome = await calls.OpenAsync(
                account, new UpstreamCall(request.Kind, request.Operation, request.Body), Require, stop.Token);
            // Whether it was asked for or not: what streams is recorded, and its end is the answer.
            if (outcome is OpenedCall.Answered { IsWhole: false } begun && request.Kind == JobKind.Chat)
                return new SubmitOutcome.Streaming(new PlatformStream(begun.Exchange, begun.Held, request.Kind, stop));

            var read = await ReadCallAsync(request, outcome);
            stop.Dispose();
            return read;
        }
        catch (OperationCanceledException)
        {
            stop.Dispose();
            return wasSent ? new SubmitOutcome.Unclear("cancelled") : new SubmitOutcome.Refused(UpstreamError.NotSent("cancelled"));
        }

        void Require()
        {
            beforeFirstByte();
            wasSent = true;
        }
    }

    private static async Task<SubmitOutcome> ReadCallAsync(UpstreamRequest request, OpenedCall outcome)
    {
        if (outcome is OpenedCall.Failed { Error: var error }) return Refused(error);
        var answered = (OpenedCall.Answered)outcome;
        using var exchange = answered.Exchange;
        if (!answered.IsWhole) return await ReadLastFrameAsync(request, answered);
        return Completed(request, answered.Held);
    }

    // Sound and pictures that stream although nobody asked: their last frame holds the whole (docs/minimax.md, "Speech").
    private static async Task<SubmitOutcome> ReadLastFrameAsync(UpstreamRequest request, OpenedCall.Answered answered)
    {
        try
        {
            var stream = await answered.Exchange.ReadWholeAsync(answered.Held, answered.Held.Length, LargestAnswer);
            var last = SseFrames.LastData([.. stream, (byte)'\n']).Trim(" \r"u8).ToArray();
            if (PlatformVerdict.Of(200, last) is { } error) return Refused(error with { Billed = Billed.Unknown });
            return EmptyAnswers.Of(request.Kind, request.Operation, last, Presence.Missing) is { } nothing
                ? Refused(nothing)
                : Completed(request, last);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return new SubmitOutcome.Unclear(answered.Exchange.Explain(broken));
        }
    }

    private static SubmitOutcome Refused(UpstreamError error) =>
        error.Billed == Billed.Unknown ? new SubmitOutcome.Unclear(error.Message) : new SubmitOutcome.Refused(error);

    private static SubmitOutcome.Completed Completed(UpstreamRequest request, byte[] answer) =>
        new(answer, PlatformUsage.OfWhole(request.Kind, request.Operation, answer));
}
