using Gateway.Engine.Upstreams;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Upstreams.MiniMax.Requests;

/// <summary>
/// A call's answer as it is passed on: byte for byte as it arrives. An error that a later frame tells goes to the caller like the rest,
/// with its words cleaned, and is what the account learns.
/// </summary>
internal sealed class PlatformAnswer : ICallAnswer
{
    private const int Chunk = 16 * 1024;

    // MiniMax's trace headers; nothing that would tell which account answered.
    private static readonly string[] PassedHeaders =
    [
        "trace-id", "minimax-request-id", "x-mm-request-id", "x-session-id", "alb_receive_time", "alb_request_id"
    ];

    private readonly OpenedCall.Answered _answered;
    private readonly UpstreamCall _call;
    private readonly StreamJudge _judge;
    private readonly PassedFrames _frames;
    private readonly AnswerTail? _tail;
    private readonly byte[] _buffer = [];
    private bool _hasEnded;

    public PlatformAnswer(OpenedCall.Answered answered, UpstreamCall call)
    {
        (_answered, _call) = (answered, call);
        _judge = new StreamJudge(answered.Exchange.Words);
        _frames = new PassedFrames(answered.Exchange.Words);
        (_hasEnded, Opening) = (answered.IsWhole, answered.Held);
        if (answered.IsWhole) return;

        (_tail, _buffer) = (new AnswerTail(), new byte[Chunk]);
        Opening = Hear(answered.Held).ToArray();
    }

    public int Status => _answered.Exchange.Status;

    public string ContentType => _answered.ContentType;

    public IEnumerable<KeyValuePair<string, string[]>> Headers
    {
        get
        {
            // One that the server would not send must not cost the answer behind it.
            foreach (var name in PassedHeaders)
                if (_answered.Exchange.Response.Headers.TryGetValues(name, out var values))
                    yield return new KeyValuePair<string, string[]>(
                        name, [.. values.Select(_answered.Exchange.Words.Header).OfType<string>()]);
        }
    }

    public bool IsWhole => _answered.IsWhole;

    public ReadOnlyMemory<byte> Opening { get; }

    public bool IsBetweenFrames => _judge.IsBetweenFrames;

    public Usage Usage =>
        _tail is null
            ? PlatformUsage.OfWhole(_call.Kind, _call.Operation, _answered.Held)
            : PlatformUsage.Of(_call.Kind, _call.Operation, _tail.Bytes);

    // It had been accepted, so it may have been billed.
    public UpstreamError? Error => _judge.Error is { } error ? error with { Billed = Billed.Unknown } : null;

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        while (!_hasEnded)
        {
            var read = await _answered.Exchange.ReadAsync(_buffer);
            if (read == 0) return End();
            if (Hear(_buffer.AsMemory(0, read)) is { IsEmpty: false } passed) return passed;
        }

        return ReadOnlyMemory<byte>.Empty;
    }

    public void Dispose() => _answered.Exchange.Dispose();

    private ReadOnlyMemory<byte> Hear(ReadOnlyMemory<byte> bytes)
    {
        _tail!.Add(bytes.Span);
        _judge.Add(bytes.Span);
        return _frames.Pass(bytes);
    }

    private ReadOnlyMemory<byte> End()
    {
        _hasEnded = true;
        _judge.End();
        return _frames.End();
    }
}
