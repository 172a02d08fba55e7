using System.Text.Json.Nodes;
using Gateway.Api.Assets;
using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Api.Surfaces.MiniMax.Answers;
using Gateway.Engine.Bodies;
using Gateway.Engine.Storage;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Assets;
using Gateway.Grains.Routing;
using Gateway.Model.Json;
using Gateway.Model.Kinds;
using Gateway.Silo.Reads;

namespace Gateway.Api.Surfaces.MiniMax.Voices;

/// <summary>
/// MiniMax's voices (docs/minimax.md, "Voices"): the ones every account has, and the caller's own on whatever account they live.
/// </summary>
internal static class VoicesApi
{
    private const int MostListed = 1000;

    private static readonly string[] Lists = ["system_voice", "voice_cloning", "voice_generation"];
    private static readonly Work Use = new(JobKind.Speech, Model: null, Operation: WorkOperation.VoiceDesign);

    public static async Task<IResult> ListAsync(
        HttpContext context, Caller caller, RouterGrain router, AccountReads reads, IAssetStore assets, AssetFinder finder,
        BodyLimitOptions bodies, CancellationToken cancellationToken)
    {
        var type = JsonValues.Text(await ReadAsync(context, bodies, cancellationToken), "voice_type");
        if (type is not ("system" or "voice_cloning" or "voice_generation" or "all"))
            throw new ApiException(NativeErrors.Invalid("voice_type", "invalid voice_type"));

        var answer = new JsonObject();
        foreach (var list in Lists) answer[list] = new JsonArray();
        if (type is "system" or "all") await AddSystemAsync(answer, router, reads, cancellationToken);
        if (type is not "system") await AddOwnAsync(answer, type, caller, assets, finder, reads, cancellationToken);
        answer["base_resp"] = NativeAnswers.SuccessNode();
        return Results.Json(answer);
    }

    public static async Task<IResult> DeleteAsync(
        HttpContext context, Caller caller, AssetFinder finder, IAssetStore assets, AssetGrain grain, AccountReads reads,
        BodyLimitOptions bodies, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(context, bodies, cancellationToken);
        var name = SoleValue.Find(body, "voice_id")?.Text(body);
        if (name is null || await finder.NamedAsync(AssetKind.Voice, name, caller, cancellationToken) is not { } home)
            throw new ApiException(NativeErrors.UnknownVoice);

        var answer = await reads.AskAsync(home.Account, new UpstreamRead.DeleteVoice(body), cancellationToken);
        if (answer.Error is null && await assets.FindAsync(AssetKind.Voice, home.Account, home.UpstreamId, cancellationToken) is { } voice)
            await grain.ForgetAsync(voice.Id);
        return NativeAnswers.Relay(answer);
    }

    // They are the same on every account: any that can be asked will do.
    private static async Task AddSystemAsync(JsonObject answer, RouterGrain router, AccountReads reads, CancellationToken cancellationToken)
    {
        var account = await router.PickAbleAsync(Use, cancellationToken) ?? throw new ApiException(Busy.Error(router.WhyNot(Use)));
        var told = await reads.AskAsync(account.Id, new UpstreamRead.Voices("system"), cancellationToken);
        if (told.Error is not null) throw new ApiException(ApiError.UpstreamUnavailable);
        Add(answer, told, Lists[0], _ => true);
    }

    // An account knows the voices of all teams: only the caller's are passed on.
    private static async Task AddOwnAsync(
        JsonObject answer, string type, Caller caller, IAssetStore assets, AssetFinder finder, AccountReads reads,
        CancellationToken cancellationToken)
    {
        var own = await assets.ListAsync(AssetKind.Voice, caller.IsAdmin ? null : caller.Team, MostListed, cancellationToken);
        foreach (var account in own.Where(voice => finder.Exists(voice.Account)).GroupBy(voice => voice.Account))
        {
            var names = account.Select(voice => voice.UpstreamId).ToHashSet(StringComparer.Ordinal);
            var told = await reads.AskAsync(account.Key, new UpstreamRead.Voices(type), cancellationToken);
            if (told.Error is not null) throw new ApiException(ApiError.UpstreamUnavailable);
            foreach (var list in Lists[1..]) Add(answer, told, list, names.Contains);
        }
    }

    private static void Add(JsonObject answer, ReadAnswer told, string list, Func<string, bool> isWanted)
    {
        if (NativeAnswers.Member(told, list) is not JsonArray voices) return;
        foreach (var voice in voices)
            if (voice is JsonObject described
                && described["voice_id"] is JsonValue id
                && id.TryGetValue<string>(out var name)
                && isWanted(name))
                answer[list]!.AsArray().Add(described.DeepClone());
    }

    private static async Task<byte[]> ReadAsync(HttpContext context, BodyLimitOptions bodies, CancellationToken cancellationToken)
    {
        var body = await context.Request.ReadBodyAsync(bodies.Own, cancellationToken);
        JsonObjectReader.Fields(body);
        return body;
    }
}
