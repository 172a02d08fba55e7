using System.Text;
using Gateway.Engine.Upstreams;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;

namespace Gateway.Api.Tests.Seams.ToyDriver;

/// <summary>What the vendor says, in the native format: in one piece, or a frame for each word.</summary>
internal sealed class ToyAnswer(bool isWhole, ReadOnlyMemory<byte> opening, Queue<byte[]> rest) : ICallAnswer
{
    public int Status => 200;

    public string ContentType => isWhole ? "application/json" : "text/event-stream";

    public IEnumerable<KeyValuePair<string, string[]>> Headers => [];

    public bool IsWhole => isWhole;

    public ReadOnlyMemory<byte> Opening => opening;

    public bool IsBetweenFrames => true;

    public Usage Usage => new(1, 12);

    public UpstreamError? Error => null;

    public static ToyAnswer Whole(IEnumerable<string> words) =>
        new(
            isWhole: true,
            Encoding.UTF8.GetBytes($$$"""{"choices":[{"message":{"role":"assistant","content":"{{{string.Join(' ', words)}}}"}}]}"""),
            []);

    public static ToyAnswer Stream(IEnumerable<string> words)
    {
        var frames = new Queue<byte[]>(
            words.Select(word => Encoding.UTF8.GetBytes($$$"""data: {"choices":[{"delta":{"content":"{{{word}}}"}}]}{{{"\n\n"}}}""")));
        return new ToyAnswer(isWhole: false, frames.Dequeue(), frames);
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync() =>
        ValueTask.FromResult<ReadOnlyMemory<byte>>(rest.TryDequeue(out var frame) ? frame : ReadOnlyMemory<byte>.Empty);

    public void Dispose()
    {
    }
}
