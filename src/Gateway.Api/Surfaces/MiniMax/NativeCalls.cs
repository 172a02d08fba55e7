using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Http;
using Gateway.Api.Surfaces.MiniMax.Affinity;
using Gateway.Engine.Bodies;
using Gateway.Model.Kinds;
using Gateway.Silo.Connections;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>Native endpoints that are answered at once: placed where what they name lives, then relayed byte for byte.</summary>
internal static class NativeCalls
{
    public static Delegate Of(JobKind kind, WorkOperation operation) =>
        (HttpContext context, Caller caller, AssetPlacement placement, AssetFinder finder, CallRelay relay, KeyedCalls keyed, KeyedStreams streams, MadeAssets made, BodyLimitOptions bodies, HeartbeatOptions heartbeat, Failures failures, TimeProvider time, CancellationToken cancellationToken) =>
            CallAsync(kind, operation, context, caller, placement, finder, relay, keyed, streams, made, bodies, heartbeat, failures, time, cancellationToken);

    private static async Task CallAsync(
        JobKind kind, WorkOperation operation, HttpContext context, Caller caller, AssetPlacement placement, AssetFinder finder, CallRelay relay, KeyedCalls keyed, KeyedStreams streams, MadeAssets made, BodyLimitOptions bodies, HeartbeatOptions heartbeat, Failures failures, TimeProvider time, CancellationToken cancellationToken)
    {
        var headers = SubmitHeaders.Read(context.Request, caller);
        var body = await context.Request.ReadBodyAsync(bodies.Native, cancellationToken);
        var request = NativeRequest.Read(kind, operation, body, cancellationToken: cancellationToken);
        // The name it will be known by.
        if (operation is WorkOperation.VoiceClone or WorkOperation.VoiceDesign && SoleValue.Find(body, "voice_id")?.Text(body) is { } name) await finder.RequireFreeVoiceAsync(name, caller, cancellationToken);
        if (headers.Key is not null)
        {
            await (kind == JobKind.Chat && request.Stream
                ? streams.RunAsync(context, caller, request, body, headers, cancellationToken)
                : keyed.RunAsync(context, caller, request, body, headers, cancellationToken));
            return;
        }

        var placed = await placement.PlaceAsync(caller, request.Work, body, cancellationToken);
        await using var answer = new CallAnswer(context, request.Stream ? heartbeat.Heartbeat : TimeSpan.Zero, time);
        try
        {
            await relay.RunAsync(
                context, answer, placed, headers, made.NoteOf(operation, caller, placed.Body),
                except => placement.ElsewhereAsync(caller, request.Work, body, except, cancellationToken));
        }
        catch (Exception failure)
        {
            if (!await answer.TryFailAsync(() => failures.Explain(context, failure))) throw;
        }
    }
}
