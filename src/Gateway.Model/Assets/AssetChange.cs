using Gateway.Model.Ids;

namespace Gateway.Model.Assets;

/// <summary>An asset to be noted, or to be forgotten with its copies (null).</summary>
internal sealed record AssetChange(AssetId Id, Asset? Asset);
