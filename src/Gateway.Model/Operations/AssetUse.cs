using System.Collections.Immutable;

namespace Gateway.Model.Operations;

/// <summary>Where a body names what lives on one account.</summary>
/// <param name="Kind">What is named there.</param>
/// <param name="Paths">The places, in the notation of <see cref="Json.JsonValues"/>.</param>
internal sealed record AssetUse(AssetRefKind Kind, ImmutableArray<string> Paths)
{
    /// <summary>The fields of the body in which the places are: where none of them stands, nothing is named.</summary>
    public ImmutableArray<string> Fields { get; } = [.. Paths.Select(path => path.Split('.', '[')[0]).Distinct()];
}
