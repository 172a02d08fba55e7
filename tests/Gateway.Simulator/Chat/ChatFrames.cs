using System.Text;
using System.Text.Json.Nodes;

namespace Gateway.Simulator;

/// <summary>The frames of a streamed answer: reasoning, content, finish, summary.</summary>
internal static class ChatFrames
{
    public static Frame DoneMarker { get; } = new("[DONE]", IsFinal: true);

    public static IReadOnlyList<Frame> Of(ChatCompletion chat, ChatSettings settings, string warning)
    {
        List<Frame> frames = [];
        foreach (string piece in Pieces(chat.Reasoning, settings.ReasoningFrames))
        {
            frames.Add(new Frame(Json.Write(ChatWire.ReasoningDelta(chat, piece))));
        }

        frames.AddRange(Answer(chat, settings, static chunk => chunk));
        if (settings.SummaryFrame)
        {
            frames.Add(new Frame(Json.Write(ChatWire.Summary(chat, warning)), IsFinal: true));
        }

        if (settings.DoneMarker)
        {
            frames.Add(DoneMarker);
        }

        return frames;
    }

    /// <summary>What comes after the reasoning, up to the finish reason: content, or the calls of tools.</summary>
    public static IEnumerable<Frame> Answer(ChatCompletion chat, ChatSettings settings, Func<JsonObject, JsonObject> adapt)
    {
        IEnumerable<JsonObject> chunks = chat.ToolCalls.Count > 0
            ? ToolChunks(chat)
            : ContentChunks(chat, Pieces(chat.Content, Math.Max(1, settings.ContentFrames)));
        List<Frame> frames = [.. chunks.Select(chunk => new Frame(Json.Write(adapt(chunk))))];
        frames[^1] = frames[^1] with { IsFinal = true };
        return frames;
    }

    private static IEnumerable<JsonObject> ContentChunks(ChatCompletion chat, string[] pieces) =>
        pieces.SkipLast(1).Select(piece => ChatWire.ContentDelta(chat, piece)).Append(ChatWire.FinishDelta(chat, pieces[^1]));

    private static IEnumerable<JsonObject> ToolChunks(ChatCompletion chat) =>
        chat.ToolCalls
            .SelectMany((call, index) => Pieces(call.Arguments, 2)
                .Select((piece, part) => ChatWire.ToolDelta(chat, index, piece, first: part == 0)))
            .Append(ChatWire.ToolFinish(chat));

    // Cut between runes: half a surrogate pair cannot be written as JSON text.
    public static string[] Pieces(string text, int count)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        var pieces = new string[count];
        for (int i = 0; i < count; i++)
        {
            var piece = new StringBuilder();
            foreach (Rune rune in runes[(runes.Length * i / count)..(runes.Length * (i + 1) / count)])
            {
                piece.Append(rune.ToString());
            }

            pieces[i] = piece.ToString();
        }

        return pieces;
    }
}
