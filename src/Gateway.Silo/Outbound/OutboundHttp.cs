using System.Net;
using System.Net.Http.Headers;
using Gateway.Grains.Upstreams;

namespace Gateway.Silo.Outbound;

/// <summary>How a message to a caller's address ended.</summary>
internal abstract record PostOutcome
{
    /// <summary>The receiver answered; of its body at most <see cref="OutboundHttp.LargestAnswer"/> bytes were read.</summary>
    /// <param name="Status">What it answered.</param>
    /// <param name="Body">The beginning of its body.</param>
    /// <param name="RetryAfter">When it wants to be asked again.</param>
    internal sealed record Answered(int Status, byte[] Body, TimeSpan? RetryAfter = null) : PostOutcome;

    /// <summary>It did not. The words name no address: whoever reads them may be the one who chose where to call.</summary>
    /// <param name="Why">In words.</param>
    /// <param name="IsSilent">It took all the time there is, and said nothing.</param>
    internal sealed record Unreached(string Why, bool IsSilent = false) : PostOutcome;

    /// <summary>It was not called: it said before that it is gone for good.</summary>
    internal sealed record Disabled : PostOutcome;

    /// <summary>Asking again makes no sense.</summary>
    public bool IsFinal => this is Disabled or Answered { Status: StatusCodes.Status410Gone };

    public bool IsSuccess => this is Answered { Status: >= 200 and < 300 };

    public string Describe() => this switch
    {
        Answered answered => $"it answered {answered.Status}",
        Unreached unreached => unreached.Why,
        Disabled => "it answered 410 before; a test call that it takes, or a redelivery, enables it again",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

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
    public async Task<PostOutcome> PostAsync(Uri url, ReadOnlyMemory<byte> json, TimeSpan limit, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
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
        catch (Exception broken) when (broken is HttpRequestException or IOException or UriFormatException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
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
