namespace Gateway.Engine.Upstreams;

/// <summary>An answer that comes bit by bit.</summary>
internal interface IAnswerStream : IDisposable
{
    /// <summary>What has come, in whole frames, until the next read; nothing at its end, however that came.</summary>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync();

    /// <summary>How it ended; asked after its end.</summary>
    AnswerEnd End { get; }

    /// <summary>Nobody wants the rest: the upstream is left and the stream ends.</summary>
    void Stop();
}
