using Gateway.Engine.Bodies;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Gateway.Api.Http;

/// <summary>A request's body that is read as it comes, up to a limit.</summary>
internal sealed class LimitedBody(Stream body, long limit) : ReadOnlyStream
{
    private const long Large = 256 * 1024;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly Stream? _decoder;
    private Exception? _refusal;
    private long _read;

    private LimitedBody(Stream body, Stream? decoder, long limit)
        : this(decoder ?? body, limit) => _decoder = decoder;

    /// <summary>The body as it was meant: its coding is off, and what is counted is what comes out.</summary>
    /// <exception cref="BadHttpRequestException">The promised length is above the limit.</exception>
    public static LimitedBody Open(HttpRequest request, long limit)
    {
        // The limit is ours, not the server's: the server breaks the connection of a client that still sends, and the 413 is
        // lost; like this it reads the rest away for some seconds.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (request.ContentLength > limit) throw TooLarge();
        ExpectPace(request);
        return new LimitedBody(request.Body, ContentCodings.OpenDecoder(request, limit), limit);
    }

    /// <summary>Says it again in the caller's request: whoever passed the body on saw only a broken stream.</summary>
    public void ThrowIfRefused()
    {
        if (_refusal is { } refusal) throw refusal;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await body.ReadAsync(buffer, cancellationToken);
            _read += read;
            return _read <= limit ? read : throw TooLarge();
        }
        catch (InvalidDataException)
        {
            throw _refusal = new ApiException(ApiError.Field("Content-Encoding", "must name the coding of the body: it is no valid gzip"));
        }
        catch (BadHttpRequestException refused)
        {
            _refusal = refused;
            throw;
        }
        catch (IOException broken) when (broken.InnerException is OverflowException)
        {
            // The server tells most broken framing by itself; a chunk's size beyond its numbers comes as this.
            throw _refusal = new BadHttpRequestException(
                "The body is not framed as HTTP/1.1 wants it: the size of a chunk is no number that could be met.", broken);
        }
    }

    protected override void Dispose(bool disposing)
    {
        // The request's own stream is the server's.
        if (disposing) _decoder?.Dispose();
        base.Dispose(disposing);
    }

    // A sender that keeps megabytes for hours with a few bytes a second would keep others from them. Below, the server's own limit is
    // enough.
    private static void ExpectPace(HttpRequest request)
    {
        if (request.ContentLength <= Large || !HttpProtocol.IsHttp11(request.Protocol)) return;
        var rate = request.HttpContext.RequestServices.GetRequiredService<BodyLimitOptions>().LeastRate;
        if (rate > 0 && request.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } feature)
            feature.MinDataRate = new Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate(rate, Grace);
    }

    private static BadHttpRequestException TooLarge() => new("The body is too large.", StatusCodes.Status413PayloadTooLarge);
}
