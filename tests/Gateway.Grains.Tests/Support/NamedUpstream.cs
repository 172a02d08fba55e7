using System.Collections.Frozen;
using Gateway.Engine.Upstreams;
using Gateway.Model.Answers;
using Gateway.Model.Kinds;
using Gateway.Upstreams.MiniMax;

namespace Gateway.Grains.Tests.Support;

/// <summary>A driver by name: the router asks nothing else of it.</summary>
internal sealed class NamedUpstream : IUpstream
{
    public string Driver => "platform";

    public FrozenSet<JobKind> Kinds { get; } = [JobKind.Chat, JobKind.Video, JobKind.Image];

    public UpstreamTerms Terms => PlatformTerms.Shipped;

    public bool Serves(Uri baseUrl, Work work) => Kinds.Contains(work.Kind);

    public bool TryRoot(Uri pasted, out Uri root) => throw new NotSupportedException();

    public bool IsVendors(Uri url) => throw new NotSupportedException();

    public Task<SubmitOutcome> SubmitAsync(
        UpstreamAccount account, UpstreamRequest request, Action beforeFirstByte, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<PollOutcome> PollAsync(
        UpstreamAccount account, UpstreamRequest request, string taskId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<CancelOutcome> CancelAsync(
        UpstreamAccount account, UpstreamRequest request, string taskId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<CallOutcome> CallAsync(
        UpstreamAccount account, UpstreamCall call, Action beforeFirstByte, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ReadAnswer> ReadAsync(UpstreamAccount account, UpstreamRead read, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ReadAnswer> UploadAsync(UpstreamAccount account, HttpContent form, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<OpenedRead> OpenAsync(UpstreamAccount account, string fileId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<UpstreamError?> ValidateAsync(UpstreamAccount account, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
