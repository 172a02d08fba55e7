using Gateway.Grains.Jobs;
using Gateway.Grains.Upstreams.Platform;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>A native endpoint that is answered at once and takes a slot while it runs.</summary>
/// <param name="Path">MiniMax's path.</param>
/// <param name="Kind">What it makes; decides price and time-outs.</param>
/// <param name="Name">Its name in the API's description.</param>
internal sealed record NativeCall(string Path, JobKind Kind, string Name);

/// <summary>All calls, in one table.</summary>
internal static class NativeCalls
{
    public static readonly IReadOnlyList<NativeCall> All =
    [
        new(PlatformPaths.Chat, JobKind.Chat, "NativeChat"),
        new(PlatformPaths.Image, JobKind.Image, "NativeImage"),
        new(PlatformPaths.Speech, JobKind.Speech, "NativeSpeech"),
        new(PlatformPaths.Music, JobKind.Music, "NativeMusic"),
    ];
}
