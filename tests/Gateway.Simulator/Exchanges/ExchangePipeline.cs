namespace Gateway.Simulator;

/// <summary>The steps of every platform request: read, note, plan faults, decide, wait, answer.</summary>
internal sealed class ExchangePipeline(
    Ledger ledger, KeyRing keys, Script script, GateKeeper gates, ReplyWriter writer, TimeProvider clock, CancellationToken stopping)
{
    public RequestDelegate For(Operation operation, Func<Exchange, Reply> decide) =>
        http => RunAsync(http, operation, decide);

    private async Task RunAsync(HttpContext http, Operation operation, Func<Exchange, Reply> decide)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        if (await ReadAsync(http.Request, operation, leaving.Token) is not { } exchange)
        {
            return;
        }

        using OpenRequest open = ledger.Open(exchange);
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
            string key = Bearer(request);
            return new Exchange(request, operation, key, keys.Find(key), body.ToArray(), clock.GetUtcNow());
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client left while sending; the platform never saw a whole request.
            return null;
        }
    }

    private async Task AnswerAsync(
        HttpContext http, Exchange exchange, OpenRequest open, Func<Exchange, Reply> decide, CancellationToken cancellationToken)
    {
        FaultPlan plan = script.PlanFor(exchange);
        exchange.Fault = plan.Effect;
        Reply reply = Decide(exchange, decide);

        // Waiting comes after the decision: a slow answer to a submit is the answer of a task that already runs.
        TimeSpan latency = plan.Latency + reply.FirstByte;
        if (latency > TimeSpan.Zero)
        {
            await Task.Delay(latency, clock, cancellationToken);
        }

        await gates.PassAsync(exchange, cancellationToken);
        await writer.WriteAsync(http, exchange, open, reply, cancellationToken);
    }

    private static Reply Decide(Exchange exchange, Func<Exchange, Reply> decide)
    {
        if (exchange.Operation != Operation.FileDownload && Unauthorized(exchange) is { } refusal)
        {
            return refusal;
        }

        return FaultReplies.Instead(exchange) ?? FaultReplies.Altered(exchange, decide(exchange));
    }

    private static Reply? Unauthorized(Exchange exchange) => exchange.Account switch
    {
        null => Refusals.NoSuchKey,
        { Settings.Revoked: true } => Refusals.RevokedKey,
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

    private static string Bearer(HttpRequest request)
    {
        string value = request.Headers.Authorization.ToString();
        return value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? value["Bearer ".Length..].Trim() : "";
    }
}
