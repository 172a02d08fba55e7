using Gateway.Api.Auth;
using Gateway.Api.Surfaces.MiniMax.Affinity;
using Gateway.Engine.Jobs;
using Gateway.Grains.Assets;
using Gateway.Model.Assets;
using Gateway.Model.Ids;
using Gateway.Model.Json;
using Gateway.Model.Kinds;

namespace Gateway.Api.Surfaces.MiniMax;

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
