using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Grains.Upstreams.Platform;

/// <summary>The parts of MiniMax's JSON the gateway reads. Everything else passes through as bytes.</summary>
internal sealed record PlatformBaseResp(
    [property: JsonPropertyName("status_code")] int StatusCode,
    [property: JsonPropertyName("status_msg")] string? StatusMsg);

internal sealed record PlatformEnvelope(
    [property: JsonPropertyName("base_resp")] PlatformBaseResp? BaseResp,
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("error")] PlatformError? Error);

internal sealed record PlatformError(
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("message")] string? Message);

// The vendor writes some numbers as strings.
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(PlatformEnvelope))]
internal sealed partial class PlatformJson : JsonSerializerContext;

/// <summary>Reads an answer's verdict in any of MiniMax's dialects (specs 0.4).</summary>
internal static class PlatformVerdict
{
    /// <summary>The error an answer carries; null when it is a success, or no JSON of MiniMax's.</summary>
    public static UpstreamError? Of(int status, ReadOnlySpan<byte> body)
    {
        var envelope = TryRead(body);
        if (envelope?.BaseResp is { StatusCode: not 0 } baseResp)
            return PlatformErrors.OfCode(baseResp.StatusCode, baseResp.StatusMsg ?? "", status);

        if (envelope?.Error is { } error && (envelope.Type == "error" || status >= 400))
        {
            var message = error.Message ?? error.Type ?? "error";
            return PlatformErrors.CodeIn(message) is { } code ? PlatformErrors.OfCode(code, message, status) : PlatformErrors.OfStatus(status >= 400 ? status : 500, message);
        }

        // The API's own 404 is JSON or a line of text; a page is an edge that has lost its way for a moment.
        if (status == 404 && IsPage(body)) return PlatformErrors.EdgeLost();
        return status is >= 200 and < 300 ? null : PlatformErrors.OfStatus(status, $"The upstream answered {status}.");
    }

    private static bool IsPage(ReadOnlySpan<byte> body) => body.TrimStart(" \r\n\t"u8).StartsWith("<"u8);

    /// <summary>Whether these bytes are JSON at all: an edge's HTML page under a good status is not an answer.</summary>
    public static bool IsJson(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            while (reader.Read())
            {
                // Reading to the end is the check.
            }

            return body.Length > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static PlatformEnvelope? TryRead(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, PlatformJson.Default.PlatformEnvelope);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
