using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Model.Answers;
using Gateway.Model.Json;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;

namespace Gateway.Upstreams.MiniMax.Verdicts;

/// <summary>
/// Tells answers that carry no error and nothing that was asked for: a chat without choices, speech without sound, a picture
/// without a link. Nothing is not a success.
/// </summary>
internal static class EmptyAnswers
{
    /// <summary>The error of an answer that holds nothing; null when it holds something.</summary>
    public static UpstreamError? Of(JobKind kind, WorkOperation operation, ReadOnlySpan<byte> answer, Presence choices) =>
        HasResult(kind, operation, answer, choices) ? null : ErrorOf(kind, operation, answer);

    /// <summary>What an answer that holds nothing means; it may report a cost all the same.</summary>
    public static UpstreamError ErrorOf(JobKind kind, WorkOperation operation, ReadOnlySpan<byte> answer)
    {
        var usage = PlatformUsage.OfWhole(kind, operation, answer);
        return PlatformErrors.Empty(isBilled: (usage.Units ?? usage.Tokens) > 0, mayRepeat: kind == JobKind.Chat);
    }

    /// <summary>
    /// Whether a frame of a stream shows its reader something, so that what went wrong after it cannot be mended elsewhere.
    /// </summary>
    public static bool ShowsNothing(ReadOnlySpan<byte> frame)
    {
        try
        {
            var reader = new Utf8JsonReader(frame);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && IsBare(ref reader);
        }
        catch (JsonException)
        {
            return false; // not understood: passed on
        }
    }

    // A chat's choices were found by who read the verdict. A cloned voice is known by the name its maker gave it: its answer need not hold
    // anything.
    private static bool HasResult(JobKind kind, WorkOperation operation, ReadOnlySpan<byte> answer, Presence choices) =>
        kind == JobKind.Chat ? choices == Presence.Filled
        : OperationTable.Of(kind, operation).ShownAt is var places && (places.IsEmpty || HasAny(answer, places));

    private static bool HasAny(ReadOnlySpan<byte> answer, ImmutableArray<string> places)
    {
        foreach (var value in JsonValues.Find(answer, [.. places]))
            // more than its quotes
            if (value.Type == JsonTokenType.String && value.Bytes.End.Value - value.Bytes.Start.Value > 2) return true;
        return false;
    }

    // A frame is bare when it has choices or data, and these hold no text but names, and no end.
    private static bool IsBare(ref Utf8JsonReader reader)
    {
        var isKnown = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("choices"u8) && !reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                reader.Skip();
                continue;
            }

            isKnown = true;
            reader.Read();
            if (HoldsSomething(ref reader)) return false;
        }

        return isKnown;
    }

    // To the end of the value the reader stands on.
    private static bool HoldsSomething(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
            return reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;

        var depth = reader.CurrentDepth;
        var holds = false;
        var isLabel = false;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
                isLabel = reader.ValueTextEquals("role"u8) || reader.ValueTextEquals("name"u8) || reader.ValueTextEquals("object"u8);
            else if (reader.TokenType == JsonTokenType.String)
                holds |= !isLabel && !reader.ValueSpan.IsEmpty;
        }

        return holds;
    }
}
