using System.Text.Json;
using Gateway.Model.Operations;

namespace Gateway.Api.Native;

/// <summary>What a native body names that lives on one account only.</summary>
/// <param name="Kind">What it names.</param>
/// <param name="Name">The id as the caller knows it.</param>
/// <param name="Bytes">Where it stands in the body.</param>
/// <param name="Type">What stands there: a string with its quotes, a number, or (null) bare digits inside a longer text.</param>
internal sealed record AssetRef(AssetRefKind Kind, string Name, Range Bytes, JsonTokenType? Type);
