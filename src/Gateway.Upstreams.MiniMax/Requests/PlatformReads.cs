using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Gateway.Engine.Upstreams;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;
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
    public Task<ReadAnswer> AskAsync(
        UpstreamAccount account, HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken) =>
        AskAsync(account, Request(account, method, path, content), KindLimits.Quick, cancellationToken);

    private async Task<ReadAnswer> AskAsync(
        UpstreamAccount account, HttpRequestMessage request, Silence silence, CancellationToken cancellationToken)
    {
        using var exchange = new UpstreamExchange(request, new Patience(silence, time, cancellationToken), account.Words);
        try
        {
            await exchange.SendAsync(http.For(account.BaseUrl));
            return Read(exchange, await exchange.ReadWholeAsync(LargestAnswer));
        }
        catch (Exception broken) when (
            broken is HttpRequestException or IOException
                || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return ReadAnswer.None(exchange.Explain(broken));
        }
    }

    public Task<ReadAnswer> GetAsync(UpstreamAccount account, string path, CancellationToken cancellationToken) =>
        AskAsync(account, HttpMethod.Get, path, content: null, cancellationToken);

    private Task<ReadAnswer> PostAsync(UpstreamAccount account, string path, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        var content = new ReadOnlyMemoryContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return AskAsync(account, HttpMethod.Post, path, content, cancellationToken);
    }

    public Task<ReadAnswer> AskAsync(UpstreamAccount account, UpstreamRead read, CancellationToken cancellationToken) => read switch
    {
        UpstreamRead.File file =>
            GetAsync(account, $"{NativePaths.RetrieveFile}?file_id={Uri.EscapeDataString(file.Id)}", cancellationToken),
        UpstreamRead.DeleteFile deleted => PostAsync(account, NativePaths.DeleteFile, deleted.Body, cancellationToken),
        UpstreamRead.Voices voices =>
            PostAsync(account, NativePaths.GetVoice, Encoding.UTF8.GetBytes($$"""{"voice_type":"{{voices.List}}"}"""), cancellationToken),
        UpstreamRead.DeleteVoice deleted => PostAsync(account, NativePaths.DeleteVoice, deleted.Body, cancellationToken),
        UpstreamRead.Models => GetAsync(account, NativePaths.Models, cancellationToken),
        UpstreamRead.Remains => GetAsync(account, NativePaths.Remains, cancellationToken),
        _ => throw new UnreachableException(),
    };

    /// <summary>Sends a long body as it comes.</summary>
    public Task<ReadAnswer> UploadAsync(UpstreamAccount account, HttpContent form, CancellationToken cancellationToken) =>
        AskAsync(
            account, Request(account, HttpMethod.Post, NativePaths.UploadFile, form), new Silence(LongestUpload, KindLimits.Quick.Idle),
            cancellationToken);

    /// <summary>Opens an answer that is read as it comes. Whoever gets its content disposes it.</summary>
    public async Task<OpenedRead> OpenFileAsync(UpstreamAccount account, string fileId, CancellationToken cancellationToken)
    {
        var exchange = new UpstreamExchange(
            Request(account, HttpMethod.Get, $"{NativePaths.FileContent}?file_id={Uri.EscapeDataString(fileId)}", content: null),
            new Patience(KindLimits.Quick, time, cancellationToken),
            account.Words);
        try
        {
            await exchange.SendAsync(http.For(account.BaseUrl));
            var opening = new AnswerOpening(exchange.Length);
            if (await ErrorOfAsync(exchange, opening) is not { } instead)
                return new OpenedRead(new PlatformFile(exchange, opening.Held), Instead: null);
            exchange.Dispose();
            return new OpenedRead(Content: null, instead);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException)
        {
            var why = exchange.Explain(broken);
            exchange.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            return new OpenedRead(Content: null, ReadAnswer.None(why));
        }
    }

    // Errors come as JSON under a good status, and are short. A file may be JSON, or a page, as well.
    private static async Task<ReadAnswer?> ErrorOfAsync(UpstreamExchange exchange, AnswerOpening opening)
    {
        if (exchange.Status != 200) return Read(exchange, await exchange.ReadWholeAsync(LargestAnswer));
        if (exchange.MediaType?.Contains("json", StringComparison.OrdinalIgnoreCase) != true) return null;
        while (opening.Held.Length <= LargestError)
        {
            if (await opening.FillAsync(exchange)) continue;
            return PlatformVerdict.Of(200, opening.Held.Span) is null ? null : Read(exchange, opening.Held.ToArray());
        }

        return null;
    }

    // An answer as it came, if it is no error: what an error says is cleaned.
    private static ReadAnswer Read(UpstreamExchange exchange, byte[] body)
    {
        var verdict = PlatformVerdict.Read(exchange.Status, body);
        var error = verdict.Error?.In(exchange.Words)
            ?? (verdict.IsJson ? null : PlatformErrors.Broken("The upstream's answer is no JSON."));
        return new ReadAnswer(
            exchange.Status, exchange.ContentType, verdict.Error is null ? body : ErrorAnswers.Clean(body, exchange.Words))
        {
            Error = error,
            IsNative = verdict.IsJson,
            Words = exchange.Words,
        };
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
