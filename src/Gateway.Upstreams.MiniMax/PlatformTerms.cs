using Gateway.Engine.Upstreams;
using Gateway.Model.Accounts;

namespace Gateway.Upstreams.MiniMax;

/// <summary>
/// What MiniMax's platform asks and allows, as shipped. The prices keep the ratios of its list prices (an image 1, a video 30) and are
/// meant to be overridden. The paces are those of its global platform, mid to late 2026 (docs/minimax.md, "Pace"); video V1 as of
/// October 2026 (20; it was 5 early that year). Where the vendor documents none, none is shipped.
/// </summary>
internal static class PlatformTerms
{
    public static readonly UpstreamTerms Shipped = new(
        new Dictionary<string, long>(StringComparer.Ordinal)
        {
            ["video"] = 30,
            ["video/MiniMax-Hailuo-02"] = 30,
            ["video/MiniMax-Hailuo-2.3"] = 30,
            ["video/MiniMax-Hailuo-2.3-Fast"] = 20,
            ["video_v2"] = 5,
            ["video_context"] = 5,
            ["video_regeneration"] = 5,
            ["video_template"] = 30,
            ["image"] = 1,
            ["speech"] = 2,
            ["speech_task"] = 2,
            ["voice_clone"] = 150,
            ["voice_design"] = 30,
            ["music"] = 10,
            ["lyrics"] = 1,
            ["cover_preprocess"] = 1,
        },
        [
            new PaceLimit("chat-m3", 200, 10_000_000),
            new PaceLimit("chat-m2", 500, 20_000_000),
            new PaceLimit("chat", 200, 10_000_000), // models the page does not name: the smaller of the two it does
            new PaceLimit("speech", 60, 0),
            new PaceLimit("speech-task", 60, 0),
            new PaceLimit("voice-clone", 60, 0),
            new PaceLimit("voice-design", 20, 0),
            new PaceLimit("video-v1", 20, 0),
            new PaceLimit("video-template", 20, 0),
            new PaceLimit("video-v2", 300, 0),
            new PaceLimit("image", 10, 0),
            new PaceLimit("music", 120, 0),
            new PaceLimit("music-free", 3, 0),
            new PaceLimit("lyrics", 0, 0),
        ]);
}
