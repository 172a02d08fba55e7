using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Gateway.Api.Calls;
using Gateway.Model.Json;

namespace Gateway.Api.Tests.Seams.ToySurface;

/// <summary>The native chat in the toy's words: <c>{"said":"…"}</c>, or a line for each word and <c>bye</c> at the end.</summary>
internal sealed class ToyFormat : CallFormat
{
    private readonly List<byte> _held = [];

    public override ReadOnlyMemory<byte> Whole(ReadOnlyMemory<byte> native) =>
        JsonSerializer.SerializeToUtf8Bytes(new { said = JsonValues.Text(native.Span, "choices[].message.content") });

    // The network cuts where it likes: a frame that is not whole yet is held.
    public override ReadOnlyMemory<byte> Part(ReadOnlyMemory<byte> native)
    {
        _held.AddRange(native.Span);
        var end = SseFrames.LastEnd(CollectionsMarshal.AsSpan(_held));
        var said = new StringBuilder();
        foreach (var line in Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_held)[..end]).Split('\n'))
            if (line.StartsWith("data: {", StringComparison.Ordinal)
                && JsonValues.Text(Encoding.UTF8.GetBytes(line[6..]), "choices[].delta.content") is { Length: > 0 } word)
                said.Append($"{word}\n\n");
        _held.RemoveRange(0, end);
        return Encoding.UTF8.GetBytes(said.ToString());
    }

    public override ReadOnlyMemory<byte> End() => "bye\n\n"u8.ToArray();
}
