using Gateway.Silo.Content;

namespace Gateway.Api.Tests.Outbound;

public sealed class LinkExpiryTests
{
    [Theory]
    [InlineData("https://a.example/v.mp4?Expires=1764108000&OSSAccessKeyId=k&Signature=s", "2025-11-25T22:00:00Z")]
    [InlineData("https://a.example/v.mp4?x-oss-date=20251125T210000Z&x-oss-expires=3600&x-oss-signature=s", "2025-11-25T22:00:00Z")]
    [InlineData("https://a.example/v.mp4?X-Amz-Date=20251125T210000Z&X-Amz-Expires=60", "2025-11-25T21:01:00Z")]
    [InlineData("https://a.example/v.mp4?X-Tos-Date=20251125T210000Z", null)]
    [InlineData("https://a.example/v.mp4?Expires=soon", null)]
    [InlineData("https://a.example/v.mp4?Expires=99999999999999", null)]
    [InlineData("https://a.example/v.mp4?X-Amz-Date=yesterday&X-Amz-Expires=60", null)]
    [InlineData("https://a.example/v.mp4?&=&a&Expires", null)]
    [InlineData("https://a.example/v.mp4", null)]
    public void A_link_says_until_when_it_works_or_nothing(string link, string? until) =>
        Assert.Equal(until is null ? null : DateTimeOffset.Parse(until), LinkExpiry.Of(new Uri(link)));
}
