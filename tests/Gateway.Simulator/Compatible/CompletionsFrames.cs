using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>The frames of a streamed answer in OpenAI's form. Like the native stream it just ends.</summary>
internal static class CompletionsFrames
{
    public static IReadOnlyList<Frame> Of(ChatCompletion chat, ChatSettings settings)
    {
        List<Frame> frames = [.. Reasoning(chat, settings), .. ChatFrames.Answer(chat, settings, CompletionsWire.WithoutUsage)];
        if (chat.Request.Inner("stream_options")?.Flag("include_usage") == true)
        {
            frames.Add(new Frame(Json.Write(CompletionsWire.UsageOnly(chat)), IsFinal: true));
        }

        if (settings.CompatibleSummaryFrame)
        {
            frames.Add(new Frame(Json.Write(ChatWire.Summary(chat, "")), IsFinal: true));
        }

        if (settings.DoneMarker)
        {
            frames.Add(ChatFrames.DoneMarker);
        }

        return frames;
    }

    private static IEnumerable<Frame> Reasoning(ChatCompletion chat, ChatSettings settings)
    {
        Func<string, JsonObject> delta = chat.SplitsReasoning
            ? piece => CompletionsWire.ReasoningDelta(chat, piece)
            : piece => CompletionsWire.WithoutUsage(ChatWire.ContentDelta(chat, piece));
        string text = chat.SplitsReasoning ? chat.Reasoning : CompletionsWire.Thought(chat);
        return ChatFrames.Pieces(text, settings.ReasoningFrames).Select(piece => new Frame(Json.Write(delta(piece))));
    }
}
