using System.Text;
using System.Text.Json;
using Gateway.Engine.Upstreams;
using Gateway.Model;
using Gateway.Model.Answers;
using Gateway.Model.Json;

namespace Gateway.Upstreams.MiniMax.Verdicts;

/// <summary>
/// The vendor's own error answers as a caller may see them: byte for byte, but for the texts in them that have to be cleaned
/// (<see cref="UpstreamWords"/>). Successes never come here.
/// </summary>
internal static class ErrorAnswers
{
    /// <summary>What is longer is told in its own words' beginning alone.</summary>
    private const int Largest = 8 * 1024 * 1024;

    /// <summary>The vendor's "unknown error", for an error that names no code.</summary>
    private const int UnknownError = 1000;

    private const int PassingTrouble = 1033;

    /// <summary>Whatever an answer says, it is an error under this status.</summary>
    private const int StatusOfErrors = 500;

    /// <summary>The same of an answer that is passed on, in one piece or in frames.</summary>
    public static RelayedAnswer Clean(RelayedAnswer answer, UpstreamWords words)
    {
        if (!answer.IsStream) return answer with { Body = Clean(answer.Body, words) };
        var frames = new PassedFrames(words);
        return answer with { Body = [.. frames.Pass(answer.Body).Span, .. frames.End().Span] };
    }

    /// <summary>The answer with its words cleaned: JSON stays JSON of the same shape, and a text becomes a short one.</summary>
    public static byte[] Clean(byte[] body, UpstreamWords words)
    {
        if (body.Length > Largest) return OfError(body, words);
        return TryCleanTexts(body, words) is not { } clean ? Encoding.UTF8.GetBytes(words.Clean(Encoding.UTF8.GetString(body)))
            : words.FindSecret(Encoding.UTF8.GetString(clean)) ? OfError(body, words) // in a name, or spread over several texts
            : clean;
    }

    /// <summary>In the place of an error of a length that nobody reads.</summary>
    public static ReadOnlySpan<byte> TooLong =>
        """{"base_resp":{"status_code":1000,"status_msg":"The upstream's error is too long to be passed on."}}"""u8;

    /// <summary>What a team hears where an error concerns the account, in the shape every reader of the vendor's knows.</summary>
    public static byte[] OfAccount(UpstreamError error) => Write(PassingTrouble, error.DescribeToTeam());

    private static byte[] OfError(byte[] body, UpstreamWords words)
    {
        var error = PlatformVerdict.Of(StatusOfErrors, body)!;
        return Write(error.Code ?? UnknownError, error.In(words).Message);
    }

    private static byte[] Write(int code, string message) =>
        Encoding.UTF8.GetBytes(
            $$$"""{"base_resp":{"status_code":{{{code}}},"status_msg":"{{{JsonEncodedText.Encode(message, OwnJson.Encoder)}}}"}}""");

    /// <summary>Null for what is no JSON.</summary>
    private static byte[]? TryCleanTexts(byte[] body, UpstreamWords words)
    {
        var splice = new JsonSplice(body);
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = VerdictFields.MaxDepth });
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.String) continue;
                var text = TextOf(ref reader);
                if (words.Clean(text) is var clean && clean != text)
                    splice.Replace(
                        (int)reader.TokenStartIndex..(int)reader.BytesConsumed,
                        Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(clean, OwnJson.Encoder)}\""));
            }

            return splice.ToArray();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(reader.ValueSpan).Replace("\\u", "\uFFFD", StringComparison.Ordinal); // half a surrogate pair
        }
    }
}
