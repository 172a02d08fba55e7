using System.Text.Json;
using Gateway.Api.Http;
using Gateway.Grains.Jobs;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>What routing needs to know of a native body; all else passes through as it came.</summary>
/// <param name="Model">The model, if one is named.</param>
/// <param name="Stream">Whether the caller wants a stream.</param>
/// <param name="HasCallback">Whether a <c>callback_url</c> is given.</param>
internal sealed record NativeRequest(string? Model, bool Stream, bool HasCallback)
{
    public static readonly string ModelRule = $"must be a string of 1 to {Work.MaxModelLength} characters";

    /// <param name="body">The body.</param>
    /// <param name="prefix">Where it stands in the caller's request, for error messages.</param>
    public static NativeRequest Read(byte[] body, string prefix = "")
    {
        var request = new NativeRequest(Model: null, Stream: false, HasCallback: false);
        foreach (var field in JsonObjectReader.Fields(body))
        {
            request = field.Name switch
            {
                "model" => request with { Model = (field with { Name = prefix + "model" }).Text(body, Work.MaxModelLength) },
                "stream" => request with { Stream = field.Type == JsonTokenType.True },
                "callback_url" => request with { HasCallback = field.Type != JsonTokenType.Null },
                _ => request,
            };
        }

        return request;
    }
}
