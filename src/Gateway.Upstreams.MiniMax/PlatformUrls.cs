using Gateway.Model.Operations;

namespace Gateway.Upstreams.MiniMax;

/// <summary>
/// The root the platform is called at, from the url somebody pasted (V8). People paste what their client was set to (a root with
/// <c>/v1</c>) or what they saw it call (an endpoint): both are mended. The path of a proxy stays.
/// </summary>
internal static class PlatformUrls
{
    // What clients of this dialect or another put between the root and their own paths.
    private static readonly string[] Bases = ["/anthropic/v1", "/anthropic", "/v1", "/v2"];

    private static readonly string[] Endpoints =
    [
        .. NativePaths.All,
        "/v1/text/chatcompletion_pro", "/v1/chat/completions", "/v1/responses", "/anthropic/v1/messages", "/anthropic/v1/models",
    ];

    /// <summary>The open platform's hosts begin so.</summary>
    public static bool IsVendors(Uri url) => url.Host.StartsWith("api.minimax", StringComparison.OrdinalIgnoreCase);

    /// <summary>On the vendor's own hosts any path is an endpoint that somebody looked at.</summary>
    public static Uri RootOf(Uri url) => new(url.GetLeftPart(UriPartial.Authority) + (IsVendors(url) ? "" : Mended(url.AbsolutePath)));

    private static string Mended(string path)
    {
        path = path.TrimEnd('/');
        var root = Without(path, Endpoints) ?? Without(path, Bases) ?? path;
        return root.TrimEnd('/');
    }

    private static string? Without(string path, string[] ends) =>
        ends.Where(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(end => end.Length)
            .FirstOrDefault() is { } found
            ? path[..^found.Length]
            : null;
}
