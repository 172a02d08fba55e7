namespace Gateway.Simulator;

/// <summary>The steps of every platform request: read, note, plan faults, decide, wait, answer.</summary>
internal sealed class ExchangePipeline(
    Ledger ledger, KeyRing keys, Script script, GateKeeper gates, ReplyWriter writer, TimeProvider clock, CancellationToken stopping)
{
    public RequestDelegate For(Operation operation, Func<Exchange, Reply> decide) =>
        ForAsync(operation, exchange => Task.FromResult(decide(exchange)));

    public RequestDelegate ForAsync(Operation operation, Func<Exchange, Task<Reply>> decide) =>
        http => RunAsync(http, operation, decide);

    private async Task RunAsync(HttpContext http, Operation operation, Func<Exchange, Task<Reply>> decide)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        if (await ReadAsync(http.Request, operation, leaving.Token) is not { } exchange)
        {
            return;
        }

        using OpenRequest open = ledger.Open(exchange);
        exchange.Concurrent = open.Concurrent;
        try
        {
            await AnswerAsync(http, exchange, open, decide, leaving.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            Leave(http, open);
        }
    }

    private async Task<Exchange?> ReadAsync(HttpRequest request, Operation operation, CancellationToken cancellationToken)
    {
        try
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, cancellationToken);
            string key = Key(request, operation);
            return new Exchange(request, operation, key, keys.Find(key), body.ToArray(), clock.GetUtcNow());
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client left while sending; the platform never saw a whole request.
            return null;
        }
    }

    private async Task AnswerAsync(
        HttpContext http, Exchange exchange, OpenRequest open, Func<Exchange, Task<Reply>> decide, CancellationToken cancellationToken)
    {
        FaultPlan plan = script.PlanFor(exchange);
        exchange.Fault = plan.Effect;
        Reply reply = await DecideAsync(exchange, decide);

        // Waiting comes after the decision: a slow answer to a submit is the answer of a task that already runs.
        TimeSpan latency = plan.Latency + reply.FirstByte;
        if (latency > TimeSpan.Zero)
        {
            await Task.Delay(latency, clock, cancellationToken);
        }

        await gates.PassAsync(exchange, cancellationToken);
        await writer.WriteAsync(http, exchange, open, reply, cancellationToken);
    }

    private async Task<Reply> DecideAsync(Exchange exchange, Func<Exchange, Task<Reply>> decide)
    {
        if (exchange.Operation != Operation.FileDownload && Unauthorized(exchange) is { } refusal)
        {
            return refusal;
        }

        if (FaultReplies.Instead(exchange) is { } instead)
        {
            return instead;
        }

        Reply reply = await decide(exchange);
        if (exchange.Operation.IsPaidCall() && !reply.IsRefusal)
        {
            ledger.AcceptCall(exchange);
        }

        return FaultReplies.Altered(exchange, reply);
    }

    private static Reply? Unauthorized(Exchange exchange) => exchange.Account switch
    {
        null => Refusals.NoSuchKey(exchange),
        { Settings.Revoked: true } => Refusals.RevokedKey(exchange),
        _ => null,
    };

    private static void Leave(HttpContext http, OpenRequest open)
    {
        if (http.RequestAborted.IsCancellationRequested)
        {
            open.Abandon();
            return;
        }

        // The simulator is stopping: nobody left, but nobody will be answered either.
        http.Abort();
    }

    // Anthropic's header works on Anthropic's path only, and a bearer beside it wins.
    private static string Key(HttpRequest request, Operation operation)
    {
        string value = request.Headers.Authorization.ToString();
        if (value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return value["Bearer ".Length..].Trim();
        }

        return operation == Operation.Messages ? request.Headers["x-api-key"].ToString() : "";
    }
}
