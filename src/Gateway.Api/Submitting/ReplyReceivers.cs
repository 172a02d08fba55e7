using System.Net;
using Gateway.Api.Http;
using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Silo.Outbound;

namespace Gateway.Api.Submitting;

/// <summary>
/// Refuses receivers that are known never to be called, while somebody is there to hear it. Where a name leads is judged at
/// each call, not here: names change.
/// </summary>
internal sealed class ReplyReceivers(IWebhookStore store, AddressJudge judge)
{
    /// <exception cref="ApiException">It would never be called.</exception>
    public async Task RequireAsync(TeamId team, Reply reply, CancellationToken cancellationToken)
    {
        if (reply.Url is not { } url) return;
        RequirePublic("replyUrl", new Uri(url));
        if (!await store.IsDisabledAsync(team, url, cancellationToken)) return;
        throw new ApiException(
            ApiError.Field("replyUrl", "answered 410 Gone before; a POST /v1/webhooks/test that it takes enables it again"));
    }

    public void RequirePublic(string field, Uri url)
    {
        if (IPAddress.TryParse(url.DnsSafeHost, out var address) && !judge.Allows(address))
            throw new ApiException(ApiError.Field(field, "must be at a public address, or in Gateway:Webhooks:AllowedNetworks"));
    }
}
