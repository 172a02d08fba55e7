using System.Buffers;
using System.Globalization;
using System.Text;
using Gateway.Engine.Storage;
using Gateway.Model.Json;

namespace Gateway.Api.Push;

/// <summary>Puts to each frame of a stream the place where it ends, as its <c>id</c>: what a client sends to go on from there.</summary>
internal static class StreamFrames
{
    /// <summary>The frames of a chunk that end after a place. One that was cut by it is given whole: half a frame is of no use.</summary>
    public static ReadOnlyMemory<byte> After(StreamChunk chunk, long place)
    {
        var told = new ArrayBufferWriter<byte>(chunk.Data.Length + 256);
        ReadOnlySpan<byte> rest = chunk.Data;
        while (!rest.IsEmpty)
        {
            var length = SseFrames.FirstEnd(rest) is var end and > 0 ? end : rest.Length;
            var next = chunk.End - rest.Length + length;
            if (next > place) Write(told, rest[..length], next);
            rest = rest[length..];
        }

        return told.WrittenMemory;
    }

    // The id comes last, so that it counts even where the upstream gave one too.
    private static void Write(ArrayBufferWriter<byte> told, ReadOnlySpan<byte> frame, long id)
    {
        told.Write(frame.TrimEnd("\r\n"u8));
        told.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\nid: {id}\n\n")));
    }
}
