using System.IO.Compression;

namespace Gateway.Simulator;

/// <summary>The body of a scripted answer: each piece leaves when it is written, gzip'd or as it is.</summary>
internal sealed class ScriptedBody(HttpResponse response, bool gzip) : IAsyncDisposable
{
    private const int AtMost = 64 * 1024;

    private readonly GZipStream? _packed = gzip ? new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true) : null;

    private Stream Out => _packed ?? response.Body;

    public async Task WriteAsync(ScriptedPiece piece, CancellationToken cancellationToken)
    {
        int atOnce = Math.Max(1, AtMost / Math.Max(1, piece.Bytes.Length));
        for (int left = piece.Times; left > 0; left -= atOnce)
        {
            await Out.WriteAsync(Repeated(piece.Bytes, Math.Min(left, atOnce)), cancellationToken);
        }

        await Out.FlushAsync(cancellationToken);
    }

    /// <summary>Ends the gzip'd form; who left or broke off gets no end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_packed is not null && !response.HttpContext.RequestAborted.IsCancellationRequested)
        {
            await _packed.DisposeAsync();
        }
    }

    private static byte[] Repeated(byte[] bytes, int times)
    {
        byte[] all = new byte[bytes.Length * times];
        for (int i = 0; i < times; i++)
        {
            bytes.CopyTo(all, i * bytes.Length);
        }

        return all;
    }
}
