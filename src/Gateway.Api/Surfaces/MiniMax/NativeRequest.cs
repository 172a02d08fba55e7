using System.Text.Json;
using Gateway.Api.Http;
using Gateway.Grains.Jobs;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>What routing needs to know of a native body; all else passes through as it came.</summary>
/// <param name="Model">The model, if one is named.</param>
/// <param name="Stream">Whether the caller wants a stream.</param>
/// <param name="HasCallback">Whether a <c>callback_url</c> is given.</param>
/// <param name="N">How many pieces are asked for; 1 where nothing, or nothing valid, is said: the upstream judges it.</param>
internal sealed record NativeRequest(string? Model, bool Stream, bool HasCallback, int N = 1)
{
    /// <summary>The most images of one request (specs 6.4).</summary>
    private const int MostPieces = 9;

    /// <summary>How many times the kind's price the request may cost.</summary>
    public int UnitsOf(JobKind kind) => kind == JobKind.Image ? N : 1;

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
                "n" when field.TryInteger(body, 1, MostPieces) is { } pieces => request with { N = (int)pieces },
                "callback_url" => request with { HasCallback = field.Type != JsonTokenType.Null },
                _ => request,
            };
        }

        return request;
    }
}
