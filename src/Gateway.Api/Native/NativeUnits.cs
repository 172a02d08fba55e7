using Gateway.Model.Accounts;
using Gateway.Model.Operations;

namespace Gateway.Api.Native;

/// <summary>
/// How many times its price a request may cost at most, as far as its body tells (C1, H2): pictures, started thousands of characters or
/// tokens, seconds of video. What no reader could be sure of is refused, what is not said counts as the most.
/// </summary>
internal static class NativeUnits
{
    private const int MostPictures = 9;

    /// <summary>The longest video of the second API (docs/minimax.md, "Video, second API"): counted where no duration is given.</summary>
    private const int LongestVideo = 15;

    /// <summary>
    /// Reference videos are billed too: 15 s of them all together, each rounded up to a second, three at most (docs/minimax.md, "Video,
    /// second API").
    /// </summary>
    private const int LongestReferences = 15 + 3;

    /// <summary>
    /// What a chat may answer where it says no limit: the default of M2 and the models before it (docs/minimax.md, "Chat") …
    /// </summary>
    private const int OlderDefault = 10_240;

    /// <summary>… and what is recommended for the later ones, whose default is not documented (docs/minimax.md, "Chat").</summary>
    private const int LaterDefault = 131_072;

    private static readonly string[] OlderModels = ["MiniMax-M2", "MiniMax-M2-her", "M2-her", "MiniMax-M1", "MiniMax-Text-01"];

    private const int MostTokens = 1_000_000;

    /// <summary>No model reads more (docs/minimax.md, "Models"): what a prompt may cost at most.</summary>
    private const int LargestWindow = 1_048_576;

    /// <summary>
    /// What a picture or a video behind a link may count for. Not documented: a picture of 10 MB, and minutes of video, leave room to
    /// spare.
    /// </summary>
    private const int TokensPerPicture = 16_384;

    private const int TokensPerVideo = 262_144;

    /// <summary>Several answers to one chat: an OpenAI field that MiniMax does not document and might know.</summary>
    private const int MostAnswers = 16;

    /// <summary>
    /// The longest text in a file: a million characters (docs/minimax.md, "Speech in the background"), which may be such that count twice.
    /// </summary>
    private const int LongestTextFile = 2_000_000;

    public static int Of(Operation row, DecisiveFields fields, string? model) => row.Units switch
    {
        UnitRule.One => 1,
        UnitRule.Pictures => fields.Integer("n", 1, MostPictures) ?? 1,
        UnitRule.VideoSeconds =>
            (fields.Integer("duration", 1, LongestVideo) ?? LongestVideo) + (fields.Videos > 0 ? LongestReferences : 0),
        // As long as that was, whatever this body says.
        UnitRule.LongestVideo => LongestVideo + LongestReferences,
        UnitRule.Characters => Thousands(fields.LongText("text") is { } text ? Characters(text) : 0),
        UnitRule.Tokens => Thousands(Prompt(fields) + ((long)Answer(fields, model) * (fields.Integer("n", 1, MostAnswers) ?? 1))),
    };

    /// <summary>
    /// The units of a text that lies in a file of so many bytes: no encoding has more characters than bytes. A length that is not known is
    /// the longest.
    /// </summary>
    public static int OfTextFile(long? bytes) => Thousands(Math.Min(bytes ?? LongestTextFile, LongestTextFile));

    /// <summary>Started thousands, at least one.</summary>
    public static int Thousands(long count) => (int)Math.Clamp(Usage.Thousands(count), 1, int.MaxValue);

    /// <summary>Characters as MiniMax bills them: a Han character, kana or hangul counts as two.</summary>
    public static int Characters(string text)
    {
        var count = 0;
        foreach (var rune in text.EnumerateRunes()) count += rune.Value >= 0x2E80 ? 2 : 1;
        return count;
    }

    // No token is shorter than a byte, whoever chooses the text.
    private static long Prompt(DecisiveFields fields) =>
        Math.Min(LargestWindow, fields.Length + ((long)fields.Pictures * TokensPerPicture) + ((long)fields.Videos * TokensPerVideo));

    // Both names are known; which of them counts where both stand is not.
    private static int Answer(DecisiveFields fields, string? model) =>
        (fields.Integer("max_tokens", 1, MostTokens), fields.Integer("max_completion_tokens", 1, MostTokens)) switch
        {
            (null, null) => OlderModels.Contains(model, StringComparer.OrdinalIgnoreCase) ? OlderDefault : LaterDefault,
            var (old, now) => Math.Max(old ?? 0, now ?? 0),
        };
}
