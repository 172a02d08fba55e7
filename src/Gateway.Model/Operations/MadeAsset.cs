using Gateway.Model.Kinds;

namespace Gateway.Model.Operations;

/// <summary>What a good answer leaves on its account for later requests to name.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Purpose">The list it belongs to there; null for none.</param>
/// <param name="Field">Where its name stands.</param>
/// <param name="IsNamedByCaller">The name stands in the request, and the answer does not repeat it.</param>
internal sealed record MadeAsset(AssetKind Kind, string? Purpose, string Field, bool IsNamedByCaller = false);
