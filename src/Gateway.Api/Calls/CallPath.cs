using Gateway.Api.Assets;
using Gateway.Api.Http;
using Gateway.Model.Kinds;
using Gateway.Silo.Connections;

namespace Gateway.Api.Calls;

/// <summary>
/// The way of a call, from what its surface has read to the last byte of its answer; the steps are those of docs/architecture.md.
/// </summary>
internal sealed class CallPath(
    AssetPlacement placement, MadeAssets made, CallRelay relay, KeyedCalls keyed, KeyedStreams streams, Failures failures,
    HeartbeatOptions heartbeat, TimeProvider time)
{
    /// <param name="context">The request to answer.</param>
    /// <param name="call">What it asks for.</param>
    /// <param name="format">How its surface tells the answer.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(HttpContext context, CallRequest call, CallFormat format, CancellationToken cancellationToken)
    {
        await made.RequireFreeNameAsync(call.Work, call.Body, call.Caller, cancellationToken);
        if (call.Headers.Key is not null) await RunKeyedAsync(context, call, format, cancellationToken);
        else await RunAsync(context, call, await PlaceAsync(call, cancellationToken), format);
    }

    // Under a key a call is a job: the same key finds the same answer.
    private Task RunKeyedAsync(HttpContext context, CallRequest call, CallFormat format, CancellationToken cancellationToken) =>
        call is { Work.Kind: JobKind.Chat, Native.Stream: true }
            ? streams.RunAsync(context, call, cancellationToken)
            : keyed.RunAsync(context, call, format, cancellationToken);

    private async Task<PlacedCall> PlaceAsync(CallRequest call, CancellationToken cancellationToken)
    {
        var (work, body) = await placement.PlaceAsync(call.Caller, call.Native, call.Body, cancellationToken);
        return new PlacedCall(work, body, call.Patience)
        {
            Note = made.NoteOf(work, call.Caller, body),
            Elsewhere = except => placement.ElsewhereAsync(call.Caller, call.Native, call.Body, except, cancellationToken),
        };
    }

    private async Task RunAsync(HttpContext context, CallRequest call, PlacedCall placed, CallFormat format)
    {
        await using var answer = new CallAnswer(context, format, call.Native.Stream ? heartbeat.Heartbeat : TimeSpan.Zero, time);
        try
        {
            await relay.RunAsync(context, answer, placed);
        }
        catch (Exception failure)
        {
            if (!await answer.TryFailAsync(() => failures.Explain(context, failure))) throw;
        }
    }
}
