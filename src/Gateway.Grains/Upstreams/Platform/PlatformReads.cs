using System.Net.Http.Headers;
using Gateway.Grains.Jobs;

namespace Gateway.Grains.Upstreams.Platform;

/// <summary>
/// MiniMax's short requests that make nothing and take no slot: queries, files, voices, models. Each is sent once to the
/// account it concerns.
/// </summary>
internal sealed class PlatformReads(UpstreamHttp http, TimeProvider time)
{
    private const int LargestAnswer = 8 * 1024 * 1024;

    /// <summary>The largest file the specification knows (512 MB) in an hour needs 1.2 Mbit/s.</summary>
    private static readonly TimeSpan LongestUpload = TimeSpan.FromHours(1);

    /// <summary>Asks and reads the whole answer, whatever it says. Trouble: there was none.</summary>
    public async Task<ReadAnswer> AskAsync(UpstreamAccount account, HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = Request(account, method, path, content);
        using var patience = new Patience(KindLimits.FirstByte, time, cancellationToken);
        return await AskAsync(request, account, patience, cancellationToken);
    }

    private async Task<ReadAnswer> AskAsync(HttpRequestMessage request, UpstreamAccount account, Patience patience, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.For(account.BaseUrl).SendAsync(request, patience.Token);
            var contentType = response.Content.Headers.ContentType?.ToString() ?? "application/json";
            return new ReadAnswer((int)response.StatusCode, contentType, await response.Content.ReadAtMostAsync(LargestAnswer, patience.Token), Trouble: null);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new ReadAnswer(0, "", [], patience.Explain(broken));
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
    public async Task<ReadAnswer> UploadAsync(UpstreamAccount account, string path, HttpContent content, CancellationToken cancellationToken)
    {
        using var request = Request(account, HttpMethod.Post, path, content);
        using var patience = new Patience(LongestUpload, time, cancellationToken);
        return await AskAsync(request, account, patience, cancellationToken);
    }

    /// <summary>Opens an answer that is read as it comes. Whoever gets its content disposes it.</summary>
    public async Task<OpenedRead> OpenAsync(UpstreamAccount account, string path, CancellationToken cancellationToken)
    {
        var exchange = new CallExchange(Request(account, HttpMethod.Get, path, content: null), new Patience(KindLimits.FirstByte, time, cancellationToken));
        try
        {
            await exchange.SendAsync(http.For(account.BaseUrl));
            // Errors come as JSON under a good status, an edge's as a page; files are neither, or else small.
            if (exchange is { Status: 200, MediaType: not ("application/json" or "text/html") }) return new OpenedRead(exchange, Instead: null);
            var answer = await exchange.Response.Content.ReadAtMostAsync(LargestAnswer, exchange.Patience.Token);
            var instead = new ReadAnswer(exchange.Status, exchange.ContentType, answer, Trouble: null);
            exchange.Dispose();
            return new OpenedRead(Content: null, instead);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException)
        {
            var why = exchange.Patience.Explain(broken);
            exchange.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            return new OpenedRead(Content: null, new ReadAnswer(0, "", [], why));
        }
    }

    internal static HttpRequestMessage Request(UpstreamAccount account, HttpMethod method, string path, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, At(account.BaseUrl, InGroup(path, account.GroupId))) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", account.Secret);
        return request;
    }

    // A base may have a path of its own, which a path of ours, taken for an absolute one, would replace.
    private static Uri At(Uri root, string path) => new(root.AbsoluteUri.TrimEnd('/') + path);

    // Legacy keys only work with their group beside them (specs 0.2); a caller's own was never taken over.
    private static string InGroup(string path, string? group) =>
        group is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}GroupId={group}";
}

/// <summary>A long answer: its content, to be read as it comes, or what was said instead.</summary>
internal sealed record OpenedRead(CallExchange? Content, ReadAnswer? Instead);

/// <summary>An upstream's whole answer, or the trouble that kept it away.</summary>
internal sealed record ReadAnswer(int Status, string ContentType, byte[] Body, string? Trouble)
{
    /// <summary>Null when the answer is a success in any of MiniMax's dialects.</summary>
    public UpstreamError? Error =>
        Trouble is { } trouble ? PlatformErrors.NotSent(trouble)
        : PlatformVerdict.Of(Status, Body) ?? (PlatformVerdict.IsJson(Body) ? null : PlatformErrors.Broken("The upstream's answer is no JSON."));
}
