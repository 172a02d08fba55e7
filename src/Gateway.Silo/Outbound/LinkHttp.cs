using System.Net.Http.Headers;
using Gateway.Engine.Upstreams;
using Gateway.Model.Answers;
using Gateway.Model.Kinds;

namespace Gateway.Silo.Outbound;

/// <summary>
/// Opens links that upstreams hand out. An upstream is not ours: what it names is called only where it is public, or is the
/// account's own host. No credential travels with it; the link is the credential.
/// </summary>
internal sealed class LinkHttp(AddressJudge judge, UpstreamHttp upstreams, TimeProvider time) : IDisposable
{
    private readonly HttpMessageInvoker _guarded = new GuardedConnect(judge, time).Client();

    /// <summary>Opens a link. Whoever gets it disposes it; null when nothing answered.</summary>
    /// <param name="link">Where to.</param>
    /// <param name="account">The base url of the account whose answer named it; null when it is gone.</param>
    /// <param name="range">The caller's <c>Range</c> and <c>If-Range</c>, passed on as they are.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<UpstreamExchange?> OpenAsync(
        Uri link, Uri? account, IEnumerable<(string Name, string Value)> range, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, link);
        foreach (var (name, value) in range) request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        // no credential goes there
        var exchange = new UpstreamExchange(request, new Patience(KindLimits.Quick, time, cancellationToken), UpstreamWords.OfNobody);
        try
        {
            await exchange.SendAsync(IsOwn(link, account) ? upstreams.For(account!) : _guarded);
            return exchange;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException)
        {
            exchange.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    public void Dispose() => _guarded.Dispose();

    private static bool IsOwn(Uri link, Uri? account) =>
        account is not null
            && Uri.Compare(link, account, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
