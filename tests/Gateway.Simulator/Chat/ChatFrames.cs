using System.Text;

namespace Gateway.Simulator;

/// <summary>The frames of a streamed answer: reasoning, content, finish, summary.</summary>
internal static class ChatFrames
{
    private const string Done = "[DONE]";

    public static IReadOnlyList<Frame> Of(ChatCompletion chat, ChatSettings settings, string warning)
    {
        List<Frame> frames = [];
        foreach (string piece in Pieces(chat.Reasoning, settings.ReasoningFrames))
        {
            frames.Add(new Frame(Json.Write(ChatWire.ReasoningDelta(chat, piece))));
        }

        AddContent(frames, chat, Pieces(chat.Content, Math.Max(1, settings.ContentFrames)));
        if (settings.SummaryFrame)
        {
            frames.Add(new Frame(Json.Write(ChatWire.Summary(chat, warning)), IsFinal: true));
        }

        if (settings.DoneMarker)
        {
            frames.Add(new Frame(Done, IsFinal: true));
        }

        return frames;
    }

    private static void AddContent(List<Frame> frames, ChatCompletion chat, IReadOnlyList<string> pieces)
    {
        foreach (string piece in pieces.SkipLast(1))
        {
            frames.Add(new Frame(Json.Write(ChatWire.ContentDelta(chat, piece))));
        }

        frames.Add(new Frame(Json.Write(ChatWire.FinishDelta(chat, pieces[^1])), IsFinal: true));
    }

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
