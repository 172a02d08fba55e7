using Gateway.Api.Http;
using Gateway.Engine.Upstreams;

namespace Gateway.Api.Surfaces.Useapi;

/// <summary>The url of an account as an admin pasted it (V8), and the root its driver calls.</summary>
internal static class AccountUrl
{
    public static Uri Parse(string text) =>
        Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", UserInfo: "", Host.Length: > 0 }
            ? url
            : throw new ApiException(
                ApiError.Field("url", "must be an http or https url without user info, such as https://api.minimax.io"));

    /// <summary>Where to call.</summary>
    /// <param name="url">What was pasted.</param>
    /// <param name="upstream">The account's driver; null for a web session, where any path is a page that somebody looked at.</param>
    public static Uri RootOf(Uri url, IUpstream? upstream)
    {
        if (upstream is null) return new Uri(url.GetLeftPart(UriPartial.Authority));
        return upstream.TryRoot(url, out var root)
            ? root
            : throw new ApiException(ApiError.Field("url", $"must be the root of the API without query and fragment: {root}"));
    }
}
