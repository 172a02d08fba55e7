using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Surfaces.MiniMax.Affinity;
using Gateway.Grains.Accounts;
using Gateway.Grains.Assets;
using Gateway.Grains.Hosting;
using Gateway.Grains.Jobs;
using Gateway.Grains.Upstreams;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>Native endpoints that are answered at once: placed where what they name lives, then relayed byte for byte.</summary>
internal static class NativeCalls
{
    public static Delegate Of(JobKind kind, WorkOperation operation) =>
        (HttpContext context, Caller caller, AssetPlacement placement, AssetFinder finder, CallRelay relay, KeyedCalls keyed, KeyedStreams streams, MadeAssets made, GatewayOptions options, Failures failures, TimeProvider time, CancellationToken cancellationToken) =>
            CallAsync(kind, operation, context, caller, placement, finder, relay, keyed, streams, made, options, failures, time, cancellationToken);

    private static async Task CallAsync(
        JobKind kind, WorkOperation operation, HttpContext context, Caller caller, AssetPlacement placement, AssetFinder finder, CallRelay relay, KeyedCalls keyed, KeyedStreams streams, MadeAssets made, GatewayOptions options, Failures failures, TimeProvider time, CancellationToken cancellationToken)
    {
        var headers = SubmitHeaders.Read(context.Request, caller);
        var body = await context.Request.ReadBodyAsync(options.Bodies.Native, cancellationToken);
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
        await using var answer = new CallAnswer(context, request.Stream ? options.Heartbeat : TimeSpan.Zero, time);
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

/// <summary>What calls make that later requests name: written down before the caller hears of it.</summary>
internal sealed class MadeAssets(AssetGrain assets, JobIdSource ids)
{
    /// <summary>What to do with an operation's good answer before it is passed on; null when there is nothing to do.</summary>
    /// <param name="operation">Which operation.</param>
    /// <param name="caller">Whose it will be.</param>
    /// <param name="request">What the caller sent.</param>
    /// <param name="job">The job that made it, where its answer may be given again: all its notes are one.</param>
    public Func<AccountId, byte[], Task>? NoteOf(WorkOperation operation, Caller caller, byte[] request, JobId? job = null) => operation switch
    {
        // A cloned voice goes by the name its maker gave it; its answer does not repeat it.
        WorkOperation.VoiceClone => (account, _) => NoteAsync(AssetKind.Voice, "voice_cloning", SoleValue.Find(request, "voice_id")?.Text(request), caller, account, job),
        WorkOperation.VoiceDesign => (account, answer) => NoteAsync(AssetKind.Voice, "voice_generation", JsonValues.Text(answer, "voice_id"), caller, account, job),
        WorkOperation.CoverPreprocess => (account, answer) => NoteAsync(AssetKind.Cover, purpose: null, JsonValues.Text(answer, "cover_feature_id"), caller, account, job),
        _ => null,
    };

    private async Task NoteAsync(AssetKind kind, string? purpose, string? name, Caller caller, AccountId account, JobId? job)
    {
        if (name is not { Length: > 0 and <= 256 }) return;
        var made = new Asset { Id = new AssetId((job ?? ids.Next()).Value), Team = caller.Team, Kind = kind, Account = account, UpstreamId = name, Purpose = purpose };
        await assets.RegisterAsync(made, CancellationToken.None);
    }
}
