using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Api.Http;

/// <summary>A request's body that is passed on as it comes, up to a limit.</summary>
internal sealed class LimitedBody : ReadOnlyStream
{
    private readonly Stream _body;
    private readonly long _limit;
    private long _read;

    /// <exception cref="BadHttpRequestException">The promised length is above the limit.</exception>
    public LimitedBody(HttpRequest request, long limit)
    {
        // The limit is ours, not the server's, whose own would break the connection before the caller can hear of it.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        _body = request.Body;
        _limit = limit;
        _read = request.ContentLength > limit ? request.ContentLength.Value : 0;
        ThrowIfTooLarge();
    }

    /// <summary>Says it again in the caller's request: whoever passed the body on saw only a broken stream.</summary>
    public void ThrowIfTooLarge()
    {
        if (_read > _limit) throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _body.ReadAsync(buffer, cancellationToken);
        _read += read;
        return _read <= _limit ? read : throw new IOException("The body is longer than allowed.");
    }
}
