using Gateway.Engine;
using Gateway.Engine.Security;
using Gateway.Engine.Upstreams;
using Gateway.Model.Kinds;
using Gateway.Upstreams.MiniMax;
using Gateway.Upstreams.MiniMax.Requests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Grains.Tests.Upstreams;

/// <summary>What docs/minimax.md, "Hosts" says.</summary>
public sealed class PlatformHostsTests
{
    [Theory]
    [InlineData("https://api-uw.minimax.io", false)]
    [InlineData("https://api-bj.minimaxi.com", false)]
    [InlineData("https://api.minimax.io", true)]
    [InlineData("https://api.minimaxi.com", true)]
    [InlineData("http://127.0.0.1:9090", true)]
    public void The_hosts_for_speech_serve_only_speech_that_is_answered_at_once(string url, bool servesAll)
    {
        using var http = new UpstreamHttp();
        var unknown = new UnknownAnswers(NullLogger<UnknownAnswers>.Instance);
        var calls = new PlatformCalls(http, KindLimits.Default, unknown, TimeProvider.System);
        var callbacks = new UpstreamCallbacks(new PublicAddress(Root: null), GatewayKeys.From(new byte[GatewayKeys.MasterLength]));
        var driver = new PlatformDriver(
            http, new PlatformReads(http, TimeProvider.System), calls, callbacks, KindLimits.Default, unknown, TimeProvider.System);
        var host = new Uri(url);

        Assert.True(driver.Serves(host, new Work(JobKind.Speech, "speech-2.8-hd")));
        foreach (var work in new Work[] { new(JobKind.Chat, "m"), new(JobKind.Video, "m"), new(JobKind.Speech, "m", Operation: WorkOperation.SpeechTask), new(JobKind.Speech, null, Operation: WorkOperation.VoiceClone) })
            Assert.Equal(servesAll, driver.Serves(host, work));
    }

    [Theory]
    [InlineData("https://api.minimax.io", "api.minimax.cn or api.minimaxi.com")]
    [InlineData("https://api-uw.minimax.io", "api.minimax.cn or api.minimaxi.com")]
    [InlineData("https://api.minimaxi.com", "api.minimax.io")]
    [InlineData("https://proxy.test", "api.minimax.io or api.minimax.cn or api.minimaxi.com")]
    public void A_dead_key_is_checked_with_the_other_regions_hosts(string url, string hosts) =>
        Assert.EndsWith($"check whether it belongs to {hosts}", PlatformHosts.WhereElse(new Uri(url)), StringComparison.Ordinal);
}
