using System.IO.Compression;

namespace Gateway.Api.Http;

/// <summary>Takes the coding off a request's body: gzip alone, as every client that compresses can send it.</summary>
internal static class ContentCodings
{
    private const string Accepted = "gzip";

    /// <summary>
    /// Opens the decoder of a body that is coded; null where it comes as it is. From then on the request is as it would have been without
    /// the coding.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">The most that is read of the coded body: endless input may decode to nothing.</param>
    /// <exception cref="ApiException">The coding is another one: 415.</exception>
    public static Stream? OpenDecoder(HttpRequest request, long limit)
    {
        var coding = request.Headers.ContentEncoding.ToString().Trim();
        if (coding.Length == 0) return null;
        if (!coding.Equals("identity", StringComparison.OrdinalIgnoreCase) && !IsGzip(coding)) throw Unsupported(coding);

        request.Headers.Remove("Content-Encoding");
        if (!IsGzip(coding)) return null;
        request.ContentLength = null;
        return new GZipStream(new LimitedBody(request.Body, limit), CompressionMode.Decompress);
    }

    private static bool IsGzip(string coding) =>
        coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || coding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase);

    private static ApiException Unsupported(string coding)
    {
        var shown = coding.Length <= 40 ? coding : coding[..40] + "…";
        return new ApiException(
            new ApiError(
                415, "unsupported_coding", $"The body is coded as '{shown}'.",
                [new FieldError("Content-Encoding", $"must be {Accepted}, or left out for a body that is not compressed")]));
    }
}
