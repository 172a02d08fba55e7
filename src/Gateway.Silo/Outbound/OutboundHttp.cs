using System.Net;
using System.Net.Http.Headers;
using Gateway.Engine.Upstreams;

namespace Gateway.Silo.Outbound;

/// <summary>
/// Posts to addresses that callers chose. The only way out for them, see <see cref="GuardedConnect"/>.
/// </summary>
internal sealed class OutboundHttp : IDisposable
{
    /// <summary>As much of an answer is read as a challenge needs; a receiver cannot fill the memory.</summary>
    public const int LargestAnswer = 4 * 1024;

    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;

    /// <param name="judge">Which addresses may be called.</param>
    /// <param name="time">The clock of the time-outs.</param>
    /// <param name="resolve">Resolves names; the system's resolver unless a test brings its own.</param>
    public OutboundHttp(AddressJudge judge, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        _time = time;
        _http = new GuardedConnect(judge, time, resolve).Client();
    }

    /// <summary>Posts a JSON body and waits at most <paramref name="limit"/> for the answer.</summary>
    public async Task<PostOutcome> PostAsync(
        Uri url, ReadOnlyMemory<byte> json, TimeSpan limit, CancellationToken cancellationToken,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var patience = new Patience(limit, _time, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(request, patience.Token);
            return new PostOutcome.Answered((int)response.StatusCode, await ReadAsync(response, patience.Token), RetryAfterOf(response));
        }
        catch (Exception broken) when (
            broken is HttpRequestException or IOException or UriFormatException or OperationCanceledException
                && !cancellationToken.IsCancellationRequested)
        {
            return new PostOutcome.Unreached(Explain(broken, limit), patience.IsOver);
        }
    }

    public void Dispose() => _http.Dispose();

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter is not { } wish ? null : wish.Delta ?? (wish.Date is { } date ? date - _time.GetUtcNow() : null);

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = new byte[LargestAnswer];
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        return body[..await stream.ReadAtLeastAsync(body, LargestAnswer, throwOnEndOfStream: false, cancellationToken)];
    }

    private static string Explain(Exception broken, TimeSpan limit)
    {
        for (var cause = broken; cause is not null; cause = cause.InnerException)
            if (cause is UnreachedException unreached) return unreached.Message;
        return broken switch
        {
            OperationCanceledException => $"it did not answer within {limit.TotalSeconds:0.#} s",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "its TLS certificate was not accepted",
            UriFormatException => "its host is no name",
            _ => "the connection failed",
        };
    }
}
