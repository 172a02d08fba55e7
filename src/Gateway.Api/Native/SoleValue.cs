using Gateway.Api.Http;
using Gateway.Model.Json;

namespace Gateway.Api.Native;

/// <summary>
/// The value a body is about. Two of one name are refused: of which of them the upstream reads nobody could be sure, and one
/// would be somebody else's.
/// </summary>
internal static class SoleValue
{
    /// <summary>The top-level value of that name; null when there is none.</summary>
    /// <exception cref="ApiException">There is more than one, in whatever spelling.</exception>
    public static JsonScalar? Find(ReadOnlySpan<byte> body, string name) => JsonValues.FindAnyCase(body, [name]) switch
    {
        [] => null,
        [var only] => only,
        _ => throw new ApiException(ApiError.Field(name, DecisiveFields.Once)),
    };
}
