using System.Text;
using System.Text.Json;
using Gateway.Api.Http;
using Gateway.Grains.Jobs;
using Gateway.Grains.Upstreams;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>
/// How many times its price a request may cost at most, as far as its body tells (C1): pictures, started thousands of
/// characters or tokens, seconds of video. What is not valid counts as one: the upstream will refuse it.
/// </summary>
internal static class NativeUnits
{
    private const int MostPictures = 9;

    /// <summary>The longest video of the second API (specs 5.4): counted where no duration is given.</summary>
    private const int LongestVideo = 15;

    /// <summary>What a chat may answer where it says no limit: the default of M2 (specs 1.1).</summary>
    private const int DefaultTokens = 10_240;

    /// <summary>No token is shorter than this on average in any language's text.</summary>
    private const int LeastBytesPerToken = 2;

    private const int MostTokens = 1_000_000;

    public static int Of(JobKind kind, WorkOperation operation, ReadOnlySpan<byte> body, List<JsonObjectReader.Field> fields) => (kind, operation) switch
    {
        (JobKind.Image, _) => (int)(Integer(fields, "n", body, MostPictures) ?? 1),
        (_, WorkOperation.VideoV2 or WorkOperation.VideoRegeneration or WorkOperation.VideoContext) => (int)(Integer(fields, "duration", body, LongestVideo) ?? LongestVideo),
        (JobKind.Speech, WorkOperation.Plain or WorkOperation.SpeechTask) => Thousands(Characters(fields, body)),
        (JobKind.Chat, _) => Thousands((body.Length / LeastBytesPerToken) + (int)(Integer(fields, "max_completion_tokens", body, MostTokens) ?? Integer(fields, "max_tokens", body, MostTokens) ?? DefaultTokens)),
        _ => 1,
    };

    /// <summary>Started thousands, at least one.</summary>
    public static int Thousands(long count) => (int)Math.Clamp(Usage.Thousands(count), 1, int.MaxValue);

    /// <summary>Characters as MiniMax bills them: a Han character, kana or hangul counts as two.</summary>
    public static int Characters(string text)
    {
        var count = 0;
        foreach (var rune in text.EnumerateRunes()) count += rune.Value >= 0x2E80 ? 2 : 1;
        return count;
    }

    private static int Characters(List<JsonObjectReader.Field> fields, ReadOnlySpan<byte> body)
    {
        foreach (var field in fields)
            if (field is { Name: "text", Type: JsonTokenType.String }) return Characters(TextOf(body[field.Bytes]));
        return 0;
    }

    private static string TextOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(json); // half a surrogate pair: the upstream judges it
        }
    }

    private static long? Integer(List<JsonObjectReader.Field> fields, string name, ReadOnlySpan<byte> body, long most)
    {
        foreach (var field in fields)
            if (field.Name == name) return field.TryInteger(body, 1, most);
        return null;
    }
}
