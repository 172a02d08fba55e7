using Gateway.Api.Http;
using Gateway.Upstreams.MiniMax;
using Gateway.Upstreams.MiniMax.Requests;

namespace Gateway.Api.Surfaces.Useapi;

/// <summary>
/// The root an upstream is called at, from the url somebody pasted (V8). People paste what their client was set to (a root with
/// <c>/v1</c>) or what they saw it call (an endpoint): both are mended. The path of a proxy stays.
/// </summary>
internal static class AccountUrl
{
    // What clients of this dialect or another put between the root and their own paths.
    private static readonly string[] Bases = ["/anthropic/v1", "/anthropic", "/v1", "/v2"];

    private static readonly string[] Endpoints =
    [
        PlatformPaths.Chat, PlatformPaths.Image, PlatformPaths.Speech, PlatformPaths.SpeechTask, PlatformPaths.QuerySpeechTask, PlatformPaths.Music, PlatformPaths.CoverPreprocess,
        PlatformPaths.Lyrics, PlatformPaths.VoiceClone, PlatformPaths.VoiceDesign, PlatformPaths.GetVoice, PlatformPaths.DeleteVoice, PlatformPaths.VideoGeneration, PlatformPaths.QueryVideo,
        PlatformPaths.VideoTemplate, PlatformPaths.QueryTemplate, PlatformPaths.VideoV2, PlatformPaths.QueryVideoV2, PlatformPaths.VideoContext, PlatformPaths.VideoRegeneration,
        PlatformPaths.UploadFile, PlatformPaths.ListFiles, PlatformPaths.RetrieveFile, PlatformPaths.FileContent, PlatformPaths.DeleteFile, PlatformPaths.Models, PlatformPaths.Remains, PlatformPaths.RemainsAlias,
        "/v1/text/chatcompletion_pro", "/v1/chat/completions", "/v1/responses", "/anthropic/v1/messages", "/anthropic/v1/models",
    ];

    public static Uri Parse(string text) =>
        Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", UserInfo: "", Host.Length: > 0 }
            ? url
            : throw new ApiException(ApiError.Field("url", "must be an http or https url without user info, such as https://api.minimax.io"));

    /// <summary>Where to call. On the vendor's own hosts, and where a web session was copied from, any path is a page or an endpoint that somebody looked at.</summary>
    public static Uri RootOf(Uri url, string driver)
    {
        if (driver != PlatformDriver.Name) return new Uri(url.GetLeftPart(UriPartial.Authority));
        if (url.Query.Length > 0 || url.Fragment.Length > 0) throw new ApiException(ApiError.Field("url", $"must be the root of the API without query and fragment: {Root(url)}"));
        return Root(url);
    }

    public static bool IsVendors(Uri url) => url.Host.StartsWith("api.minimax", StringComparison.OrdinalIgnoreCase);

    private static Uri Root(Uri url) => new(url.GetLeftPart(UriPartial.Authority) + (IsVendors(url) ? "" : Mended(url.AbsolutePath)));

    private static string Mended(string path)
    {
        path = path.TrimEnd('/');
        var root = Without(path, Endpoints) ?? Without(path, Bases) ?? path;
        return root.TrimEnd('/');
    }

    private static string? Without(string path, string[] ends) =>
        ends.Where(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase)).OrderByDescending(end => end.Length).FirstOrDefault() is { } found ? path[..^found.Length] : null;
}
