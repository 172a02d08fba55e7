using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Gateway.Engine.Upstreams;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Json;
using Gateway.Model.Kinds;

namespace Gateway.Api.Tests.Seams.ToyDriver;

/// <summary>The driver of <see cref="ToyVendor"/>: chat, video and files.</summary>
internal sealed class ToyUpstream(ToyVendor vendor) : IUpstream
{
    public string Driver => "toy";

    public FrozenSet<JobKind> Kinds { get; } = [JobKind.Chat, JobKind.Video];

    public UpstreamTerms Terms { get; } = new(new Dictionary<string, long> { ["video"] = 7 }, [new PaceLimit("chat", 1000, 0)]);

    // Files are kept for what reads them.
    public bool Serves(Uri baseUrl, Work work) =>
        work is { Kind: JobKind.Chat } or { Kind: JobKind.Video, Operation: WorkOperation.Plain } or { Operation: WorkOperation.SpeechTask };

    public bool IsVendors(Uri url) => url.Host == "toy.test";

    public bool TryRoot(Uri pasted, out Uri root)
    {
        root = new Uri(pasted.GetLeftPart(UriPartial.Authority));
        return true;
    }

    public Task<CallOutcome> CallAsync(
        UpstreamAccount account, UpstreamCall call, Action beforeFirstByte, CancellationToken cancellationToken)
    {
        beforeFirstByte();
        vendor.Callers.Enqueue(account.Secret);
        var words = vendor.Say(JsonValues.Text(call.Body.Span, "messages[].content") ?? "");
        return Task.FromResult<CallOutcome>(JsonElement.Parse(call.Body.Span).GetProperty("stream").GetBoolean()
            ? new CallOutcome.Answered(ToyAnswer.Stream(words))
            : new CallOutcome.Answered(ToyAnswer.Whole(words)));
    }

    public Task<SubmitOutcome> SubmitAsync(
        UpstreamAccount account, UpstreamRequest request, Action beforeFirstByte, CancellationToken cancellationToken)
    {
        beforeFirstByte();
        vendor.Callers.Enqueue(account.Secret);
        return Task.FromResult<SubmitOutcome>(new SubmitOutcome.Accepted(vendor.Film(JsonValues.Text(request.Body.Span, "prompt")!)));
    }

    public Task<PollOutcome> PollAsync(UpstreamAccount account, UpstreamRequest request, string taskId, CancellationToken cancellationToken)
    {
        var film = vendor.Film(taskId, isReady: true)!;
        var result = Encoding.UTF8.GetBytes(
            $$$"""{"task_id":"{{{request.Id}}}","status":"Success","data":{"image_base64":["{{{Convert.ToBase64String(film)}}}"]}}""");
        return Task.FromResult<PollOutcome>(new PollOutcome.Succeeded(result, FileId: null, new Usage(1, Tokens: null)));
    }

    public Task<CancelOutcome> CancelAsync(
        UpstreamAccount account, UpstreamRequest request, string taskId, CancellationToken cancellationToken) =>
        Task.FromResult<CancelOutcome>(new CancelOutcome.Refused());

    public Task<ReadAnswer> ReadAsync(UpstreamAccount account, UpstreamRead read, CancellationToken cancellationToken) =>
        Task.FromResult(read switch
        {
            UpstreamRead.File file => Native($$$"""{"file":{"file_id":{{{file.Id}}},"bytes":{{{vendor.Read(file.Id)!.Length}}}}}"""),
            UpstreamRead.Models => Native("""{"data":[{"id":"toy-1"}]}"""),
            _ => ReadAnswer.None("the toy has no such thing"),
        });

    public async Task<ReadAnswer> UploadAsync(UpstreamAccount account, HttpContent form, CancellationToken cancellationToken)
    {
        var sent = await form.ReadAsByteArrayAsync(cancellationToken);
        return Native(
            $$$"""{"file":{"file_id":{{{vendor.Store(sent)}}},"bytes":{{{sent.Length}}},"filename":"toy.txt","purpose":"toy"}}""");
    }

    public Task<OpenedRead> OpenAsync(UpstreamAccount account, string fileId, CancellationToken cancellationToken) =>
        Task.FromResult(new OpenedRead(new ToyFile(vendor.Read(fileId)!), Instead: null));

    public Task<UpstreamError?> ValidateAsync(UpstreamAccount account, CancellationToken cancellationToken) =>
        Task.FromResult<UpstreamError?>(null);

    private static ReadAnswer Native(string json) => new(200, "application/json", Encoding.UTF8.GetBytes(json)) { IsNative = true };

    private sealed class ToyFile(byte[] bytes) : IFileContent
    {
        private readonly MemoryStream _stream = new(bytes);

        public string ContentType => "text/toy";

        public long? Length => bytes.Length;

        public string? Disposition => null;

        public ValueTask<int> ReadAsync(Memory<byte> buffer) => _stream.ReadAsync(buffer);

        public void Dispose() => _stream.Dispose();
    }
}
