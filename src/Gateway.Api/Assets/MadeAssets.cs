using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Engine.Jobs;
using Gateway.Grains.Assets;
using Gateway.Model.Assets;
using Gateway.Model.Ids;
using Gateway.Model.Json;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;

namespace Gateway.Api.Assets;

/// <summary>What calls make that later requests name: written down before the caller hears of it.</summary>
internal sealed class MadeAssets(AssetFinder finder, AssetGrain assets, JobIdSource ids)
{
    /// <summary>A voice's maker may not give it a name that another team's voice has.</summary>
    /// <exception cref="ApiException">Another team's voice has it.</exception>
    public async Task RequireFreeNameAsync(Work work, byte[] request, Caller caller, CancellationToken cancellationToken)
    {
        if (OperationTable.Of(work).Makes is { Kind: AssetKind.Voice } made
            && SoleValue.Find(request, made.Field)?.Text(request) is { } name)
            await finder.RequireFreeVoiceAsync(name, caller, cancellationToken);
    }

    /// <summary>What to do with a good answer before it is passed on; null when there is nothing to do.</summary>
    /// <param name="work">What was asked for.</param>
    /// <param name="caller">Whose it will be.</param>
    /// <param name="request">What the caller sent.</param>
    /// <param name="job">The job that made it, where its answer may be given again: all its notes are one.</param>
    public Func<AccountId, byte[], Task>? NoteOf(Work work, Caller caller, byte[] request, JobId? job = null)
    {
        if (OperationTable.Of(work).Makes is not { } made) return null;
        return (account, answer) =>
            NoteAsync(
                made,
                made.IsNamedByCaller ? SoleValue.Find(request, made.Field)?.Text(request) : JsonValues.Text(answer, made.Field),
                caller,
                account,
                job);
    }

    private async Task NoteAsync(MadeAsset asset, string? name, Caller caller, AccountId account, JobId? job)
    {
        if (name is not { Length: > 0 and <= 256 }) return;
        var made = new Asset
        {
            Id = new AssetId((job ?? ids.Next()).Value),
            Team = caller.Team,
            Kind = asset.Kind,
            Account = account,
            UpstreamId = name,
            Purpose = asset.Purpose,
        };
        await assets.RegisterAsync(made, CancellationToken.None);
    }
}
