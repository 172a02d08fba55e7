using System.Collections.Frozen;
using Gateway.Model.Kinds;

namespace Gateway.Model.Accounts;

/// <summary>How fast an account may go, by <c>driver/family</c> (Q7). A family is what the vendor counts together.</summary>
/// <remarks>
/// The shipped numbers are MiniMax's of its global platform, mid to late 2026 (docs/minimax.md, "Pace"); video V1
/// as of October 2026 (20; it was 5 early that year). Where the vendor documents none, none is shipped. They drift, packages
/// differ, and <c>Gateway:Pace</c> overrides each.
/// </remarks>
internal sealed class PaceTable
{
    private static readonly PaceLimit[] Shipped =
    [
        new("chat-m3", 200, 10_000_000),
        new("chat-m2", 500, 20_000_000),
        new("chat", 200, 10_000_000), // models the page does not name: the smaller of the two it does
        new("speech", 60, 0),
        new("speech-task", 60, 0),
        new("voice-clone", 60, 0),
        new("voice-design", 20, 0),
        new("video-v1", 20, 0),
        new("video-template", 20, 0),
        new("video-v2", 300, 0),
        new("image", 10, 0),
        new("music", 120, 0),
        new("music-free", 3, 0),
        new("lyrics", 0, 0),
    ];

    public static readonly PaceTable Default = new(new Dictionary<string, PaceLimit>());

    /// <summary>No pace at all: nothing is counted, and a vendor's rate limit rests the whole account.</summary>
    public static readonly PaceTable Off = new(Enumerable.Empty<PaceLimit>());

    private readonly FrozenDictionary<string, PaceLimit> _limits;

    /// <param name="overrides">Limits by <c>driver/family</c>, of families in <see cref="Families"/>.</param>
    public PaceTable(IReadOnlyDictionary<string, PaceLimit> overrides)
        : this(Shipped.Select(limit => overrides.GetValueOrDefault(Key(limit.Family), limit)))
    {
    }

    private PaceTable(IEnumerable<PaceLimit> limits) => _limits = limits.ToFrozenDictionary(limit => limit.Family, StringComparer.Ordinal);

    /// <summary>Every family, as settings name them, with what is shipped.</summary>
    public static IEnumerable<(string Key, PaceLimit Shipped)> Families => Shipped.Select(limit => (Key(limit.Family), limit));

    /// <summary>The pace of one piece of work; null where there is none.</summary>
    public PaceLimit? Of(string driver, Work work) =>
        FamilyOf(driver, work) is { } family ? _limits.GetValueOrDefault(family) : null;

    /// <summary>The family's limits; null where there is none.</summary>
    public PaceLimit? Of(string family) => _limits.GetValueOrDefault(family);

    /// <summary>What the vendor counts this work under; null where nothing is known of its counting.</summary>
    public static string? FamilyOf(string driver, Work work) => driver != "platform" ? null : work.Operation switch
    {
        WorkOperation.Plain => FamilyOf(work.Kind, work.Model ?? ""),
        WorkOperation.VideoV2 or WorkOperation.VideoContext or WorkOperation.VideoRegeneration => "video-v2",
        WorkOperation.VideoTemplate => "video-template",
        WorkOperation.SpeechTask => "speech-task",
        WorkOperation.VoiceClone => "voice-clone",
        WorkOperation.VoiceDesign => "voice-design",
        WorkOperation.Lyrics or WorkOperation.CoverPreprocess => "lyrics",
        _ => null,
    };

    private static string? FamilyOf(JobKind kind, string model) => kind switch
    {
        JobKind.Chat => model.StartsWith("MiniMax-M3", StringComparison.OrdinalIgnoreCase) ? "chat-m3"
            : model.StartsWith("MiniMax-M2", StringComparison.OrdinalIgnoreCase) ? "chat-m2" : "chat",
        JobKind.Speech => "speech",
        JobKind.Video => "video-v1",
        JobKind.Image => "image",
        JobKind.Music => model.EndsWith("-free", StringComparison.OrdinalIgnoreCase) ? "music-free" : "music",
        _ => null,
    };

    private static string Key(string family) => $"platform/{family}";
}
