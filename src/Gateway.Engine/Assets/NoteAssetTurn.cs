using Gateway.Engine.Turns;
using Gateway.Model.Assets;

namespace Gateway.Engine.Assets;

/// <summary>An obligation: what the upstream made must not be forgotten because many requests come (T2).</summary>
internal sealed class NoteAssetTurn(Asset asset) : Turn<Asset>
{
    public override TurnClass Class => TurnClass.Obligation;

    public override int Bytes => 512;

    protected override Asset Run(TurnScope scope)
    {
        var noted = asset with { CreatedAt = scope.Now };
        scope.Put(new AssetChange(noted.Id, noted));
        return noted;
    }
}
