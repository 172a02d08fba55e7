using Gateway.Model.Accounts;
using Gateway.Model.Answers;

namespace Gateway.Engine.Upstreams;

/// <summary>
/// A good answer of a call on its way to the caller, in the native format: whole, or as frames that come one after the other.
/// </summary>
internal interface ICallAnswer : IDisposable
{
    int Status { get; }

    string ContentType { get; }

    /// <summary>The headers a caller may see: none that would tell which account answered.</summary>
    IEnumerable<KeyValuePair<string, string[]>> Headers { get; }

    /// <summary>All of it is there.</summary>
    bool IsWhole { get; }

    /// <summary>What is there at first: all of it, or the frames before which no error came. What may not be told is cleaned.</summary>
    ReadOnlyMemory<byte> Opening { get; }

    /// <summary>What was read last ends with a frame: something else may be put behind it.</summary>
    bool IsBetweenFrames { get; }

    /// <summary>What has come since, cleaned, until the next read; nothing at the end.</summary>
    /// <exception cref="HttpRequestException">It broke off.</exception>
    /// <exception cref="IOException">It broke off.</exception>
    /// <exception cref="OperationCanceledException">It was silent too long, or nobody wants it any more.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync();

    /// <summary>What it reports of its cost; asked after its end.</summary>
    Usage Usage { get; }

    /// <summary>The error a later frame told; null for none so far.</summary>
    UpstreamError? Error { get; }
}
