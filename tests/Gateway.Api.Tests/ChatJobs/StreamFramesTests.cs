using System.Text;
using Gateway.Api.Push;
using Gateway.Engine.Storage;

namespace Gateway.Api.Tests.ChatJobs;

public sealed class StreamFramesTests
{
    private const string Two = "data: a\n\nevent: x\ndata: b\n\n"; // 9 and 18 bytes

    private static string After(string data, long start, long place) =>
        Encoding.UTF8.GetString(StreamFrames.After(new StreamChunk(start, 1, Encoding.UTF8.GetBytes(data)), place).Span);

    [Theory]
    [InlineData(0, "data: a\nid: 109\n\nevent: x\ndata: b\nid: 127\n\n")]
    [InlineData(100, "data: a\nid: 109\n\nevent: x\ndata: b\nid: 127\n\n")]
    [InlineData(101, "data: a\nid: 109\n\nevent: x\ndata: b\nid: 127\n\n")]
    [InlineData(109, "event: x\ndata: b\nid: 127\n\n")]
    [InlineData(126, "event: x\ndata: b\nid: 127\n\n")]
    [InlineData(127, "")]
    public void P4_each_frame_carries_the_byte_it_ends_at_and_one_that_was_cut_is_given_whole(long place, string told) =>
        Assert.Equal(told, After(Two, 100, place));

    [Theory]
    [InlineData("id: theirs\r\ndata: a\r\n\r\n", "id: theirs\r\ndata: a\nid: 23\n\n")]
    [InlineData(": ping\n\n", ": ping\nid: 8\n\n")]
    [InlineData("data: cut off", "data: cut off\nid: 13\n\n")]
    public void P4_the_gateways_id_comes_last_in_a_frame_of_any_shape(string frame, string told) => Assert.Equal(told, After(frame, 0, 0));
}
