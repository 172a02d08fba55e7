using System.Net.Http.Headers;
using Gateway.Engine.Upstreams;
using Gateway.Model.Kinds;
using Gateway.Upstreams.MiniMax.Verdicts;

namespace Gateway.Upstreams.MiniMax.Requests;

/// <summary>
/// MiniMax's short requests that make nothing and take no slot: queries, files, voices, models. Each is sent once to the
/// account it concerns.
/// </summary>
internal sealed class PlatformReads(UpstreamHttp http, TimeProvider time)
{
    private const int LargestAnswer = 8 * 1024 * 1024;

    private const int LargestError = 64 * 1024;

    /// <summary>The largest file (512 MB: docs/minimax.md, "Files") in an hour needs 1.2 Mbit/s.</summary>
    private static readonly TimeSpan LongestUpload = TimeSpan.FromHours(1);

    /// <summary>Asks and reads the whole answer, whatever it says. Trouble: there was none.</summary>
    public Task<ReadAnswer> AskAsync(UpstreamAccount account, HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken) =>
        AskAsync(account, Request(account, method, path, content), KindLimits.Quick, cancellationToken);

    private async Task<ReadAnswer> AskAsync(UpstreamAccount account, HttpRequestMessage request, Silence silence, CancellationToken cancellationToken)
    {
        using var exchange = new CallExchange(request, new Patience(silence, time, cancellationToken), account.Words);
        try
        {
            await exchange.SendAsync(http.For(account.BaseUrl));
            return ReadAnswer.Of(exchange, await exchange.ReadWholeAsync(LargestAnswer));
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new ReadAnswer(0, "", [], exchange.Explain(broken));
        }
    }

    public Task<ReadAnswer> GetAsync(UpstreamAccount account, string path, CancellationToken cancellationToken) =>
        AskAsync(account, HttpMethod.Get, path, content: null, cancellationToken);

    public Task<ReadAnswer> PostAsync(UpstreamAccount account, string path, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        var content = new ReadOnlyMemoryContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return AskAsync(account, HttpMethod.Post, path, content, cancellationToken);
    }

    /// <summary>Sends a long body as it comes.</summary>
    public Task<ReadAnswer> UploadAsync(UpstreamAccount account, string path, HttpContent content, CancellationToken cancellationToken) =>
        AskAsync(account, Request(account, HttpMethod.Post, path, content), new Silence(LongestUpload, KindLimits.Quick.Idle), cancellationToken);

    /// <summary>Opens an answer that is read as it comes. Whoever gets its content disposes it.</summary>
    public async Task<OpenedRead> OpenAsync(UpstreamAccount account, string path, CancellationToken cancellationToken)
    {
        var exchange = new CallExchange(Request(account, HttpMethod.Get, path, content: null), new Patience(KindLimits.Quick, time, cancellationToken), account.Words);
        try
        {
            await exchange.SendAsync(http.For(account.BaseUrl));
            var opening = new AnswerOpening(exchange.Length);
            if (await ErrorOfAsync(exchange, opening) is not { } instead) return new OpenedRead(new OpenedContent(exchange, opening.Held), Instead: null);
            exchange.Dispose();
            return new OpenedRead(Content: null, instead);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException)
        {
            var why = exchange.Explain(broken);
            exchange.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            return new OpenedRead(Content: null, new ReadAnswer(0, "", [], why));
        }
    }

    // Errors come as JSON under a good status, and are short. A file may be JSON, or a page, as well.
    private static async Task<ReadAnswer?> ErrorOfAsync(CallExchange exchange, AnswerOpening opening)
    {
        if (exchange.Status != 200) return ReadAnswer.Of(exchange, await exchange.ReadWholeAsync(LargestAnswer));
        if (exchange.MediaType?.Contains("json", StringComparison.OrdinalIgnoreCase) != true) return null;
        while (opening.Held.Length <= LargestError)
        {
            if (await opening.FillAsync(exchange)) continue;
            return PlatformVerdict.Of(200, opening.Held.Span) is null ? null : ReadAnswer.Of(exchange, opening.Held.ToArray());
        }

        return null;
    }

    internal static HttpRequestMessage Request(UpstreamAccount account, HttpMethod method, string path, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, At(account.BaseUrl, InGroup(path, account.GroupId))) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", account.Secret);
        return request;
    }

    // A base may have a path of its own, which a path of ours, taken for an absolute one, would replace.
    private static Uri At(Uri root, string path) => new(root.AbsoluteUri.TrimEnd('/') + path);

    // Legacy keys only work with their group beside them (docs/minimax.md, "Keys"); a caller's own was never taken over.
    private static string InGroup(string path, string? group) =>
        group is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}GroupId={group}";
}
