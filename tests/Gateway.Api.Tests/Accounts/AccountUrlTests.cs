using Gateway.Api.Http;
using Gateway.Api.Surfaces.Useapi;
using Gateway.Upstreams.MiniMax;

namespace Gateway.Api.Tests.Accounts;

/// <summary>V8: whatever people paste, the root is what is called.</summary>
public sealed class AccountUrlTests
{
    // An address is judged without anything a driver works with.
    private static readonly PlatformDriver Platform = new(null!, null!, null!, null!, null!, null!, null!);

    [Theory]
    [InlineData("https://api.minimax.io", "https://api.minimax.io/")]
    [InlineData("http://v1", "http://v1/")] // a host that is called like a part of a path
    [InlineData("http://anthropic/v1", "http://anthropic/")]
    [InlineData("https://api.minimax.io/v1", "https://api.minimax.io/")]
    [InlineData("https://api.minimax.io/anthropic", "https://api.minimax.io/")]
    [InlineData("https://api.minimaxi.com/v1/t2a_v2", "https://api.minimaxi.com/")]
    [InlineData("https://proxy.my.org/v1", "https://proxy.my.org/")]
    [InlineData("https://proxy.my.org/v1/", "https://proxy.my.org/")]
    [InlineData("https://proxy.my.org/V1", "https://proxy.my.org/")]
    [InlineData("https://proxy.my.org/v2", "https://proxy.my.org/")]
    [InlineData("https://proxy.my.org/anthropic", "https://proxy.my.org/")]
    [InlineData("https://proxy.my.org/anthropic/v1", "https://proxy.my.org/")]
    [InlineData("https://proxy.my.org/anthropic/v1/messages", "https://proxy.my.org/")]
    [InlineData("https://proxy.my.org/v1/text/chatcompletion_v2", "https://proxy.my.org/")]
    [InlineData("https://proxy.my.org/v1/chat/completions", "https://proxy.my.org/")]
    [InlineData("https://proxy.my.org/v2/video_generation", "https://proxy.my.org/")]
    [InlineData("https://proxy.my.org/minimax/v1", "https://proxy.my.org/minimax")]
    [InlineData("https://proxy.my.org/minimax/v1/video_generation", "https://proxy.my.org/minimax")]
    [InlineData("https://proxy.my.org/minimax/eu/", "https://proxy.my.org/minimax/eu")]
    [InlineData("https://proxy.my.org/v1/account/minimax", "https://proxy.my.org/v1/account/minimax")]
    [InlineData("https://proxy.my.org/rev1", "https://proxy.my.org/rev1")]
    [InlineData("http://127.0.0.1:8123", "http://127.0.0.1:8123/")]
    public void V8_endpoints_and_bases_are_mended_and_prefixes_stay(string pasted, string root) =>
        Assert.Equal(new Uri(root), AccountUrl.RootOf(AccountUrl.Parse(pasted), Platform));

    [Theory]
    [InlineData("https://api.minimax.io/v1?GroupId=1", "must be the root of the API without query and fragment: https://api.minimax.io/")]
    [InlineData(
        "https://proxy.my.org/minimax/v1#top", "must be the root of the API without query and fragment: https://proxy.my.org/minimax")]
    [InlineData("https://me:pw@proxy.my.org", "user info")]
    [InlineData("proxy.my.org", "must be an http or https url")]
    [InlineData("ftp://proxy.my.org", "must be an http or https url")]
    [InlineData("/v1", "must be an http or https url")]
    public void V8_what_cannot_be_mended_is_refused_with_the_cure(string pasted, string rule) =>
        Assert.Contains(
            rule,
            Assert.Throws<ApiException>(() => AccountUrl.RootOf(AccountUrl.Parse(pasted), Platform)).Error.OneLine,
            StringComparison.Ordinal);

    [Fact]
    public void A_web_session_is_told_by_any_request_it_made() =>
        Assert.Equal(
            new Uri("https://hailuoai.video"),
            AccountUrl.RootOf(AccountUrl.Parse("https://hailuoai.video/v3/api/x?device_platform=web"), upstream: null));
}
