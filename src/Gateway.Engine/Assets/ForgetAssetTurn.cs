using Gateway.Engine.Turns;
using Gateway.Model.Assets;
using Gateway.Model.Ids;

namespace Gateway.Engine.Assets;

internal sealed class ForgetAssetTurn(AssetId id) : Turn<bool>
{
    public override TurnClass Class => TurnClass.Obligation;

    protected override bool Run(TurnScope scope)
    {
        scope.Put(new AssetChange(id, Asset: null));
        return true;
    }
}
