using System.IO.Compression;
using Gateway.Model.Answers;

namespace Gateway.Engine.Upstreams;

/// <summary>One HTTP exchange with an upstream, owned until its answer is read.</summary>
/// <param name="request">What is sent.</param>
/// <param name="patience">How long is waited.</param>
/// <param name="words">Cleans what is said.</param>
internal sealed class UpstreamExchange(HttpRequestMessage request, Patience patience, UpstreamWords words) : IDisposable
{
    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    private HttpResponseMessage? _response;
    private Stream? _stream;

    public Patience Patience => patience;

    public UpstreamWords Words => words;

    /// <summary>What ended it, in words that may be kept: what breaks a connection may quote what came over it.</summary>
    public string Explain(Exception broken) => words.Clean(patience.Explain(broken));

    public HttpResponseMessage Response => _response!;

    public int Status => (int)Response.StatusCode;

    public string ContentType => PassableType ?? "application/json";

    /// <summary>The answer's type where it may be passed on as it is; else null.</summary>
    public string? PassableType => Response.Content.Headers.ContentType is { } type ? words.Header(type.ToString()) : null;

    public string? MediaType => Response.Content.Headers.ContentType?.MediaType;

    /// <summary>The answer's length on the wire; null where it is not told, or tells the length of what is compressed.</summary>
    public long? Length => IsEncoded ? null : Response.Content.Headers.ContentLength;

    private bool IsEncoded => Response.Content.Headers.ContentEncoding.Count > 0;

    public async Task SendAsync(HttpMessageInvoker http)
    {
        _response = await http.SendAsync(request, patience.Token);
        patience.Restart();
    }

    /// <summary>Reads what has come; 0 at the end. Each arrival restarts the idle time-out (J9).</summary>
    /// <exception cref="IOException">It is not in the encoding it says, or broke off.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        _stream ??= Decoded(await Response.Content.ReadAsStreamAsync(patience.Token), Response.Content.Headers.ContentEncoding);
        try
        {
            var read = await _stream.ReadAsync(buffer, patience.Token);
            patience.Restart();
            return read;
        }
        catch (Exception odd) when (odd is InvalidDataException or InvalidOperationException)
        {
            throw new IOException("the answer is not in the encoding it says", odd); // like any answer that cannot be read
        }
    }

    /// <summary>The whole answer, of which nothing has been read.</summary>
    public Task<byte[]> ReadWholeAsync(int limit) => ReadWholeAsync(new byte[Math.Clamp(Length ?? 4096, 1, 4096)], 0, limit);

    /// <summary>The whole answer, where <paramref name="filled"/> bytes of it lie in <paramref name="buffer"/> already.</summary>
    /// <exception cref="HttpRequestException">It is larger than the limit, or ended early.</exception>
    public async Task<byte[]> ReadWholeAsync(byte[] buffer, int filled, int limit)
    {
        if (Length > limit) throw TooLarge();
        if (Length is { } length && length > buffer.Length) Array.Resize(ref buffer, (int)length);
        while (filled != Length)
        {
            if (filled == buffer.Length) Array.Resize(ref buffer, Math.Max(16 * 1024, buffer.Length * 2));
            var count = await ReadAsync(buffer.AsMemory(filled));
            filled += count;
            if (filled > limit) throw TooLarge();
            if (count == 0) break;
        }

        // A mark of the byte order is no JSON; some edges put it there.
        var start = buffer.AsSpan(0, filled).StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        return start == 0 && filled == buffer.Length ? buffer : buffer[start..filled];
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _response?.Dispose();
        request.Dispose();
        patience.Dispose();
    }

    // Nobody asks for an encoding; an edge that compresses all the same must not cost a paid answer.
    private static Stream Decoded(Stream body, ICollection<string> encodings)
    {
        foreach (var encoding in encodings.Reverse())
        {
            body = encoding.ToLowerInvariant() switch
            {
                "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress),
                "deflate" => new ZLibStream(body, CompressionMode.Decompress),
                "br" => new BrotliStream(body, CompressionMode.Decompress),
                _ => body,
            };
        }

        return body;
    }

    private static HttpRequestException TooLarge() => new("the answer is too large");
}
