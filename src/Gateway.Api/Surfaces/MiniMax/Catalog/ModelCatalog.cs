using System.Collections.Concurrent;
using Gateway.Api.Http;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Kinds;
using Gateway.Silo.Reads;

namespace Gateway.Api.Surfaces.MiniMax.Catalog;

/// <summary>
/// What the upstreams list. Accounts at one address list the same (<see cref="HostModels"/>); all addresses are asked at once and none
/// waits for another. A model that no account may serve is left out.
/// </summary>
internal sealed class ModelCatalog(RouterGrain router, AccountReads reads, TimeProvider time) : IDisposable
{
    private static readonly Work Any = new(JobKind.Chat, Model: null);

    // Bounded by the accounts that admins have added.
    private readonly ConcurrentDictionary<string, HostModels> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _over = new();

    /// <exception cref="ApiException">There are accounts, and none of them could be asked.</exception>
    public async Task<IReadOnlyList<ListedModel>> ListAsync(CancellationToken cancellationToken)
    {
        var hosts = router.All()
            .Where(account => router.CouldServe(account.Id, Any))
            .GroupBy(account => account.BaseUrl.Authority, StringComparer.OrdinalIgnoreCase);
        var lists = await Task.WhenAll(hosts.Select(host => OfAsync(host.Key, [.. host], cancellationToken)));
        // Nobody's models and nobody asked are two things: a client would drop all it knows.
        if (lists.Length > 0 && lists.All(list => list is null)) throw new ApiException(ApiError.UpstreamUnavailable);
        return [.. lists.SelectMany(list => list ?? []).DistinctBy(model => model.Id).Where(IsServed)];
    }

    public void Dispose()
    {
        _over.Cancel();
        _over.Dispose();
    }

    private Task<IReadOnlyList<ListedModel>?> OfAsync(
        string host, IReadOnlyList<AccountState> accounts, CancellationToken cancellationToken) =>
        _hosts.GetOrAdd(host, _ => new HostModels(reads, time, _over.Token)).ListAsync(accounts, cancellationToken);

    private bool IsServed(ListedModel model) => router.CanNeverServe(new Work(JobKind.Chat, model.Id)) is null;
}
