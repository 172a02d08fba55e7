using System.Text;
using Gateway.Model.Json;

namespace Gateway.Grains.Tests.Upstreams;

public sealed class SseFramesTests
{
    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("data: 1\n", 0, 0)]
    [InlineData("data: 1\n\n", 9, 9)]
    [InlineData("data: 1\n\ndata: 2\n\ndata:", 9, 18)]
    [InlineData("data: 1\r\n\r\ndata: 2\n\n", 11, 20)]
    [InlineData("data: 1\n\ndata: 2\r\n\r\n: x", 9, 20)]
    [InlineData("data: 1\r\n\r", 0, 0)]
    public void A_frame_ends_with_an_empty_line(string text, int first, int last)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal((first, last), (SseFrames.FirstEnd(bytes), SseFrames.LastEnd(bytes)));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(": ping\n\n", "")]
    [InlineData("data: 1\n\nevent: x\ndata: 2\n\n: ping\n\n", " 2")]
    [InlineData("data: 1\n\ndata: 2", " 1")]
    public void The_last_data_is_that_of_the_last_line_that_has_some(string text, string data) =>
        Assert.Equal(data, Encoding.UTF8.GetString(SseFrames.LastData(Encoding.UTF8.GetBytes(text))));
}
