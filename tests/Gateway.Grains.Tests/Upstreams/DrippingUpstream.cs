using System.Net;
using Gateway.Engine.Upstreams;
using Gateway.Model.Answers;

namespace Gateway.Grains.Tests.Upstreams;

/// <summary>An upstream whose answer comes in parts of a few bytes.</summary>
internal sealed class DrippingUpstream(byte[] answer, int part) : HttpMessageHandler
{
    public static async Task<UpstreamExchange> OpenAsync(byte[] answer, int part)
    {
        using var http = new HttpMessageInvoker(new DrippingUpstream(answer, part));
        var exchange = new UpstreamExchange(
            new HttpRequestMessage(HttpMethod.Post, "http://upstream.test/"),
            new Patience(TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None),
            UpstreamWords.OfNobody);
        await exchange.SendAsync(http);
        return exchange;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Drips(answer, part)) });

    private sealed class Drips(byte[] bytes, int part) : MemoryStream(bytes)
    {
        // No length is told: it comes until it ends.
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(part, buffer.Length)], cancellationToken);
    }
}
