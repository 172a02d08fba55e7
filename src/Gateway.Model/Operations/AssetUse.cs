using System.Collections.Immutable;

namespace Gateway.Model.Operations;

/// <summary>Where a body names what lives on one account.</summary>
/// <param name="Kind">What is named there.</param>
/// <param name="Paths">The places, in the notation of <see cref="Json.JsonValues"/>.</param>
internal sealed record AssetUse(AssetRefKind Kind, ImmutableArray<string> Paths);
